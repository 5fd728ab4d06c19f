package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

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

// renamePartner gives the secondary of a renamed primary its name.
func (s *vmStore) renamePartner(ctx *simulator.Context, vm *simulator.VirtualMachine, changes []types.PropertyChange) {
	if secondary, ok := s.inventory.secondaryOf(vm); ok {
		s.inventory.registry.AtomicUpdate(ctx, secondary, changes)
	}
}

// planRename plans Rename_Task.
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

// canonicalName returns the one escaped spelling of a name: %2F and %2f are the same name.
func canonicalName(vim string) string { return escapeName(literalName(vim)) }
