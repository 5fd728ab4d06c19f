package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// checkFree refuses a name, escaped, that another object of the folder has.
func (s *inventory) checkFree(folder types.ManagedObjectReference, name string, but types.ManagedObjectReference) *problem {
	parent, ok := s.registry.Get(folder).(mo.Entity)
	if !ok {
		return nil
	}
	for _, ref := range s.children(parent) {
		if ref == but {
			continue
		}
		if child, ok := s.registry.Get(ref).(mo.Entity); ok && nameOf(child) == name {
			return duplicateName(name, ref)
		}
	}

	return nil
}

// canonicalName gives a name its one escaped spelling: %2F and %2f are the same name.
func canonicalName(vim string) string { return escapeName(literalName(vim)) }

// planRename is Rename_Task.
func (s *vmStore) planRename(c *call) (taskPlan, *problem) {
	name := bodyOf[types.Rename_Task](c).NewName
	if p := checkVimName(name); p != nil {
		return taskPlan{}, p
	}
	name = canonicalName(name)

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		return nil, s.rename(ctx, c.this, name)
	}}, nil
}

func (s *vmStore) rename(ctx *simulator.Context, ref types.ManagedObjectReference, name string) *problem {
	entity, ok := s.inventory.registry.Get(ref).(mo.Entity)
	if !ok {
		return notFound(ref)
	}
	if parent := entity.Entity().Parent; parent != nil {
		if p := s.inventory.checkFree(*parent, name, ref); p != nil {
			return p
		}
	}
	old := nameOf(entity)
	changes := []types.PropertyChange{{Name: "name", Val: name}}
	if ref.Type == "VirtualMachine" {
		changes = append(changes,
			types.PropertyChange{Name: "config.name", Val: name},
			types.PropertyChange{Name: "summary.config.name", Val: name},
		)
	}
	s.inventory.registry.AtomicUpdate(ctx, entity, changes)
	if vm, ok := s.inventory.vm(ref); ok {
		s.renamePartner(ctx, vm, changes)
		s.events.post(ctx, &types.VmRenamedEvent{VmEvent: s.events.vmEvent(vm), OldName: old, NewName: name})
	}

	return nil
}

// planMoveIntoFolder is MoveIntoFolder_Task.
func (s *vmStore) planMoveIntoFolder(c *call) (taskPlan, *problem) {
	req := bodyOf[types.MoveIntoFolder_Task](c)
	if p := s.checkMove(c.this, req.List); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		if p := s.checkMove(c.this, req.List); p != nil {
			return nil, p
		}

		return nil, s.moveInto(ctx, c.this, req.List)
	}}, nil
}

func (s *vmStore) checkMove(folder types.ManagedObjectReference, list []types.ManagedObjectReference) *problem {
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
	}

	return nil
}

func allowsChild(folder *simulator.Folder, kind string) bool {
	return slices.Contains(folder.ChildType, kind)
}

// isBelow reports whether an entity lies somewhere below another.
func (s *inventory) isBelow(ref, above types.ManagedObjectReference) bool {
	for {
		entity, ok := s.registry.Get(ref).(mo.Entity)
		if !ok || entity.Entity().Parent == nil {
			return false
		}
		ref = *entity.Entity().Parent
		if ref == above {
			return true
		}
	}
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

// createFolder is CreateFolder: names in use and names that vim25 does not take are refused.
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
