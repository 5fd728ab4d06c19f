package vcenter

import (
	"cmp"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

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

	lastPort int32 // of a distributed switch, counted from firstPort; guarded by the inventory's lock
}

// methods returns the vim25 methods that this store answers.
func (s *vmStore) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.Destroy_Task":   {task: s.planDestroyVM},
		"VirtualMachine.MarkAsTemplate": {direct: s.markAsTemplate},
		"Folder.MoveIntoFolder_Task":    {task: s.planMoveIntoFolder},
		"Folder.CreateVM_Task":          {task: s.planCreateVM},
		"Folder.Destroy_Task":           {task: s.planDestroyFolder},
		"Folder.CreateFolder":           {direct: s.createFolder},
		"*.Rename_Task":                 {task: s.planRename},
	}
}

// create creates a VM; its literal name must be free. govmomi mixes up the devices of a VM whose name needs escapes, and
// uses the name for files as it is: so the VM is created under a plain name and renamed before any client can see it.
func (s *vmStore) create(ctx *simulator.Context, req *types.CreateVM_Task) (types.ManagedObjectReference, *problem) {
	literal := req.Config.Name
	req.Config.Name = fileName(literal)
	s.bindPorts(req.Config.DeviceChange)
	_, result, p := s.stock.invoke(ctx, req.This, "CreateVM_Task", req)
	if p != nil {
		return types.ManagedObjectReference{}, p
	}
	ref, _ := result.(types.ManagedObjectReference)
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return ref, nil
	}
	// vCenter shows of every VM its state of fault tolerance and where its swap file goes, govmomi's simulator of none.
	swap := cmp.Or(req.Config.SwapPlacement, string(types.VirtualMachineConfigInfoSwapPlacementTypeInherit))
	changes := append(slices.Clone(snapshotsSupported),
		types.PropertyChange{Name: "runtime.faultToleranceState", Val: types.VirtualMachineFaultToleranceStateNotConfigured},
		types.PropertyChange{Name: "config.swapPlacement", Val: swap},
	)
	if req.Config.Name != literal {
		name := escapeName(literal)
		changes = append(changes, types.PropertyChange{Name: "name", Val: name},
			types.PropertyChange{Name: "config.name", Val: name}, types.PropertyChange{Name: "summary.config.name", Val: name})
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, changes)

	return ref, nil
}

// planCreateVM plans CreateVM_Task: govmomi's, with names checked.
func (s *vmStore) planCreateVM(c *call) (taskPlan, *problem) {
	req := bodyOf[types.CreateVM_Task](c)
	if p := checkVimName(req.Config.Name); p != nil {
		return taskPlan{}, p
	}
	literal := *req
	literal.Config.Name = literalName(req.Config.Name)
	check := func() *problem {
		return s.inventory.checkFree(c.this, escapeName(literal.Config.Name), types.ManagedObjectReference{})
	}
	if p := check(); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		if p := check(); p != nil {
			return nil, p
		}
		request := literal
		ref, p := s.create(ctx, &request)
		if p != nil {
			return nil, p
		}

		return ref, nil
	}}, nil
}

// makeTemplate removes a VM from its pool, which govmomi does not do, and marks it as a template.
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

// makeVM marks a template as a VM, in the root pool of its host's cluster.
func (s *vmStore) makeVM(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	owner := s.inventory.owner(*vm.Runtime.Host)
	if cluster, ok := s.inventory.registry.Get(owner).(*simulator.ClusterComputeResource); ok && cluster.ResourcePool != nil {
		if pool, ok := s.inventory.registry.Get(*cluster.ResourcePool).(*simulator.ResourcePool); ok {
			s.inventory.registry.AddReference(ctx, pool, &pool.Vm, vm.Self)
			s.inventory.registry.WithLock(ctx, vm, func() { vm.ResourcePool = new(pool.Self) })
		}
	}
	s.unmarkTemplate(ctx, vm)
}

// unmarkTemplate clears the mark that makes a VM a template.
func (s *vmStore) unmarkTemplate(ctx *simulator.Context, vm *simulator.VirtualMachine) {
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{
		{Name: "config.template", Val: false}, {Name: "summary.config.template", Val: false},
	})
}

// markAsTemplate answers MarkAsTemplate.
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
