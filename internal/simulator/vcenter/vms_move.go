package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// planMoveIntoFolder plans MoveIntoFolder_Task.
func (s *vmStore) planMoveIntoFolder(c *call) (taskPlan, *problem) {
	req := bodyOf[types.MoveIntoFolder_Task](c)
	if p := s.checkMove(c.this, req.List, false); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		if p := s.checkMove(c.this, req.List, false); p != nil {
			return nil, p
		}

		return nil, s.moveInto(ctx, c.this, req.List)
	}}, nil
}

// checkMove refuses to put objects into a folder. A folder of another datacenter takes them only across, in a relocation.
func (s *vmStore) checkMove(folder types.ManagedObjectReference, list []types.ManagedObjectReference, across bool) *problem {
	target, ok := s.inventory.registry.Get(folder).(*simulator.Folder)
	if !ok {
		return notFound(folder)
	}
	for _, ref := range list {
		entity, ok := s.inventory.registry.Get(ref).(mo.Entity)
		if !ok {
			return notFound(ref)
		}
		if !allowsChild(target, ref.Type) {
			return &problem{
				fault: &types.NotSupported{}, errorType: errorUnsupported,
				messages: []string{"The folder " + folder.Value + " cannot hold a " + ref.Type + "."},
			}
		}
		if ref == folder || s.inventory.isBelow(folder, ref) {
			return &problem{
				fault: &types.InvalidFolder{Target: ref}, errorType: errorInvalidArgument,
				messages: []string{"A folder cannot be moved into itself."},
			}
		}
		if p := s.inventory.checkFree(folder, nameOf(entity), ref); p != nil {
			return p
		}
		if target := s.inventory.datacenter(folder); target != s.inventory.datacenter(ref) && !across {
			return s.inventory.datacenterMismatch(ref, target)
		}
	}

	return nil
}

func (s *vmStore) moveInto(ctx *simulator.Context, folder types.ManagedObjectReference, list []types.ManagedObjectReference) *problem {
	var moved []types.ManagedObjectReference
	for _, ref := range list {
		if entity, ok := s.inventory.registry.Get(ref).(mo.Entity); ok && *entity.Entity().Parent != folder {
			moved = append(moved, ref)
		}
	}
	if len(moved) == 0 {
		return nil
	}
	_, _, p := s.stock.invoke(ctx, folder, "MoveIntoFolder_Task", &types.MoveIntoFolder_Task{This: folder, List: moved})
	for _, ref := range moved {
		if entity, ok := s.inventory.registry.Get(ref).(mo.Entity); ok {
			s.inventory.registry.AtomicUpdate(ctx, entity, []types.PropertyChange{{Name: "parent", Val: folder}})
		}
	}

	return p
}

// moveCompute puts a VM on another host and into another pool.
func (s *vmStore) moveCompute(ctx *simulator.Context, vm *simulator.VirtualMachine, to placement) {
	var changes []types.PropertyChange
	if host := *vm.Runtime.Host; host != to.host {
		if old, ok := s.inventory.registry.Get(host).(*simulator.HostSystem); ok {
			s.inventory.registry.RemoveReference(ctx, old, &old.Vm, vm.Self)
		}
		if target, ok := s.inventory.registry.Get(to.host).(*simulator.HostSystem); ok {
			s.inventory.registry.AddReference(ctx, target, &target.Vm, vm.Self)
		}
		changes = append(changes,
			types.PropertyChange{Name: "runtime.host", Val: to.host},
			types.PropertyChange{Name: "summary.runtime.host", Val: to.host},
		)
	}
	if to.pool.Value != "" && (vm.ResourcePool == nil || *vm.ResourcePool != to.pool) {
		s.moveToPool(ctx, vm, to.pool)
		changes = append(changes, types.PropertyChange{Name: "resourcePool", Val: to.pool})
	}
	if len(changes) > 0 {
		s.inventory.registry.AtomicUpdate(ctx, vm, changes)
	}
}

func (s *vmStore) moveToPool(ctx *simulator.Context, vm *simulator.VirtualMachine, pool types.ManagedObjectReference) {
	if vm.ResourcePool != nil {
		if old, list := s.inventory.poolMembers(*vm.ResourcePool); old != nil {
			s.inventory.registry.RemoveReference(ctx, old, list, vm.Self)
		}
	}
	if target, list := s.inventory.poolMembers(pool); target != nil {
		s.inventory.registry.AddReference(ctx, target, list, vm.Self)
	}
}

// createFolder answers CreateFolder: names in use and names that vim25 does not take are refused.
func (s *vmStore) createFolder(c *call) soap.HasFault {
	req := bodyOf[types.CreateFolder](c)
	if p := checkVimName(req.Name); p != nil {
		return p.body()
	}
	if p := s.inventory.checkFree(c.this, canonicalName(req.Name), types.ManagedObjectReference{}); p != nil {
		return p.body()
	}
	literal := *req
	literal.Name = literalName(req.Name) // govmomi escapes by itself
	answer, _, p := s.stock.invoke(c.ctx, c.this, c.method, &literal)
	if answer == nil && p != nil {
		return p.body()
	}
	if body, ok := answer.(*methods.CreateFolderBody); ok {
		return body
	}

	return answer
}

func allowsChild(folder *simulator.Folder, kind string) bool {
	return slices.Contains(folder.ChildType, kind)
}
