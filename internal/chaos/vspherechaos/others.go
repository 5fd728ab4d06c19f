package vspherechaos

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/chaos"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// colleague is the account of another client.
const (
	colleague         = "colleague@vsphere.local"
	colleaguePassword = "knows-the-vcenter-too"
)

// colleaguePrivileges are those that it needs.
var colleaguePrivileges = []string{
	"VirtualMachine.Provisioning.Clone", "VirtualMachine.Provisioning.DeployTemplate", "VirtualMachine.Inventory.Create",
	"VirtualMachine.Inventory.CreateFromExisting", "VirtualMachine.State.CreateSnapshot", "Resource.AssignVMToPool", "Datastore.AllocateSpace",
}

// others is what other clients of the vCenter made, by the vCenter's own record of what came of their tasks.
type others struct {
	mu   sync.Mutex
	made map[string]made // by id
}

// made is one object of another client, as it made it.
type made struct {
	name string
	uuid string // of a VM
	vmID string // of a snapshot; empty for a VM
}

// has reports whether another client made the object.
func (o *others) has(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, found := o.made[id]

	return found
}

// add notes what another client made.
func (o *others) add(id string, what made) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.made == nil {
		o.made = map[string]made{}
	}
	o.made[id] = what
}

// forget drops what its own client deletes.
func (o *others) forget(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.made, id)
}

// Foreign implements [chaos.Platform].
func (p *platform) Foreign() []chaos.Foreign {
	vms := p.VMs()
	p.others.mu.Lock()
	defer p.others.mu.Unlock()
	var all []chaos.Foreign
	for _, id := range slices.Sorted(maps.Keys(p.others.made)) {
		what := p.others.made[id]
		if harm, there := what.harm(id, vms); there {
			all = append(all, chaos.Foreign{ID: id, Name: what.name, UUID: what.uuid, Harm: harm})
		}
	}

	return all
}

// harm says what was done to the object since it was made. A snapshot goes with its VM, and then it is not there any more.
func (m made) harm(id string, vms []vcenter.VM) (harm string, there bool) {
	if m.vmID == "" {
		i := slices.IndexFunc(vms, func(vm vcenter.VM) bool { return vm.ID == id })
		switch {
		case i < 0:
			return "deleted", true
		case vms[i].Name != m.name:
			return fmt.Sprintf("renamed to %q", vms[i].Name), true
		case vms[i].PowerState != "poweredOff":
			return "powered on", true
		default:
			return "", true
		}
	}
	i := slices.IndexFunc(vms, func(vm vcenter.VM) bool { return vm.ID == m.vmID })
	if i < 0 {
		return "", false
	}
	j := slices.IndexFunc(vms[i].Snapshots, func(snapshot vcenter.Snapshot) bool { return snapshot.ID == id })
	switch {
	case j < 0:
		return "deleted", true
	case vms[i].Snapshots[j].Name != m.name:
		return fmt.Sprintf("renamed to %q", vms[i].Snapshots[j].Name), true
	default:
		return "", true
	}
}

// lookalike is an object that another client makes at the worst moment: of the name that a resource asks for, in the same place.
type lookalike struct {
	block *block
	own   bool // by a user of its own; else by another pipeline with the provider's account
	like  bool // a clone of the same machine; else a VM that is made from nothing
}

// makePatience only ends what hangs.
const makePatience = time.Minute

// make makes the object. That the vCenter refuses it, as for a name that is taken by now, is no error.
func (p *platform) make(ctx context.Context, what lookalike) (err error) {
	bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), makePatience) // the vCenter knows what was made once the task ends
	defer stop()
	user := url.UserPassword(p.Username(), p.Password())
	if what.own {
		user = url.UserPassword(colleague, colleaguePassword)
	}
	client, err := govmomi.NewClient(bounded, &url.URL{Scheme: "https", Host: p.Endpoint(), Path: "/sdk", User: user}, true)
	if err != nil {
		return nil // the vCenter may be out at the moment
	}
	defer func() { err = errors.Join(err, client.Logout(bounded)) }()
	task, one := p.start(bounded, client.Client, what)
	if task == nil {
		return nil
	}
	result, err := task.WaitForResult(bounded)
	if err != nil {
		return nil // refused
	}
	if ref, ok := result.Result.(types.ManagedObjectReference); ok {
		if vm, found := p.vm(chaos.Object{ID: ref.Value}); found {
			one.uuid = vm.InstanceUUID
		}
		p.others.add(ref.Value, one)
	}

	return nil
}

// start starts the task that makes a lookalike; nil where the vCenter refuses it.
func (p *platform) start(ctx context.Context, client *vim25.Client, what lookalike) (*object.Task, made) {
	one := made{name: what.block.name}
	var task *object.Task
	var err error
	vmRef := func(id string) types.ManagedObjectReference {
		return types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
	}
	source, found := p.VM(what.block.source())
	folder := object.NewFolder(client, types.ManagedObjectReference{Type: "Folder", Value: p.folderOf(what.block)})
	pool := types.ManagedObjectReference{Type: "ResourcePool", Value: p.ID("/DC0/host/DC0_C0/Resources")}
	switch {
	case what.block.kind == snapshotType && !found:
		return nil, one
	case what.block.kind == snapshotType:
		one.vmID = source.ID
		task, err = object.NewVirtualMachine(client, vmRef(source.ID)).CreateSnapshot(ctx, escaped.Replace(one.name), "", false, false)
	case found && what.like:
		task, err = object.NewVirtualMachine(client, vmRef(source.ID)).Clone(ctx, folder, escaped.Replace(one.name),
			types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Pool: &pool}})
	default:
		task, err = folder.CreateVM(ctx, types.VirtualMachineConfigSpec{
			Name: escaped.Replace(one.name), GuestId: "otherGuest", Files: &types.VirtualMachineFileInfo{VmPathName: "[LocalDS_0]"},
		}, object.NewResourcePool(client, pool), nil)
	}
	if err != nil {
		return nil, one
	}

	return task, one
}

// escaped escapes a name as a client of vCenter has to.
var escaped = strings.NewReplacer("%", "%25", "/", "%2f", `\`, "%5c")

// source is the name of the machine that a block's object is made from.
func (b *block) source() string {
	if b.base != nil {
		return b.base.name
	}

	return b.onMachine
}

// folderOf is the folder that a block's VM is made in.
func (p *platform) folderOf(b *block) string {
	if strings.Contains(b.arguments["placement"], strconv.Quote(p.prod)) {
		return p.prod
	}

	return p.ID("/DC0/vm")
}
