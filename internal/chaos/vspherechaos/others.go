package vspherechaos

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
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

// Foreign implements [chaos.Platform].
func (p *platform) Foreign() []chaos.Foreign {
	vms := p.VMs()

	return p.others.Foreign(func(id string, what chaos.Made) chaos.Look {
		machine := cmp.Or(what.VMID, id)
		i := slices.IndexFunc(vms, func(vm vcenter.VM) bool { return vm.ID == machine })
		switch {
		case i < 0:
			return chaos.Look{Along: what.VMID != ""}
		case what.VMID == "":
			now := chaos.Look{Found: true, Name: vms[i].Name}
			if vms[i].PowerState != "poweredOff" {
				now.Change = "powered on"
			}

			return now
		}
		j := slices.IndexFunc(vms[i].Snapshots, func(snapshot vcenter.Snapshot) bool { return snapshot.ID == id })
		if j < 0 {
			return chaos.Look{}
		}

		return chaos.Look{Found: true, Name: vms[i].Snapshots[j].Name}
	})
}

// lookalike is an object that another client makes at the worst moment: of the name that a resource asks for, in the same place.
type lookalike struct {
	block *block
	maker chaos.Client
}

// makePatience only ends what hangs.
const makePatience = time.Minute

// make makes the object. That the vCenter refuses it, as for a name that is taken by now, is no error.
func (p *platform) make(ctx context.Context, what lookalike) (err error) {
	bounded, stop := context.WithTimeout(context.WithoutCancel(ctx), makePatience) // the vCenter knows what was made once the task ends
	defer stop()
	user := url.UserPassword(p.Username(), p.Password())
	if what.maker.Own {
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
			one.UUID = vm.InstanceUUID
		}
		p.others.Add(ref.Value, one)
	}

	return nil
}

// start starts the task that makes a lookalike; nil where the vCenter refuses it.
func (p *platform) start(ctx context.Context, client *vim25.Client, what lookalike) (*object.Task, chaos.Made) {
	one := chaos.Made{Name: what.block.name}
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
		one.VMID = source.ID
		task, err = object.NewVirtualMachine(client, vmRef(source.ID)).CreateSnapshot(ctx, escaped.Replace(one.Name), "", false, false)
	case found && what.maker.Like:
		task, err = object.NewVirtualMachine(client, vmRef(source.ID)).Clone(ctx, folder, escaped.Replace(one.Name),
			types.VirtualMachineCloneSpec{Location: types.VirtualMachineRelocateSpec{Pool: &pool}})
	default:
		task, err = folder.CreateVM(ctx, types.VirtualMachineConfigSpec{
			Name: escaped.Replace(one.Name), GuestId: "otherGuest", Files: &types.VirtualMachineFileInfo{VmPathName: "[LocalDS_0]"},
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

// folderOf is the folder that a block's VM is made in: an instant clone's is that of its source.
func (p *platform) folderOf(b *block) string {
	if b.kind == forkType && b.base != nil {
		return p.folderOf(b.base)
	}
	if strings.Contains(b.arguments["placement"], strconv.Quote(p.furniture.folder)) {
		return p.furniture.folder
	}

	return p.ID("/DC0/vm")
}
