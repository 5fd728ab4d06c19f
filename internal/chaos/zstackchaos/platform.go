package zstackchaos

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// The methods that make something.
const (
	cloneMethod    = "CloneVmInstance"
	snapshotMethod = "CreateVolumeSnapshotGroup"
)

// The types of resources.
const (
	cloneType    = "vmfork_zstack_clone"
	snapshotType = "vmfork_zstack_snapshot"
)

// password is a text that appears nowhere else, so that any text that holds it holds a secret.
const password = "open-sesame-4711"

// platform is one management node.
type platform struct {
	*zstacksim.Server

	traffic *chaos.Traffic
	task    time.Duration // how long jobs take
	keys    bool          // the provider logs in with an access key
	brief   bool          // all resources have short timeouts
	plan    chaos.Plan
	methods map[chaos.Phase][]string // that start jobs in each phase
	created map[chaos.Phase][]*block // whose objects are made in each phase

	others    chaos.Others
	colleague string // the uuid of another client's account

	mu sync.Mutex
	// initial has the uuids of the VMs and volumes that are not the provider's: the platform starts with them, or the provider
	// can't know them any more.
	initial map[string]bool
	named   map[string]string // the names of all VMs that were ever seen, by uuid
	logins  map[string]bool   // all sessions that were ever seen
	// foreignJobs has the uuids of the jobs of other clients.
	foreignJobs map[string]bool
}

// Start starts a management node whose jobs take a random time.
func Start(_ context.Context, random *rand.Rand) (chaos.Platform, error) {
	task := time.Duration(50+random.IntN(450)) * time.Millisecond
	policies := []zstacksim.DeletionPolicy{
		zstacksim.DeletionDelay, zstacksim.DeletionDelay, zstacksim.DeletionDirect, zstacksim.DeletionNever,
	}
	server, err := zstacksim.Start(zstacksim.Options{
		VMs: machineCount, TaskDuration: task, Password: password, FloatNumbers: random.IntN(3) == 0,
		DeletionPolicy: policies[random.IntN(len(policies))],
	})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded ZStack: %w", err)
	}
	server.AddNetwork(secondNetwork, netip.MustParseAddr("10.30.0.10"), 200)
	p := &platform{
		Server: server, traffic: chaos.NewTraffic(server), initial: map[string]bool{}, task: task, keys: random.IntN(4) == 0, brief: random.IntN(3) == 0,
		named: map[string]string{}, logins: map[string]bool{}, foreignJobs: map[string]bool{},
	}
	p.colleague, _, _ = server.AddAccount(colleague, colleaguePassword)
	for _, vm := range p.VMs() {
		p.initial[vm.UUID] = true
	}
	for _, volume := range p.Volumes() {
		p.initial[volume.UUID] = true
	}

	return p, nil
}

// Environment implements [chaos.Platform].
func (p *platform) Environment() []string {
	if p.keys {
		return []string{"ZSTACK_ACCESS_KEY_ID=" + p.AccessKeyID(), "ZSTACK_ACCESS_KEY_SECRET=" + p.AccessKeySecret()}
	}

	return []string{"ZSTACK_ACCOUNT_NAME=" + p.AccountName(), "ZSTACK_ACCOUNT_PASSWORD=" + p.Password()}
}

// Objects implements [chaos.Platform]. What is in the recycle bin counts as gone. A data volume is an object once it is attached
// to nothing, except those that were there in the beginning.
func (p *platform) Objects() []chaos.Object {
	p.mu.Lock()
	defer p.mu.Unlock()
	var objects []chaos.Object
	for _, vm := range p.VMs() {
		p.named[vm.UUID] = given(vm.Name)
		if !p.initial[vm.UUID] && !p.others.Has(vm.UUID) && vm.State != "Destroyed" {
			renamed := vm.Name != given(vm.Name)
			objects = append(objects, chaos.Object{ID: vm.UUID, Name: given(vm.Name), ImportID: vm.UUID, Renamed: renamed, Away: renamed})
		}
	}
	for _, group := range p.SnapshotGroups() {
		if p.others.Has(group.UUID) {
			continue
		}
		objects = append(objects, chaos.Object{ID: group.UUID, Name: snapshotNamed(given(group.Name)), ImportID: group.UUID})
	}
	for _, volume := range p.Volumes() {
		if volume.Type == "Data" && volume.Status != "Deleted" && volume.VMUUID == "" && !p.initial[volume.UUID] {
			objects = append(objects, chaos.Object{ID: volume.UUID, Name: p.named[volume.LastVMUUID], Of: volume.LastVMUUID})
		}
	}

	return objects
}

// A VM is identified by its name, a snapshot group by its kind.
func snapshotNamed(name string) string { return "snapshot " + name }

// Creations implements [chaos.Platform].
func (p *platform) Creations() map[string]int {
	made := map[string]int{}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, job := range p.Jobs() {
		if p.foreignJobs[job.ID] {
			continue
		}
		for _, name := range job.Made {
			made[job.Method+" "+name]++
		}
	}

	return made
}

// quiet is the time without a new job after which the platform counts as idle: a request whose connection was cut may still
// start one.
const quiet = 150 * time.Millisecond

// Calm implements [chaos.Platform]. Jobs that a restart has lost, and those that ZStack stopped waiting for, are forgotten, as they are some hours
// later.
func (p *platform) Calm(ctx context.Context) error {
	p.ClearFaults()
	for count := -1; ; {
		p.ReleaseJobs()
		if !chaos.Await(ctx, func() bool { return !p.working() && !p.traffic.InProgress() }) {
			return errors.New("jobs or requests that do not end")
		}
		now := len(p.Jobs())
		if now == count {
			p.forgetLost()

			return nil
		}
		count = now
		if !chaos.Pause(ctx, quiet) {
			return errors.New("jobs that begin again and again")
		}
	}
}

// working reports whether a job runs. A lost one shows as running for ever; its work is over when its VM is idle.
func (p *platform) working() bool {
	lost := false
	for _, job := range p.Jobs() {
		lost = lost || job.Lost
		if job.State == zstacksim.JobProcessing && !job.Lost {
			return true
		}
	}

	return lost && slices.ContainsFunc(p.VMs(), inTransition)
}

// inTransition reports whether a job works on a VM.
func inTransition(vm zstacksim.VM) bool {
	return strings.HasSuffix(vm.State, "ing") && vm.State != "Running"
}

// timedOut is the code of a job that ZStack stopped waiting for: its work may go on.
const timedOut = "SYS.1001"

// forgetLost lets the API forget jobs, if one of them is lost, or ended without telling its outcome.
func (p *platform) forgetLost() {
	for _, job := range p.Jobs() {
		if (job.Lost || job.Error == timedOut) && !job.Purged {
			p.PurgeJobs()

			return
		}
	}
}

// Remains implements [chaos.Platform].
func (p *platform) Remains() []string {
	var left []string
	for _, session := range p.Sessions() {
		left = append(left, fmt.Sprintf("a session since %s", session.CreatedAt.Format(time.RFC3339Nano)))
	}

	return left
}

// Secrets implements [chaos.Platform].
func (p *platform) Secrets() map[string]string {
	sum := sha512.Sum512([]byte(p.Password()))
	secrets := map[string]string{
		"the password":            p.Password(),
		"the password's hash":     hex.EncodeToString(sum[:]),
		"the access key's secret": p.AccessKeySecret(),
		"an authorization header": "authorization: oauth",
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, session := range p.Sessions() {
		p.logins[session.UUID] = true
	}
	for uuid := range p.logins {
		secrets["the session "+uuid[:4]] = uuid
	}

	return secrets
}
