package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// creationEvents are the events of a VM's creation.
var creationEvents = []string{"VmCreatedEvent", "VmClonedEvent", "VmDeployedEvent", "VmRegisteredEvent", "VmDiscoveredEvent"}

// Origin tells from vCenter's events how a VM was created (EventManager.QueryEvents). What vCenter has forgotten, or the
// user may not see, is left empty; that is no error.
func (c *Client) Origin(ctx context.Context, vmID string) (Origin, error) {
	var events []types.BaseEvent
	err := c.eventsOf(ctx, vmID, creationEvents, func(event types.BaseEvent) { events = append(events, event) })

	return originFrom(vmID, events), err
}

// eventsOf visits vCenter's events of some kinds about a VM (EventManager.QueryEvents). A user without the right to see them gets none.
func (c *Client) eventsOf(ctx context.Context, vmID string, kinds []string, visit func(types.BaseEvent)) error {
	filter := types.EventFilterSpec{
		Entity: &types.EventFilterSpecByEntity{
			Entity: vmRef(vmID), Recursion: types.EventFilterSpecRecursionOptionSelf,
		},
		EventTypeId: kinds,
	}
	content, err := c.conn.Content(ctx)
	if err != nil || content.EventManager == nil {
		return err
	}
	answer, err := conn.Call(ctx, c.conn.Method(httpapi.Call{Op: "QueryEvents", Object: vmID}), methods.QueryEvents,
		&types.QueryEvents{This: *content.EventManager, Filter: filter})
	if apierr.Is(err, apierr.Denied, apierr.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, event := range answer.Returnval {
		visit(event)
	}

	return nil
}

// originFrom takes the first of the events that are about the VM itself: an event of its clones names it as well.
func originFrom(vmID string, events []types.BaseEvent) Origin {
	events = slices.DeleteFunc(slices.Clone(events), func(event types.BaseEvent) bool {
		subject := event.GetEvent().Vm

		return subject == nil || subject.Vm.Value != vmID
	})
	if len(events) == 0 {
		return Origin{}
	}
	first := slices.MinFunc(events, func(a, b types.BaseEvent) int {
		return a.GetEvent().CreatedTime.Compare(b.GetEvent().CreatedTime)
	})
	origin := Origin{User: first.GetEvent().UserName, CreatedAt: first.GetEvent().CreatedTime.UTC()}
	switch first.(type) {
	case *types.VmRegisteredEvent, *types.VmDiscoveredEvent:
		origin.Registered = true
	}
	for _, event := range events {
		switch born := event.(type) {
		case *types.VmClonedEvent:
			origin.SourceID = born.SourceVm.Vm.Value
		case *types.VmDeployedEvent:
			origin.SourceID = born.SrcTemplate.Vm.Value
		}
	}

	return origin
}
