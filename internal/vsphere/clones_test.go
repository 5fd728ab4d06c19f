package vsphere_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const cloneMethod = "POST /api/vcenter/vm?action=clone"

func spec(t *testing.T, server *vcenter.Server, name string) vsphere.CloneSpec {
	t.Helper()

	return vsphere.CloneSpec{
		SourceID: mustVM(t, server, "golden-template").ID, Name: name,
		Placement: vsphere.Placement{
			FolderID: server.ID("/DC0/vm"), ResourcePoolID: server.ID("/DC0/host/DC0_C0/Resources"),
		},
	}
}

func TestClones_hundredAtATimeTakeFewRequests(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{VMs: 1, TaskDuration: 300 * time.Millisecond})
	client := connect(t, configFor(server))
	warm(t, client)
	server.ResetRequests()
	var tasks sync.WaitGroup
	for i := range 100 {
		tasks.Go(func() {
			h, err := client.StartClone(t.Context(), spec(t, server, fmt.Sprintf("clone-%d", i)))
			finish(t, h, err)
		})
	}
	tasks.Wait()
	counts := server.Requests()
	if counts.Total > 125+50 { // so many more on a busy machine
		t.Errorf("100 clones took %d requests: %v", counts.Total, counts.ByMethod)
	}
	t.Logf("100 clones took %d requests on %d connections: %v", counts.Total, counts.Connections, counts.ByMethod)
}

func TestStartClone_errors(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	tests := []struct {
		name   string
		change func(*vsphere.CloneSpec)
		kind   apierr.Kind
		code   string
	}{
		{"unknown source", func(s *vsphere.CloneSpec) { s.SourceID = "vm-none" }, apierr.NotFound, "NOT_FOUND"},
		{"name taken", func(s *vsphere.CloneSpec) { s.Name = "DC0_C0_RP0_VM0" }, apierr.AlreadyExists, "ALREADY_EXISTS"},
		{
			"unknown disk", func(s *vsphere.CloneSpec) { s.DisksToRemove = []string{"9999"} },
			apierr.InvalidArgument, "INVALID_ARGUMENT",
		},
		{
			"unknown customization", func(s *vsphere.CloneSpec) { s.CustomizationSpec = "none" },
			apierr.NotFound, "NOT_FOUND",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			asked := spec(t, server, "clone of "+tt.name)
			tt.change(&asked)
			h, err := client.StartClone(t.Context(), asked)
			if err == nil {
				_, err = task.Wait(t.Context(), h)
			}
			failure := wantError(t, err, tt.kind, tt.code)
			if failure.Op != cloneMethod || failure.Object != asked.SourceID || len(failure.Messages) == 0 {
				t.Errorf("error %+v", failure)
			}
		})
	}
}

func TestStartClone_everyArgument(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	other := server.ID("/DC0/datastore/LocalDS_1")
	asked := spec(t, server, "full")
	asked.PowerOn, asked.CustomizationSpec = true, "linux"
	asked.Placement.DatastoreID = server.ID("/DC0/datastore/LocalDS_0")
	asked.Placement.HostID, asked.Placement.ClusterID = server.ID("/DC0/host/DC0_C0/DC0_C0_H1"), server.ID("/DC0/host/DC0_C0")
	asked.DisksToUpdate, asked.DisksToRemove = map[string]string{"2000": other}, []string{"2001"}
	h, err := client.StartClone(t.Context(), asked)
	vm, err := client.VirtualMachine(t.Context(), finish(t, h, err))
	if err != nil {
		t.Fatal(err)
	}
	if vm.Placement != asked.Placement || vm.PowerState != vsphere.PoweredOn || len(vm.Disks) != 1 ||
		vm.Disks["2000"].DatastoreID != other {
		t.Errorf("the clone is %+v", vm)
	}
}

func TestStartClone_repeatsRefusals(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	warm(t, client)
	for i, fault := range []vcenter.Fault{
		{Method: cloneMethod, Code: "SERVICE_UNAVAILABLE"},
		{Method: cloneMethod, Code: "RESOURCE_BUSY"},
		{Method: cloneMethod, Status: 429, Message: "slow down"},
	} {
		server.Inject(fault)
		clone(t, server, client, fmt.Sprintf("patient-%d", i))
	}
	server.Inject(vcenter.Fault{Method: "PowerOnVM_Task", Code: "TaskInProgress"})
	done(t)(client.PowerOn(t.Context(), mustVM(t, server, "patient-0").ID))

	server.Inject(vcenter.Fault{Method: cloneMethod, Code: "RESOURCE_BUSY", Times: -1})
	ctx, cancel := context.WithTimeout(t.Context(), backoff.ChangeReserve)
	defer cancel()
	_, err := client.StartClone(ctx, spec(t, server, "too-late"))
	wantError(t, err, apierr.Busy, "RESOURCE_BUSY")
}

func TestCancel(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	server.HoldTasks(cloneMethod)
	h, err := client.StartClone(t.Context(), spec(t, server, "unwanted"))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Cancel(t.Context()); err != nil {
		t.Errorf("cancel: %v", err)
	}
	_, outcome, err := task.Settle(t.Context(), client.CloneTask(h.ID()), time.Minute)
	if outcome != task.Cancelled {
		t.Errorf("outcome %v, %v", outcome, err)
	}
	if _, exists := server.VM("unwanted"); exists {
		t.Error("the VM exists")
	}
	if err := h.Cancel(t.Context()); err != nil {
		t.Errorf("cancel again: %v", err)
	}
	if err := client.CloneTask("none:com.vmware.vcenter.VM").Cancel(t.Context()); err != nil {
		t.Errorf("cancel nothing: %v", err)
	}
	if _, err := client.CloneTask("none:com.vmware.vcenter.VM").Next(t.Context()); !apierr.Is(err, apierr.NotFound) {
		t.Errorf("news of nothing: %v", err)
	}
}

// cancelledWhenAsked returns a context that ends when the server has got the next request for a clone.
func cancelledWhenAsked(t *testing.T, server *vcenter.Server) context.Context {
	t.Helper()
	server.ResetRequests()
	ctx, cancel := context.WithCancel(t.Context())
	var asked sync.WaitGroup
	asked.Go(func() {
		defer cancel()
		waitFor(t, func() bool { return server.Requests().ByMethod[cloneMethod] > 0 })
	})
	t.Cleanup(asked.Wait)

	return ctx
}

func TestStartClone_interruptedWhileTheAnswerIsNear(t *testing.T) {
	t.Parallel()
	server, client := setUp(t)
	warm(t, client)
	server.Inject(vcenter.Fault{Method: cloneMethod, Delay: 100 * time.Millisecond})
	ctx := cancelledWhenAsked(t, server)
	h, err := client.StartClone(ctx, spec(t, server, "near"))
	if err != nil || h.ID() == "" {
		t.Fatalf("the answer was given up: %v", err)
	}
	if _, err := h.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("news under a cancelled context: %v", err)
	}
	finish(t, h, nil)

	server.Inject(vcenter.Fault{Method: cloneMethod, Delay: time.Minute})
	ctx = cancelledWhenAsked(t, server)
	_, err = client.StartClone(ctx, spec(t, server, "far"))
	if !errors.Is(err, context.Canceled) || !apierr.IsAnswerLost(err) {
		t.Errorf("error %v, want a lost answer and the cancellation", err)
	}
}

func TestMissingClonePrivileges(t *testing.T) {
	t.Parallel()
	server := startSimulator(t, vcenter.Options{})
	config := configFor(server)
	config.Username, config.Password = "restricted", "restricted"
	client := connect(t, config)
	asked := spec(t, server, "denied")
	h, err := client.StartClone(t.Context(), asked)
	if err == nil {
		_, err = task.Wait(t.Context(), h)
	}
	wantError(t, err, apierr.Denied, "UNAUTHORIZED")
	missing, err := client.MissingClonePrivileges(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	want := []apierr.MissingPrivilege{
		{Privilege: "VirtualMachine.Provisioning.Clone", Object: asked.SourceID},
		{Privilege: "VirtualMachine.Inventory.CreateFromExisting", Object: asked.Placement.FolderID},
		{Privilege: "Resource.AssignVMToPool", Object: asked.Placement.ResourcePoolID},
		{Privilege: "Datastore.AllocateSpace", Object: mustVM(t, server, "golden-template").DatastoreID},
	}
	if !slices.Equal(unnamed(missing), want) {
		t.Errorf("missing %v, want %v", missing, want)
	}
	if err := client.ShutdownGuest(t.Context(), mustVM(t, server, "DC0_C0_RP0_VM0").ID); !apierr.Is(err, apierr.Denied) {
		t.Errorf("ShutdownGuest: %v", err)
	}
}
