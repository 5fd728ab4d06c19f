package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planDestroyVM plans Destroy_Task of a VM.
func (s *vmStore) planDestroyVM(c *call) (taskPlan, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := checkConnected(vm); p != nil {
		return taskPlan{}, p
	}
	if p := mayDestroy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: s.destroyEffect(c.this)}, nil
}

// planDestroyFolder plans Destroy_Task of a folder: what is in it goes with it, unless a VM in it is powered on.
func (s *vmStore) planDestroyFolder(c *call) (taskPlan, *problem) {
	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		return nil, s.destroyFolder(ctx, c.this)
	}}, nil
}

func (s *vmStore) destroyEffect(ref types.ManagedObjectReference) effect {
	return func(ctx *simulator.Context) (types.AnyType, *problem) { return nil, s.destroy(ctx, ref) }
}

// destroy deletes a VM with its snapshots and files, and gives its space back.
func (s *vmStore) destroy(ctx *simulator.Context, ref types.ManagedObjectReference) *problem {
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return notFound(ref)
	}
	if p := mayDestroy(vm); p != nil {
		return p
	}
	if p := s.pairs.leavePair(ctx, vm); p != nil {
		return p
	}
	s.destroyDisks(ctx, vm)
	for _, snapshot := range s.inventory.snapshotsOf(ref) {
		s.inventory.registry.Remove(ctx, snapshot)
	}
	_, _, p := s.stock.invoke(ctx, ref, "Destroy_Task", &types.Destroy_Task{This: ref})
	s.specs.forget(ref.Value)
	s.conditions.forget(ref)

	return p
}

// destroyDisks deletes a VM's disks with their files, before the VM itself: govmomi sleeps for each that it deletes, and no
// call is answered meanwhile. govmomi would also give back the whole disk on the datastore of its last file, not what the
// VM's own files take.
func (s *vmStore) destroyDisks(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	for _, disk := range disksOf(vm) {
		datastore, bytes := s.storage.ownSpace(disk)
		s.storage.useSpace(ctx, datastore.Value, -bytes)
		s.storage.deleteFile(copyDisk(disk).File)
	}
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.Config.Hardware.Device = slices.DeleteFunc(slices.Clone(vm.Config.Hardware.Device), func(device types.BaseVirtualDevice) bool {
			_, isDisk := device.(*types.VirtualDisk)

			return isDisk
		})
	})
}

func (s *vmStore) destroyFolder(ctx *simulator.Context, ref types.ManagedObjectReference) *problem {
	folder, ok := s.inventory.registry.Get(ref).(*simulator.Folder)
	if !ok {
		return notFound(ref)
	}
	if folder.Parent == nil || folder.Parent.Type == "Datacenter" {
		return &problem{fault: &types.NotSupported{}, messages: []string{"This folder cannot be deleted."}}
	}
	for _, child := range s.inventory.children(folder) {
		if vm, ok := s.inventory.vm(child); ok {
			if p := mayDestroy(vm); p != nil {
				return p
			}
		}
	}
	for _, child := range s.inventory.children(folder) {
		var p *problem
		switch child.Type {
		case "VirtualMachine":
			p = s.destroy(ctx, child)
		case "Folder":
			p = s.destroyFolder(ctx, child)
		default:
			_, _, p = s.stock.invoke(ctx, child, "Destroy_Task", &types.Destroy_Task{This: child})
		}
		if p != nil {
			return p
		}
	}
	_, _, p := s.stock.invoke(ctx, ref, "Destroy_Task", &types.Destroy_Task{This: ref})

	return p
}

// mayDestroy refuses to delete a VM that is not powered off.
func mayDestroy(vm *simulator.VirtualMachine) *problem {
	if vm.Runtime.PowerState == poweredOn {
		return invalidPowerState(poweredOff, vm.Runtime.PowerState, vm.Self)
	}

	return nil
}
