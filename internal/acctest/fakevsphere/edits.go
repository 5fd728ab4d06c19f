package fakevsphere

import (
	"context"
	"slices"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Rename is part of the client.
func (f *VCenter) Rename(ctx context.Context, id, name string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Rename", id, func(vm *vsphere.VirtualMachine) error { vm.Name = name; return nil })
}

// Move is part of the client.
func (f *VCenter) Move(ctx context.Context, id, folderID string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Move", id, func(vm *vsphere.VirtualMachine) error { vm.Placement.FolderID = folderID; return nil })
}

// Relocate is part of the client.
func (f *VCenter) Relocate(ctx context.Context, id string, spec vsphere.RelocateSpec) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Relocate", id, func(vm *vsphere.VirtualMachine) error {
		f.Relocated = append(f.Relocated, spec)
		f.place(vm, vsphere.Placement{
			FolderID: spec.FolderID, ResourcePoolID: spec.ResourcePoolID, HostID: spec.HostID, ClusterID: spec.ClusterID,
			DatastoreID: spec.DatastoreID,
		}, spec.DiskDatastores)

		return nil
	})
}

// place puts a VM somewhere as vCenter would. It is called with the mutex held.
func (f *VCenter) place(vm *vsphere.VirtualMachine, to vsphere.Placement, disks map[string]string) {
	if to.FolderID != "" {
		vm.Placement.FolderID = to.FolderID
	}
	for _, id := range []string{to.ResourcePoolID, to.HostID, to.ClusterID} {
		if id == "" {
			continue
		}
		number := map[string]string{"domain-c1": "1", "domain-c2": "2"}[f.Places[id].ClusterID+map[bool]string{true: id}[f.Places[id].Type == vsphere.TypeCluster]]
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

// PowerOn is part of the client.
func (f *VCenter) PowerOn(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "PowerOn", id, func(vm *vsphere.VirtualMachine) error { return switchTo(vm, vsphere.PoweredOn) })
}

// PowerOff is part of the client.
func (f *VCenter) PowerOff(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "PowerOff", id, func(vm *vsphere.VirtualMachine) error { return switchTo(vm, vsphere.PoweredOff) })
}

func switchTo(vm *vsphere.VirtualMachine, wanted vsphere.PowerState) error {
	if vm.PowerState == wanted {
		return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: vm.ID}
	}
	vm.PowerState, vm.ToolsRunning = wanted, wanted == vsphere.PoweredOn

	return nil
}

// ShutdownGuest is part of the client.
func (f *VCenter) ShutdownGuest(ctx context.Context, id string) error {
	if err := f.Note(ctx, "ShutdownGuest"); err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.VMs[id]
	switch {
	case !ok:
		return Gone("ShutdownGuest", id)
	case vm.PowerState != vsphere.PoweredOn:
		return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
	case !vm.ToolsRunning:
		return &apierr.Error{Kind: apierr.Unavailable, Code: "ToolsUnavailable", Object: id}
	case !f.GuestStuck:
		vm.PowerState = vsphere.PoweredOff
	}

	return nil
}

// WaitForPowerState is part of the client.
func (f *VCenter) WaitForPowerState(ctx context.Context, id string, state vsphere.PowerState) error {
	if err := f.Note(ctx, "WaitForPowerState"); err != nil {
		return err
	}
	f.mutex.Lock()
	vm, ok := f.VMs[id]
	reached := ok && vm.PowerState == state
	f.mutex.Unlock()
	switch {
	case !ok:
		return Gone("WaitForUpdatesEx", id)
	case reached:
		return nil
	}
	<-ctx.Done()

	return ctx.Err()
}

// WaitForGuestIP is part of the client.
func (f *VCenter) WaitForGuestIP(ctx context.Context, id string) ([]string, error) {
	if err := f.Note(ctx, "WaitForGuestIP"); err != nil {
		return nil, err
	}
	if f.GuestIPs == nil {
		<-ctx.Done()

		return nil, (&apierr.Error{Kind: apierr.TimedOut, Messages: []string{"no address yet"}}).Wrap(ctx.Err())
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if machine, ok := f.VMs[id]; ok {
		machine.GuestIPAddresses = f.GuestIPs
	}

	return f.GuestIPs, nil
}

// Destroy is part of the client.
func (f *VCenter) Destroy(ctx context.Context, id string) (task.Handle[struct{}], error) {
	return f.edit(ctx, "Destroy", id, func(vm *vsphere.VirtualMachine) error {
		if vm.PowerState == vsphere.PoweredOn {
			return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
		}
		delete(f.VMs, id)

		return nil
	})
}

// edit is a task that is done at once.
func (f *VCenter) edit(
	ctx context.Context, method, id string, change func(vm *vsphere.VirtualMachine) error,
) (task.Handle[struct{}], error) {
	if err := f.Note(ctx, method); err != nil {
		return nil, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	vm, ok := f.VMs[id]
	if !ok {
		return nil, Gone(method+"_Task", id)
	}
	apply := func() error {
		// A reader may hold what VirtualMachine returned: the inventory gets a new VM.
		edited := *vm
		if err := change(&edited); err != nil {
			return err
		}
		if _, there := f.VMs[id]; there {
			f.VMs[id] = &edited
		}

		return nil
	}
	if goes, hangs := f.Slow[method]; hangs {
		return &slowTask{fake: f, goes: goes, apply: apply, end: make(chan task.Update[struct{}], 1)}, nil
	}

	return doneTask{err: apply()}, nil
}

// MarkAsTemplate is part of the client.
func (f *VCenter) MarkAsTemplate(ctx context.Context, id string) error {
	_, err := f.edit(ctx, "MarkAsTemplate", id, func(vm *vsphere.VirtualMachine) error {
		if vm.PowerState != vsphere.PoweredOff {
			return &apierr.Error{Kind: apierr.InvalidState, Code: "InvalidPowerState", Object: id}
		}
		vm.Template, vm.Placement.ResourcePoolID = true, ""

		return nil
	})

	return err
}

// MarkAsVirtualMachine is part of the client.
func (f *VCenter) MarkAsVirtualMachine(ctx context.Context, id, poolID, hostID string) error {
	_, err := f.edit(ctx, "MarkAsVirtualMachine", id, func(vm *vsphere.VirtualMachine) error {
		vm.Template = false
		f.place(vm, vsphere.Placement{ResourcePoolID: poolID, HostID: hostID}, nil)

		return nil
	})

	return err
}

// Gone is the error about an object that does not exist.
func Gone(op, id string) error {
	return &apierr.Error{Kind: apierr.NotFound, Op: op, Object: id, Code: "ManagedObjectNotFound"}
}

// Edits are the calls that change a VM, in the order in which they were made.
func (f *VCenter) Edits() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	changing := []string{
		"StartClone", "StartCloneTask", "StartInstantClone", "Rename", "Move", "Relocate", "Reconfigure", "MarkAsTemplate", "MarkAsVirtualMachine", "PowerOn", "PowerOff", "ShutdownGuest", "Destroy",
	}
	var made []string
	for _, call := range f.Calls {
		if slices.Contains(changing, call) {
			made = append(made, call)
		}
	}

	return made
}
