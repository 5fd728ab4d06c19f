package vsphereclone

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func (f *fakeVSphere) Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Rename", id, func(vm *vsphere.VirtualMachine) error { vm.Name = name; return nil })
}

func (f *fakeVSphere) Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Move", id, func(vm *vsphere.VirtualMachine) error { vm.Placement.FolderID = folderID; return nil })
}

func (f *fakeVSphere) Relocate(ctx context.Context, id string, spec vsphere.RelocateSpec) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Relocate", id, func(vm *vsphere.VirtualMachine) error {
		f.relocated = append(f.relocated, spec)
		f.place(vm, vsphere.Placement{
			ResourcePoolID: spec.ResourcePoolID, HostID: spec.HostID, ClusterID: spec.ClusterID, DatastoreID: spec.DatastoreID,
		}, spec.DiskDatastores)

		return nil
	})
}

// place puts a VM somewhere as vCenter would. It is called with the mutex held.
func (f *fakeVSphere) place(vm *vsphere.VirtualMachine, to vsphere.Placement, disks map[string]string) {
	if to.FolderID != "" {
		vm.Placement.FolderID = to.FolderID
	}
	for _, id := range []string{to.ResourcePoolID, to.HostID, to.ClusterID} {
		if id == "" {
			continue
		}
		number := map[string]string{"domain-c1": "1", "domain-c2": "2"}[f.objects[id].ClusterID+map[bool]string{true: id}[f.objects[id].Type == vsphere.TypeCluster]]
		vm.Placement.ClusterID, vm.Placement.ResourcePoolID, vm.Placement.HostID = "domain-c"+number, "resgroup-"+number, "host-"+number
	}
	if to.HostID != "" {
		vm.Placement.HostID = to.HostID
	}
	if to.DatastoreID != "" {
		vm.Placement.DatastoreID = to.DatastoreID
	}
	moved := map[string]vsphere.Disk{}
	for key, disk := range vm.Disks {
		if to.DatastoreID != "" {
			disk.DatastoreID = to.DatastoreID
		}
		if own := disks[key]; own != "" {
			disk.DatastoreID = own
		}
		moved[key] = disk
	}
	vm.Disks = moved
}

func (f *fakeVSphere) PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "PowerOn", id, func(vm *vsphere.VirtualMachine) error { return switchTo(vm, vsphere.PoweredOn) })
}

func (f *fakeVSphere) PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "PowerOff", id, func(vm *vsphere.VirtualMachine) error { return switchTo(vm, vsphere.PoweredOff) })
}

func switchTo(vm *vsphere.VirtualMachine, wanted vsphere.PowerState) error {
	if vm.PowerState == wanted {
		return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: vm.ID}
	}
	vm.PowerState, vm.ToolsRunning = wanted, wanted == vsphere.PoweredOn

	return nil
}

func (f *fakeVSphere) ShutdownGuest(ctx context.Context, id string) error {
	if err := f.note(ctx, "ShutdownGuest"); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.vms[id]
	switch {
	case !ok:
		return gone("ShutdownGuest", id)
	case vm.PowerState != vsphere.PoweredOn:
		return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
	case !vm.ToolsRunning:
		return &apierr.Error{Kind: apierr.Unavailable, Code: "ToolsUnavailable", Object: id}
	case !f.guestStuck:
		vm.PowerState = vsphere.PoweredOff
	}

	return nil
}

func (f *fakeVSphere) WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error {
	if err := f.note(ctx, "WaitForPowerState"); err != nil {
		return err
	}
	f.mutex.Lock()
	reached := f.vms[id].PowerState == state
	f.mutex.Unlock()
	if reached {
		return nil
	}
	<-ctx.Done()

	return ctx.Err()
}

func (f *fakeVSphere) WaitForGuestIP(ctx context.Context, _ string) ([]string, error) {
	if err := f.note(ctx, "WaitForGuestIP"); err != nil {
		return nil, err
	}
	if f.guestIPs == nil {
		<-ctx.Done()

		return nil, (&apierr.Error{Kind: apierr.TimedOut, Messages: []string{"no address yet"}}).Wrap(ctx.Err())
	}

	return f.guestIPs, nil
}

func (f *fakeVSphere) Destroy(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Destroy", id, func(vm *vsphere.VirtualMachine) error {
		if vm.PowerState == vsphere.PoweredOn {
			return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
		}
		delete(f.vms, id)

		return nil
	})
}

// edit is a task that is done at once.
func (f *fakeVSphere) edit(
	ctx context.Context, method, id string, change func(vm *vsphere.VirtualMachine) error,
) (task.Handle[struct{}], error) {
	if err := f.note(ctx, method); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.vms[id]
	if !ok {
		return nil, gone(method+"_Task", id)
	}
	apply := func() error {
		// A reader may hold what VirtualMachine returned: the inventory gets a new VM.
		edited := *vm
		if err := change(&edited); err != nil {
			return err
		}
		if _, there := f.vms[id]; there {
			f.vms[id] = &edited
		}

		return nil
	}
	if goes, hangs := f.slow[method]; hangs {
		return &slowTask{fake: f, goes: goes, apply: apply, end: make(chan task.Update[struct{}], 1)}, nil
	}

	return doneTask{err: apply()}, nil
}

func gone(op, id string) error {
	return &apierr.Error{Kind: apierr.NotFound, Op: op, Object: id, Code: "ManagedObjectNotFound"}
}
