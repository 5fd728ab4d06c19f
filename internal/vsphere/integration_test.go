package vsphere_test

import (
	"context"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// apart is how many more calls than need be a test allows: on a busy machine, goroutines that start together may ask apart.
const apart = 8

// startSimulator starts an embedded vCenter.
func startSimulator(t *testing.T, options vcenter.Options) *vcenter.Server {
	t.Helper()
	server, err := vcenter.Start(options)
	if err != nil {
		t.Fatalf("start the simulator: %v", err)
	}
	t.Cleanup(server.Close)
	// Its clones are made by REST, which knows no templates.
	if err := server.ChangeVM(mustVM(t, server, "golden-template").ID, vcenter.Change{Template: new(false)}); err != nil {
		t.Fatal(err)
	}

	return server
}

func configFor(server *vcenter.Server) vsphere.Config {
	return vsphere.Config{
		Endpoint: server.Endpoint(), Username: server.Username(), Password: server.Password(),
		Thumbprint: server.Thumbprint(), RequestTimeout: 20 * time.Second,
	}
}

// connect makes a client that is closed at the end of the test.
func connect(t *testing.T, config vsphere.Config) *vsphere.Client {
	t.Helper()
	client, err := vsphere.New(config)
	if err != nil {
		t.Fatalf("new client: %v", err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Logf("close: %v", err)
		}
	})

	return client
}

// setUp starts a simulator and connects a client to it.
func setUp(t *testing.T) (*vcenter.Server, *vsphere.Client) {
	t.Helper()
	server := startSimulator(t, vcenter.Options{})

	return server, connect(t, configFor(server))
}

// finish sees a task through to its end.
func finish[T any](t *testing.T, h task.Handle[T], err error) T {
	t.Helper()
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	result, err := task.Wait(ctx, h)
	if err != nil {
		t.Fatalf("task %s: %v", h.ID(), err)
	}

	return result
}

// done takes what starts a task and sees the task through: done(t)(client.PowerOn(ctx, id)).
func done(t *testing.T) func(task.Handle[struct{}], error) {
	t.Helper()

	return func(h task.Handle[struct{}], err error) {
		t.Helper()
		finish(t, h, err)
	}
}

// clone makes a VM from the golden template.
func clone(t *testing.T, server *vcenter.Server, client *vsphere.Client, name string) string {
	t.Helper()
	h, err := client.StartClone(t.Context(), vsphere.CloneSpec{
		SourceID: mustVM(t, server, "golden-template").ID, Name: name,
		Placement: vsphere.Placement{ResourcePoolID: server.ID("/DC0/host/DC0_C0/Resources")},
	})

	return finish(t, h, err)
}

func mustVM(t *testing.T, server *vcenter.Server, name string) vcenter.VM {
	t.Helper()
	vm, ok := server.VM(name)
	if !ok {
		t.Fatalf("the simulator has no VM %s", name)
	}

	return vm
}

func TestLifeOfAClone(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{})
			const name = "50%/web"
			id := clone(t, server, client, name)
			vm, err := client.VirtualMachine(t.Context(), id)
			if err != nil || vm.Name != name || vm.PowerState != vsphere.PoweredOff || vm.Template {
				t.Fatalf("the clone is %+v, %v", vm, err)
			}
			if path, err := client.VMPath(t.Context(), id); err != nil || path != "/DC0/vm/50%25%2fweb" {
				t.Errorf("path %q, %v", path, err)
			}
			done(t)(client.Rename(t.Context(), id, `a\b`))
			done(t)(client.PowerOn(t.Context(), id))
			if addresses, err := client.WaitForGuestIP(t.Context(), id); err != nil || len(addresses) == 0 {
				t.Errorf("addresses %q, %v", addresses, err)
			}
			vm, err = client.VirtualMachine(t.Context(), id)
			if err != nil || vm.Name != `a\b` || vm.PowerState != vsphere.PoweredOn || !vm.ToolsRunning {
				t.Errorf("the running clone is %+v, %v", vm, err)
			}
			if err := client.ShutdownGuest(t.Context(), id); err != nil {
				t.Errorf("shut down: %v", err)
			}
			if err := client.WaitForPowerState(t.Context(), id, vsphere.PoweredOff); err != nil {
				t.Errorf("power state: %v", err)
			}
			done(t)(client.Destroy(t.Context(), id))
			_, err = client.VirtualMachine(t.Context(), id)
			wantError(t, err, apierr.NotFound, "ManagedObjectNotFound")
		})
	}
}
