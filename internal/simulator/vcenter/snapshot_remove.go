package vcenter

import (
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// mayChangeSnapshots refuses to change the snapshots of a VM now.
func (s *snapshotStore) mayChangeSnapshots(vm *simulator.VirtualMachine) *problem {
	if p := maySnapshots(vm); p != nil {
		return p
	}
	if s.conditions.of(vm.Self).lostSnapshots {
		return lostSnapshots()
	}

	return s.storage.checkFiles(vm)
}

// planRemoveSnapshot plans RemoveSnapshot_Task.
func (s *snapshotStore) planRemoveSnapshot(c *call) (taskPlan, *problem) {
	req := bodyOf[types.RemoveSnapshot_Task](c)
	check := func() (*simulator.VirtualMachine, *problem) {
		_, vm, p := s.inventory.snapshotOf(c.this)
		if p != nil {
			return nil, p
		}

		return vm, s.mayChangeSnapshots(vm)
	}
	vm, p := check()
	if p != nil {
		return taskPlan{}, p
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, p := check()
		if p != nil {
			return nil, p
		}
		cut := snapshotCut{below: req.RemoveChildren, removes: func(node types.VirtualMachineSnapshotTree) bool {
			return node.Snapshot == c.this
		}}

		return nil, s.cutSnapshots(ctx, vm, cut, req.Consolidate)
	}}, nil
}

// planRemoveAllSnapshots plans RemoveAllSnapshots_Task.
func (s *snapshotStore) planRemoveAllSnapshots(c *call) (taskPlan, *problem) {
	req := bodyOf[types.RemoveAllSnapshots_Task](c)
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.mayChangeSnapshots(vm); p != nil {
		return taskPlan{}, p
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}
	cut := snapshotCut{removes: func(node types.VirtualMachineSnapshotTree) bool {
		return req.Spec == nil || node.CreateTime.Before(time.Now().AddDate(0, 0, -int(req.Spec.RetentionDays)))
	}}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, ok := s.inventory.vm(c.this)
		if !ok {
			return nil, notFound(c.this)
		}
		if p := s.mayChangeSnapshots(vm); p != nil {
			return nil, p
		}

		return nil, s.cutSnapshots(ctx, vm, cut, req.Consolidate)
	}}, nil
}

// cutSnapshots takes snapshots out of a VM's tree, with their files. The current snapshot's place goes to the nearest one
// above that stays.
func (s *snapshotStore) cutSnapshots(
	ctx *simulator.Context, vm *simulator.VirtualMachine, cut snapshotCut, consolidate *bool,
) *problem {
	chains, p := s.storage.chainsOf(vm)
	if p != nil {
		return p
	}
	before := chains.files()
	tree, current := snapshotTree(vm)
	left := cut.from(tree, nil)
	if current != nil {
		if heir, gone := cut.heir[*current]; gone {
			current = heir
		}
	}
	for _, ref := range cut.gone {
		if node, ok := findNode(tree, ref); ok {
			s.storage.deleteFile(snapshotFile(vm, node.Id))
		}
		if snapshot, ok := s.inventory.registry.Get(ref).(*simulator.VirtualMachineSnapshot); ok {
			delete(chains.snapshots, snapshot)
		}
	}
	s.setSnapshots(ctx, vm, left, current)
	for _, ref := range cut.gone {
		s.inventory.registry.Remove(ctx, ref)
	}
	merge := consolidate == nil || *consolidate
	if merge {
		chains.merge(s.storage.foreignFiles(vm.Self))
	}
	s.storage.storeChains(ctx, vm, chains, before)
	s.tellConsolidation(ctx, vm, chains)

	return nil
}

// tellConsolidation sets runtime.consolidationNeeded: whether disks of the VM have files that no snapshot needs.
func (s *snapshotStore) tellConsolidation(ctx *simulator.Context, vm *simulator.VirtualMachine, chains *diskChains) {
	_, _, needed := chains.mergeable(s.storage.foreignFiles(vm.Self))
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "runtime.consolidationNeeded", Val: needed}})
}

// planConsolidate plans ConsolidateVMDisks_Task.
func (s *snapshotStore) planConsolidate(c *call) (taskPlan, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		vm, ok := s.inventory.vm(c.this)
		if !ok {
			return nil, notFound(c.this)
		}
		if p := s.mayChangeSnapshots(vm); p != nil {
			return nil, p
		}

		return nil, s.cutSnapshots(ctx, vm, snapshotCut{
			removes: func(types.VirtualMachineSnapshotTree) bool { return false },
		}, nil)
	}}, nil
}

// renameSnapshot answers RenameSnapshot: what is not given stays, and an empty description clears the old one.
func (s *snapshotStore) renameSnapshot(c *call) soap.HasFault {
	req := bodyOf[types.RenameSnapshot](c)
	_, vm, p := s.inventory.snapshotOf(c.this)
	if p != nil {
		return p.body()
	}
	name := req.Name
	if name != "" {
		if name, p = checkSnapshotName(name); p != nil {
			return p.body()
		}
	}
	if p := maySnapshots(vm); p != nil {
		return p.body()
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return p.body()
	}
	tree, current := snapshotTree(vm)
	s.setSnapshots(c.ctx, vm, mapNodes(tree, func(node types.VirtualMachineSnapshotTree) types.VirtualMachineSnapshotTree {
		if node.Snapshot == c.this {
			setUnlessZero(&node.Name, s.spelled(name))
			if req.Description != "" || c.empties("description") {
				node.Description = req.Description
			}
		}

		return node
	}), current)

	return &methods.RenameSnapshotBody{Res: &types.RenameSnapshotResponse{}}
}
