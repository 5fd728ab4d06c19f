package vspherechaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The methods that make something.
const (
	cloneMethod     = "POST /api/vcenter/vm?action=clone"
	deployMethod    = "CloneVM_Task"
	forkMethod      = "InstantClone_Task"
	snapshotMethod  = "CreateSnapshotEx_Task"
	secondaryMethod = "CreateSecondaryVMEx_Task"
)

// The types of resources.
const (
	cloneType     = "vmfork_vsphere_clone"
	forkType      = "vmfork_vsphere_instant_clone"
	snapshotType  = "vmfork_vsphere_snapshot"
	secondaryType = "vmfork_vsphere_ft_secondary"
)

// platform is one vCenter.
type platform struct {
	*vcenter.Server

	traffic *chaos.Traffic
	initial map[string]bool // ids of the VMs that it starts with
	task    time.Duration   // how long tasks take
	plan    chaos.Plan
	methods map[chaos.Phase][]string // that start tasks in each phase
	created map[chaos.Phase][]*block // whose objects are made in each phase
	others  chaos.Others
	former  formerIDs

	furniture furniture
}

// Start starts a vCenter whose tasks take a random time.
func Start(ctx context.Context, random *rand.Rand) (chaos.Platform, error) {
	task := time.Duration(50+random.IntN(450)) * time.Millisecond
	//nolint:contextcheck // the server lives until it is closed, not as long as ctx
	server, err := vcenter.Start(vcenter.Options{VMs: len(machines), TaskDuration: task})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded vCenter: %w", err)
	}
	p := &platform{Server: server, traffic: chaos.NewTraffic(server), initial: map[string]bool{}, task: task}
	server.AddUser(colleague, colleaguePassword, colleaguePrivileges...)
	if err := p.furnish(ctx); err != nil {
		server.Close()

		return nil, fmt.Errorf("preparing the embedded vCenter: %w", err)
	}

	return p, nil
}

// Environment implements [chaos.Platform].
func (p *platform) Environment() []string {
	return []string{"VSPHERE_SERVER=" + p.Endpoint(), "VSPHERE_USER=" + p.Username(), "VSPHERE_PASSWORD=" + p.Password()}
}

// Objects implements [chaos.Platform].
func (p *platform) Objects() []chaos.Object {
	var objects []chaos.Object
	for _, vm := range p.VMs() {
		for _, snapshot := range vm.Snapshots {
			if p.others.Has(snapshot.ID) {
				continue
			}
			objects = append(objects, chaos.Object{
				ID: snapshot.ID, Name: snapshotNamed(given(snapshot.Name)), ImportID: vm.ID + "/" + snapshot.ID,
			})
		}
		switch {
		case p.initial[vm.ID], p.others.Has(vm.ID):
		case vm.FaultTolerance != nil && vm.FaultTolerance.Role == "secondary":
			objects = append(objects, chaos.Object{ID: vm.ID, Name: secondaryOf(given(vm.Name)), ImportID: vm.FaultTolerance.PartnerID})
		default:
			objects = append(objects, chaos.Object{ID: vm.ID, Name: given(vm.Name), ImportID: vm.ID, Away: p.away(vm)})
		}
	}
	for i := range objects {
		objects[i].Former = p.former.get(objects[i].ID)
	}

	return objects
}

// away reports whether another client renamed or moved a VM that the first configuration makes.
func (p *platform) away(vm vcenter.VM) bool {
	i := slices.IndexFunc(p.created[chaos.Apply], func(each *block) bool { return each.name == given(vm.Name) })

	return vm.Name != given(vm.Name) || i >= 0 && vm.FolderID != p.folderOf(p.created[chaos.Apply][i])
}

// A VM is identified by its name, other objects by their kind.
func snapshotNamed(name string) string  { return "snapshot " + name }
func secondaryOf(primary string) string { return "secondary of " + primary }

// Creations implements [chaos.Platform].
func (p *platform) Creations() map[string]int {
	made := map[string]int{}
	for _, task := range p.Tasks() {
		if task.State == "success" && creates(task.Method) && !p.others.Has(task.ResultID) {
			made[task.Method+" "+task.ResultName]++
		}
	}

	return made
}

func creates(method string) bool {
	switch method {
	case cloneMethod, deployMethod, forkMethod, snapshotMethod, secondaryMethod:
		return true
	default:
		return false
	}
}

// quiet is the time without a new task after which the vCenter counts as idle: a request whose connection was cut may still
// start one.
const quiet = 150 * time.Millisecond

// Calm implements [chaos.Platform].
func (p *platform) Calm(ctx context.Context) error {
	p.ClearFaults()
	p.IgnoreCancel(false)
	p.EndOutage()
	if err := p.show(); err != nil {
		return err
	}
	for count := -1; ; {
		p.ReleaseTasks()
		if !chaos.Await(ctx, func() bool { return !p.working() && !p.traffic.InProgress() && !p.starting() }) {
			return errors.New("tasks, pairs or requests that do not come to an end")
		}
		now := len(p.Tasks())
		if now == count {
			return nil
		}
		count = now
		if !chaos.Pause(ctx, quiet) {
			return errors.New("tasks that begin again and again")
		}
	}
}

// working reports whether a task runs.
func (p *platform) working() bool {
	for _, task := range p.Tasks() {
		if task.State == "running" {
			return true
		}
	}

	return false
}

// starting reports whether a pair is on the way to be protected.
func (p *platform) starting() bool {
	return slices.ContainsFunc(p.VMs(), func(vm vcenter.VM) bool { return vm.FaultTolerance != nil && vm.FaultTolerance.State == "starting" })
}

// Discard implements [chaos.Platform].
func (p *platform) Discard(_ context.Context, id string) error {
	p.others.Forget(id)
	if _, ok := p.vm(chaos.Object{ID: id}); ok {
		return p.DestroyVM(id)
	}

	return p.DestroySnapshot(id)
}

// Remains implements [chaos.Platform].
func (p *platform) Remains() []string {
	var left []string
	for _, session := range p.Sessions() {
		left = append(left, fmt.Sprintf("a %s session since %s", session.Kind, session.CreatedAt.Format(time.RFC3339Nano)))
	}
	if collectors, filters := p.Collectors(); len(left) == 0 && collectors+filters > 0 {
		left = append(left, fmt.Sprintf("%d property collectors with %d filters", collectors, filters))
	}

	return left
}

// Secrets implements [chaos.Platform].
func (p *platform) Secrets() map[string]string {
	return map[string]string{
		"the password":            p.Password(),
		"a session cookie":        "vmware_soap_session=",
		"a session header":        "vmware-api-session-id:",
		"a write-only argument":   writeOnly,
		"an authorization header": "authorization: basic",
	}
}
