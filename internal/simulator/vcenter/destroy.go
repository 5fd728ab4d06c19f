package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// mayDestroy refuses to delete a VM that is not powered off.
func mayDestroy(vm *simulator.VirtualMachine) *problem {
	if vm.Runtime.PowerState == poweredOn {
		return invalidPowerState(poweredOff, vm.Runtime.PowerState, vm.Self)
	}

	return nil
}

// pairKeeper takes a VM that is about to be deleted out of its fault tolerant pair. The inventory is locked for writing.
type pairKeeper interface {
	leavePair(ctx *simulator.Context, vm *simulator.VirtualMachine) *problem
}

// vmStore creates, renames, moves and deletes VMs, and the folders that hold them.
type vmStore struct {
	inventory  *inventory
	stock      *stockMethods
	storage    *storage
	events     *eventLog
	specs      *specStore
	conditions *conditionStore
	pairs      pairKeeper
}

// methods are the vim25 methods that are answered here.
func (s *vmStore) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.ReconfigVM_Task": {task: s.planReconfigure, response: types.ReconfigVM_TaskResponse{}},
		"VirtualMachine.Destroy_Task":    {task: s.planDestroyVM, response: types.Destroy_TaskResponse{}},
		"VirtualMachine.MarkAsTemplate":  {direct: s.markAsTemplate},
		"Folder.MoveIntoFolder_Task":     {task: s.planMoveIntoFolder, response: types.MoveIntoFolder_TaskResponse{}},
		"Folder.CreateVM_Task":           {task: s.planCreateVM, response: types.CreateVM_TaskResponse{}},
		"Folder.Destroy_Task":            {task: s.planDestroyFolder, response: types.Destroy_TaskResponse{}},
		"Folder.CreateFolder":            {direct: s.createFolder},
		"*.Rename_Task":                  {task: s.planRename, response: types.Rename_TaskResponse{}},
	}
}

// planDestroyVM is Destroy_Task of a VM.
func (s *vmStore) planDestroyVM(c *call) (taskPlan, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := mayDestroy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: s.destroyEffect(c.this)}, nil
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

// destroyDisks deletes a VM's disks with their files, before the VM itself: govmomi sleeps for each that it deletes, and nobody is
// answered meanwhile. It also gives back the whole disk where its last file is; the VM had what its own files take.
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

// planDestroyFolder is Destroy_Task of a folder: what is in it goes with it, unless a VM in it is powered on.
func (s *vmStore) planDestroyFolder(c *call) (taskPlan, *problem) {
	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		return nil, s.destroyFolder(ctx, c.this)
	}}, nil
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

func (s *inventory) snapshotsOf(vm types.ManagedObjectReference) []types.ManagedObjectReference {
	var refs []types.ManagedObjectReference
	for _, object := range s.registry.AllReference("VirtualMachineSnapshot") {
		if snapshot, ok := object.(*simulator.VirtualMachineSnapshot); ok && snapshot.Vm == vm {
			refs = append(refs, snapshot.Self)
		}
	}

	return refs
}

// useSpace takes bytes from a datastore's free space, or gives them back when negative.
func (s *storage) useSpace(ctx *simulator.Context, id string, bytes int64) {
	ref := types.ManagedObjectReference{Type: "Datastore", Value: id}
	datastore, ok := s.inventory.registry.Get(ref).(*simulator.Datastore)
	if !ok {
		return
	}
	free := datastore.Summary.FreeSpace - bytes
	s.setFreeSpace(ctx, datastore, free)
}

func (s *storage) setFreeSpace(ctx *simulator.Context, datastore *simulator.Datastore, free int64) {
	s.inventory.registry.WithLock(ctx, datastore, func() {
		datastore.Info.GetDatastoreInfo().FreeSpace = free
		ctx.Update(datastore, []types.PropertyChange{{Name: "summary.freeSpace", Val: free}})
	})
}

// markAsTemplate is MarkAsTemplate.
func (s *vmStore) markAsTemplate(c *call) soap.HasFault {
	vm, ok := s.inventory.vm(c.this)
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
func (s *vmStore) makeTemplate(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	if vm.ResourcePool != nil {
		if pool, ok := s.inventory.registry.Get(*vm.ResourcePool).(*simulator.ResourcePool); ok {
			s.inventory.registry.RemoveReference(ctx, pool, &pool.Vm, vm.Self)
		}
	}
	s.inventory.registry.WithLock(ctx, vm, func() {
		vm.ResourcePool = nil
		ctx.Update(vm, []types.PropertyChange{
			{Name: "config.template", Val: true}, {Name: "summary.config.template", Val: true},
		})
	})
}
