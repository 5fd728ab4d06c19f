package vcenter_test

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/event"
	"github.com/vmware/govmomi/vim25/types"
)

// eventsOf returns the events that name a VM, oldest first.
func eventsOf(t *testing.T, client *govmomi.Client, id string) []types.BaseEvent {
	t.Helper()
	found, err := event.NewManager(client.Client).QueryEvents(t.Context(), types.EventFilterSpec{
		Entity: &types.EventFilterSpecByEntity{
			Entity: reference("VirtualMachine", id), Recursion: types.EventFilterSpecRecursionOptionSelf,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(found, func(a, b types.BaseEvent) int { return int(a.GetEvent().Key - b.GetEvent().Key) })

	return found
}

// Events tell which user created a VM, when, and from what.
func TestBlackBoxEventsOfAClone(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	source := mustVM(t, server, "DC0_C0_RP0_VM0")
	clone := loginREST(t, server).cloneNow(t, server, spec{"source": source.ID, "name": "child/1", "power_on": true})
	vm := virtualMachine(t, server, client, "child/1")
	if err := rename(t, vm, "renamed"); err != nil {
		t.Fatal(err)
	}

	names := map[string]int{}
	for _, each := range eventsOf(t, client, clone.ID) {
		names[typeName(each)]++
		cloned, ok := each.(*types.VmClonedEvent)
		if !ok {
			continue
		}
		if cloned.SourceVm.Vm.Value != source.ID || cloned.Vm.Vm.Value != clone.ID || cloned.UserName == "" ||
			cloned.CreatedTime.IsZero() {
			t.Errorf("the clone's event: %+v", cloned)
		}
	}
	for _, want := range []string{"VmClonedEvent", "VmPoweredOnEvent", "VmRenamedEvent"} {
		if names[want] != 1 {
			t.Errorf("%d events %s, want one: %v", names[want], want, names)
		}
	}
}

func TestBlackBoxEventsOfAFailedClone(t *testing.T) {
	t.Parallel()
	server, rest, id := held(t, "unborn")
	source := mustVM(t, server, "DC0_C0_RP0_VM0").ID
	rest.do(t.Context(), "POST", "/api/cis/tasks/"+id+"?action=cancel", nil)
	rest.waitTask(t, id)
	for _, each := range eventsOf(t, loginSOAP(t, server), source) {
		if name := typeName(each); name == "VmClonedEvent" {
			t.Errorf("a cancelled clone is told as done: %+v", each)
		}
	}
}
