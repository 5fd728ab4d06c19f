package vsphere_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestTasks_hundredAtATimeTakeFewRequests(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server := startSimulator(t, vcenter.Options{VMs: 100, TaskDuration: 300 * time.Millisecond})
			config := configFor(server)
			config.API = api
			client := connect(t, config)
			warm(t, client)
			server.ResetRequests()
			var tasks sync.WaitGroup
			for _, vm := range server.VMs() {
				if vm.PowerState != "poweredOn" {
					continue
				}
				tasks.Go(func() { done(t)(client.PowerOff(t.Context(), vm.ID)) })
			}
			tasks.Wait()
			counts := server.Requests()
			if counts.Total > 112+50 { // so many more on a busy machine
				t.Errorf("100 tasks took %d requests: %v", counts.Total, counts.ByMethod)
			}
			t.Logf("100 tasks took %d requests on %d connections: %v", counts.Total, counts.Connections, counts.ByMethod)
		})
	}
}

func TestTasks_surviveAnExpiredSession(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			warm(t, client)
			vm := mustVM(t, server, "DC0_C0_RP0_VM0")
			server.HoldTasks("PowerOffVM_Task")
			server.HoldTasks(cloneMethod)
			off, err := client.PowerOff(t.Context(), vm.ID)
			if err != nil {
				t.Fatal(err)
			}
			made, err := client.StartClone(t.Context(), spec(t, server, "child"))
			if err != nil {
				t.Fatal(err)
			}
			var waits sync.WaitGroup
			waits.Go(func() { finish(t, off, nil) })
			waits.Go(func() { finish(t, made, nil) })
			waits.Go(func() {
				if err := client.WaitForPowerState(t.Context(), vm.ID, vsphere.PoweredOff); err != nil {
					t.Errorf("WaitForPowerState: %v", err)
				}
			})
			waitFor(t, func() bool { return server.Requests().ByMethod["WaitForUpdatesEx"] > 1 })
			server.ExpireSessions()
			server.ResetRequests()
			server.ReleaseTasks()
			waits.Wait()
			if counts := server.Requests().ByMethod; counts["Login"] > 1 || counts["POST /api/session"] > 1 {
				t.Errorf("logins: %v", counts)
			}
		})
	}
}

// waitFor polls until the condition holds.
func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Error("the condition did not come about")

			return
		}
	}
}

func TestTasks_surviveADroppedWait(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	warm(t, client)
	for i, fault := range []vcenter.Fault{
		{Method: "WaitForUpdatesEx", Drop: vcenter.DropAfter},
		{Method: "WaitForUpdatesEx", Drop: vcenter.DropBefore},
		{Method: "WaitForUpdatesEx", Status: 502, Message: "Bad Gateway"},
		{Method: "CreateFilter", Drop: vcenter.DropAfter},
		{Method: "CreatePropertyCollector", Drop: vcenter.DropAfter},
	} {
		server.Inject(fault)
		done(t)(client.PowerOff(t.Context(), mustVM(t, server, fmt.Sprintf("DC0_C0_RP0_VM%d", i)).ID))
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	vm := mustVM(t, server, "DC0_C0_RP0_VM3")
	other := server.ID("/DC0/datastore/LocalDS_1")
	done(t)(client.Relocate(t.Context(), vm.ID, vsphere.RelocateSpec{
		DatastoreID: other, ClusterID: vm.ClusterID,
	}))
	got := mustVM(t, server, vm.Name)
	if got.DatastoreID != other || got.ResourcePoolID != server.ID("/DC0/host/DC0_C0/Resources") {
		t.Errorf("after relocate: %+v", got)
	}
	_, err := client.Relocate(t.Context(), vm.ID, vsphere.RelocateSpec{DiskDatastores: map[string]string{"x": other}})
	wantError(t, err, apierr.InvalidArgument, "InvalidArgument")

	h, err := client.Destroy(t.Context(), vm.ID)
	if err == nil {
		_, err = task.Wait(t.Context(), h)
	}
	wantError(t, err, apierr.InvalidState, "InvalidPowerState")
	if err := client.ShutdownGuest(t.Context(), vm.ID); err != nil {
		t.Errorf("ShutdownGuest: %v", err)
	}
	if err := client.WaitForPowerState(t.Context(), vm.ID, vsphere.PoweredOff); err != nil {
		t.Errorf("WaitForPowerState: %v", err)
	}
	done(t)(client.Destroy(t.Context(), vm.ID))
	_, err = client.Destroy(t.Context(), vm.ID)
	wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
	err = client.WaitForPowerState(t.Context(), vm.ID, vsphere.PoweredOff)
	wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
}

func TestWaitForGuestIP(t *testing.T) {
	t.Parallel()
	addresses := []string{"fe80::1", "127.0.0.1", "2001:db8::7", "10.0.0.9"}
	tests := map[string]struct {
		happens func(server *vcenter.Server, id string) error
		want    []string
		kind    apierr.Kind // of the error, where there are no addresses
	}{
		"addresses": {
			happens: func(server *vcenter.Server, id string) error {
				return server.ChangeVM(id, vcenter.Change{GuestIPAddresses: &addresses})
			},
			want: []string{"10.0.0.9", "2001:db8::7"},
		},
		"switched off": {
			happens: func(server *vcenter.Server, id string) error {
				return server.ChangeVM(id, vcenter.Change{PowerState: new("poweredOff")})
			},
			kind: apierr.InvalidState,
		},
		"deleted": {
			happens: func(server *vcenter.Server, id string) error { return server.DestroyVM(id) },
			kind:    apierr.NotFound,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := setUp(t)
			server.SuppressGuestAddresses(true)
			id := clone(t, server, client, "addressed")
			if err := server.ChangeVM(id, vcenter.Change{PowerState: new("poweredOn")}); err != nil {
				t.Fatal(err)
			}
			var got []string
			var err error
			waited := make(chan struct{})
			go func() {
				defer close(waited)
				got, err = client.WaitForGuestIP(t.Context(), id)
			}()
			waitFor(t, func() bool { return server.Requests().ByMethod["WaitForUpdatesEx"] > 0 })
			if err := test.happens(server, id); err != nil {
				t.Fatal(err)
			}
			<-waited
			if !slices.Equal(got, test.want) {
				t.Errorf("addresses %q, want %q", got, test.want)
			}
			if test.want != nil && err != nil {
				t.Errorf("WaitForGuestIP: %v", err)
			}
			if test.want == nil {
				wantError(t, err, test.kind, apierr.CodeNoGuestAddress)
			}
		})
	}
}

func TestCachedSession_leavesNothingBehind(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	config := configFor(server)
	config.SessionCache = t.TempDir()
	if err := os.Chmod(config.SessionCache, 0o700); err != nil {
		t.Fatal(err)
	}
	for run := range 2 { // the second time, there is no login
		client, err := vsphere.New(config)
		if err != nil {
			t.Fatal(err)
		}
		vm := mustVM(t, server, "DC0_C0_RP0_VM0")
		ctx, cancel := context.WithCancel(t.Context())
		var waits sync.WaitGroup
		waits.Go(func() {
			if err := client.WaitForPowerState(ctx, vm.ID, vsphere.Suspended); !apierr.Is(err, apierr.Cancelled) {
				t.Errorf("WaitForPowerState: %v", err)
			}
		})
		waitFor(t, func() bool { return server.Requests().ByMethod["CreatePropertyCollector"] > run })
		cancel()
		waits.Wait()
		missing, err := client.MissingClonePrivileges(t.Context(), spec(t, server, "x"))
		if err != nil || len(missing) != 0 {
			t.Errorf("the administrator lacks %v, %v", missing, err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	counts := server.Requests().ByMethod
	if counts["CreatePropertyCollector"] != counts["DestroyPropertyCollector"] || counts["Login"] != 1 {
		t.Errorf("requests: %v", counts)
	}
}
