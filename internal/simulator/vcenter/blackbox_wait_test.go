package vcenter_test

import (
	"sync"
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestBlackBoxManyTasksOnOneCollector(t *testing.T) {
	t.Parallel()
	options := quick()
	options.VMs = 20
	server := startServer(t, options)
	client := loginSOAP(t, server)
	created, err := methods.CreatePropertyCollector(t.Context(), client, &types.CreatePropertyCollector{
		This: client.ServiceContent.PropertyCollector,
	})
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[types.ManagedObjectReference]bool{}
	for _, vm := range server.VMs() {
		if vm.PowerState != "poweredOn" {
			continue
		}
		started, err := object.NewVirtualMachine(client.Client, reference("VirtualMachine", vm.ID)).PowerOff(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		waiting[started.Reference()] = true
		watch(t, client, created.Returnval, started.Reference())
	}
	server.ResetRequests()
	version := ""
	for len(waiting) > 0 {
		got, err := methods.WaitForUpdatesEx(t.Context(), client, &types.WaitForUpdatesEx{
			This: created.Returnval, Version: version, Options: &types.WaitOptions{MaxWaitSeconds: new(int32(10))},
		})
		if err != nil || got.Returnval == nil {
			t.Fatalf("%d tasks did not end: %v", len(waiting), err)
		}
		version = got.Returnval.Version
		forgetEnded(t, got.Returnval, waiting)
	}
	if got := server.Requests().ByMethod["WaitForUpdatesEx"]; got > 60 {
		t.Errorf("one loop over all tasks took %d waits", got)
	}
	for _, vm := range server.VMs() {
		if vm.PowerState != "poweredOff" {
			t.Errorf("%s is %s", vm.Name, vm.PowerState)
		}
	}
}

// watch adds a filter for one task's state to a collector.
func watch(t *testing.T, client *govmomi.Client, collector, task types.ManagedObjectReference) {
	t.Helper()
	_, err := methods.CreateFilter(t.Context(), client, &types.CreateFilter{
		This: collector,
		Spec: types.PropertyFilterSpec{
			ObjectSet: []types.ObjectSpec{{Obj: task}},
			PropSet:   []types.PropertySpec{{Type: "Task", PathSet: []string{"info.state", "info.error", "info.result"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// forgetEnded removes the tasks that succeeded from waiting.
func forgetEnded(t *testing.T, updates *types.UpdateSet, waiting map[types.ManagedObjectReference]bool) {
	t.Helper()
	for _, filter := range updates.FilterSet {
		for _, changed := range filter.ObjectSet {
			for _, change := range changed.ChangeSet {
				switch change.Val {
				case types.TaskInfoStateSuccess:
					delete(waiting, changed.Obj)
				case types.TaskInfoStateError:
					t.Fatalf("%s failed", changed.Obj.Value)
				}
			}
		}
	}
}

func TestBlackBoxManyServers(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			server, err := vcenter.Start(quick())
			if err != nil {
				t.Errorf("server %d: %v", i, err)

				return
			}
			defer server.Close()
			if got := len(server.VMs()); got != 5 {
				t.Errorf("server %d has %d VMs, want 4 and the template", i, got)
			}
			if id := server.VMs()[0].ID; server.DestroyVM(id) != nil || len(server.VMs()) != 4 {
				t.Errorf("server %d: destroying %s left %v", i, id, vmNames(server))
			}
		})
	}
	all.Wait()
}
