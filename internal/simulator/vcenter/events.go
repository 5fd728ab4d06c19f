package vcenter

import (
	"reflect"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// eventLog posts the events that vCenter's EventManager shows.
type eventLog struct {
	inventory *inventory
}

// post posts events in the name of the context's user.
func (s *eventLog) post(ctx *simulator.Context, events ...types.BaseEvent) {
	manager := s.inventory.registry.EventManager()
	ctx.WithLock(manager, func() {
		for _, event := range events {
			manager.PostEvent(ctx, &types.PostEvent{EventToPost: event})
		}
	})
}

// rewrite replaces references in all events so far: in the database of a restored vCenter the history names each object by its present id.
func (s *eventLog) rewrite(ctx *simulator.Context, refs references) {
	change := refs.change()
	manager := s.inventory.registry.EventManager()
	ctx.WithLock(manager, func() {
		answer := manager.QueryEvents(ctx, &types.QueryEvents{Filter: types.EventFilterSpec{MaxCount: mostEvents}})
		body, ok := answer.(*methods.QueryEventsBody)
		if !ok || body.Res == nil {
			return
		}
		for _, event := range body.Res.Returnval {
			stored := reflect.ValueOf(event)
			if replaced, changed := change.replace(stored); changed {
				stored.Elem().Set(replaced.Elem())
			}
		}
	})
}

// mostEvents is how many events govmomi keeps, and the most that one query may return.
const mostEvents = 1000

// vmEvent returns the part that all events of a VM have.
func (s *eventLog) vmEvent(vm *simulator.VirtualMachine) types.VmEvent {
	event := types.VmEvent{Event: types.Event{Vm: &types.VmEventArgument{
		EntityEventArgument: types.EntityEventArgument{Name: vm.Name}, Vm: vm.Self,
	}}}
	if host := vm.Runtime.Host; host != nil {
		event.Host = &types.HostEventArgument{
			EntityEventArgument: types.EntityEventArgument{Name: s.inventory.entityName(*host)}, Host: *host,
		}
		if owner := s.inventory.compute(*host); owner.Value != "" {
			event.ComputeResource = &types.ComputeResourceEventArgument{
				EntityEventArgument: types.EntityEventArgument{Name: s.inventory.entityName(owner)}, ComputeResource: owner,
			}
		}
	}
	if datacenter, ok := s.inventory.parentOf(vm.Self, "Datacenter"); ok {
		event.Datacenter = &types.DatacenterEventArgument{
			EntityEventArgument: types.EntityEventArgument{Name: s.inventory.entityName(datacenter)}, Datacenter: datacenter,
		}
	}
	if datastore := s.inventory.datastoreOfPath(vm.Config.Files.VmPathName); datastore.Value != "" {
		event.Ds = &types.DatastoreEventArgument{
			EntityEventArgument: types.EntityEventArgument{Name: s.inventory.entityName(datastore)}, Datastore: datastore,
		}
	}

	return event
}

func (s *eventLog) folderArgument(ref types.ManagedObjectReference) types.FolderEventArgument {
	return types.FolderEventArgument{
		EntityEventArgument: types.EntityEventArgument{Name: s.inventory.entityName(ref)}, Folder: ref,
	}
}

func (s *eventLog) hostArgument(ref types.ManagedObjectReference) types.HostEventArgument {
	return types.HostEventArgument{
		EntityEventArgument: types.EntityEventArgument{Name: s.inventory.entityName(ref)}, Host: ref,
	}
}
