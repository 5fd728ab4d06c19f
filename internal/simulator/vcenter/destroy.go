package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// mayDestroy refuses to delete a VM that is not powered off.
func (s *Server) mayDestroy(vm *simulator.VirtualMachine) *problem {
	if vm.Runtime.PowerState == poweredOn {
		return invalidPowerState(poweredOff, vm.Runtime.PowerState, vm.Self)
	}

	return nil
}

// planDestroyVM is Destroy_Task of a VM.
func planDestroyVM(s *Server, c *call) (taskPlan, *problem) {
	vm, ok := s.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.mayDestroy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: s.destroyEffect(c.this)}, nil
}

func (s *Server) destroyEffect(ref types.ManagedObjectReference) effect {
	return func(ctx *simulator.Context) (types.AnyType, *problem) { return nil, s.destroy(ctx, ref) }
}

// destroy deletes a VM with its snapshots and files, and gives its space back.
func (s *Server) destroy(ctx *simulator.Context, ref types.ManagedObjectReference) *problem {
	vm, ok := s.vm(ref)
	if !ok {
		return notFound(ref)
	}
	if p := s.mayDestroy(vm); p != nil {
		return p
	}
	if p := s.leavePair(ctx, vm); p != nil {
		return p
	}
	s.destroyDisks(ctx, vm)
	for _, snapshot := range s.snapshotsOf(ref) {
		s.registry.Remove(ctx, snapshot)
	}
	_, _, p := s.invoke(ctx, ref, "Destroy_Task", &types.Destroy_Task{This: ref})
	s.specs.forget(ref.Value)
	s.conditions.forget(ref)

	return p
}

// destroyDisks deletes a VM's disks with their files, before the VM itself: govmomi sleeps for each that it deletes, and nobody is
// answered meanwhile. It also gives back the whole disk where its last file is; the VM had what its own files take.
func (s *Server) destroyDisks(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	for _, disk := range disksOf(vm) {
		datastore, bytes := s.ownSpace(disk)
		s.useSpace(ctx, datastore.Value, -bytes)
		s.deleteFile(s.copyDisk(disk).File)
	}
	s.registry.WithLock(ctx, vm, func() {
		vm.Config.Hardware.Device = slices.DeleteFunc(slices.Clone(vm.Config.Hardware.Device), func(device types.BaseVirtualDevice) bool {
			_, isDisk := device.(*types.VirtualDisk)

			return isDisk
		})
	})
}

// planDestroyFolder is Destroy_Task of a folder: what is in it goes with it, unless a VM in it is powered on.
func planDestroyFolder(s *Server, c *call) (taskPlan, *problem) {
	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		return nil, s.destroyFolder(ctx, c.this)
	}}, nil
}

func (s *Server) destroyFolder(ctx *simulator.Context, ref types.ManagedObjectReference) *problem {
	folder, ok := s.registry.Get(ref).(*simulator.Folder)
	if !ok {
		return notFound(ref)
	}
	if folder.Parent == nil || folder.Parent.Type == "Datacenter" {
		return &problem{fault: &types.NotSupported{}, messages: []string{"This folder cannot be deleted."}}
	}
	for _, child := range s.children(folder) {
		if vm, ok := s.vm(child); ok {
			if p := s.mayDestroy(vm); p != nil {
				return p
			}
		}
	}
	for _, child := range s.children(folder) {
		var p *problem
		switch child.Type {
		case "VirtualMachine":
			p = s.destroy(ctx, child)
		case "Folder":
			p = s.destroyFolder(ctx, child)
		default:
			_, _, p = s.invoke(ctx, child, "Destroy_Task", &types.Destroy_Task{This: child})
		}
		if p != nil {
			return p
		}
	}
	_, _, p := s.invoke(ctx, ref, "Destroy_Task", &types.Destroy_Task{This: ref})

	return p
}

func (s *Server) snapshotsOf(vm types.ManagedObjectReference) []types.ManagedObjectReference {
	var refs []types.ManagedObjectReference
	for _, object := range s.registry.AllReference("VirtualMachineSnapshot") {
		if snapshot, ok := object.(*simulator.VirtualMachineSnapshot); ok && snapshot.Vm == vm {
			refs = append(refs, snapshot.Self)
		}
	}

	return refs
}

// useSpace takes bytes from a datastore's free space, or gives them back when negative.
func (s *Server) useSpace(ctx *simulator.Context, id string, bytes int64) {
	ref := types.ManagedObjectReference{Type: "Datastore", Value: id}
	datastore, ok := s.registry.Get(ref).(*simulator.Datastore)
	if !ok {
		return
	}
	free := datastore.Summary.FreeSpace - bytes
	s.setFreeSpace(ctx, datastore, free)
}

func (s *Server) setFreeSpace(ctx *simulator.Context, datastore *simulator.Datastore, free int64) {
	s.registry.WithLock(ctx, datastore, func() {
		datastore.Info.GetDatastoreInfo().FreeSpace = free
		ctx.Update(datastore, []types.PropertyChange{{Name: "summary.freeSpace", Val: free}})
	})
}

// markAsTemplate is MarkAsTemplate.
func markAsTemplate(s *Server, c *call) soap.HasFault {
	vm, ok := s.vm(c.this)
	if !ok {
		return notFound(c.this).body()
	}
	if vm.Runtime.PowerState != poweredOff {
		return invalidPowerState(poweredOff, vm.Runtime.PowerState, c.this).body()
	}
	if vm.Config.Template {
		p := &problem{fault: &types.NotSupported{}, messages: []string{"The virtual machine is a template already."}}

		return p.body()
	}
	s.makeTemplate(c.ctx, vm)

	return &methods.MarkAsTemplateBody{Res: &types.MarkAsTemplateResponse{}}
}

// makeTemplate takes a VM out of its pool, which govmomi forgets, and marks it.
func (s *Server) makeTemplate(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	if vm.ResourcePool != nil {
		if pool, ok := s.registry.Get(*vm.ResourcePool).(*simulator.ResourcePool); ok {
			s.registry.RemoveReference(ctx, pool, &pool.Vm, vm.Self)
		}
	}
	s.registry.WithLock(ctx, vm, func() {
		vm.ResourcePool = nil
		ctx.Update(vm, []types.PropertyChange{
			{Name: "config.template", Val: true}, {Name: "summary.config.template", Val: true},
		})
	})
}
