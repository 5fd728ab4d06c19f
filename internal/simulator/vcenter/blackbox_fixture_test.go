package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// newFolder makes a folder in /DC0/vm as a vSphere user would, and returns its id.
func newFolder(t *testing.T, server *vcenter.Server, name string) string {
	t.Helper()
	client := loginSOAP(t, server)
	parent := object.NewFolder(client.Client, reference("Folder", mustID(t, server, "/DC0/vm")))
	folder, err := parent.CreateFolder(t.Context(), name)
	if err != nil {
		t.Fatalf("create the folder %s: %v", name, err)
	}

	return folder.Reference().Value
}

// newPool makes a resource pool in a cluster and returns its id.
func newPool(t *testing.T, server *vcenter.Server, cluster, name string) string {
	t.Helper()
	client := loginSOAP(t, server)
	root := object.NewResourcePool(client.Client, reference("ResourcePool", mustID(t, server, cluster+"/Resources")))
	pool, err := root.Create(t.Context(), name, types.DefaultResourceConfigSpec())
	if err != nil {
		t.Fatalf("create the pool %s: %v", name, err)
	}

	return pool.Reference().Value
}

// setPower brings a VM into a power state without any client's knowledge.
func setPower(t *testing.T, server *vcenter.Server, name, state string) {
	t.Helper()
	if err := server.ChangeVM(mustVM(t, server, name).ID, vcenter.Change{PowerState: &state}); err != nil {
		t.Fatalf("set %s to %s: %v", name, state, err)
	}
}

// wantAlive asserts that the simulator's process still answers.
func wantAlive(t *testing.T, client *govmomi.Client) {
	t.Helper()
	if _, err := methods.GetCurrentTime(t.Context(), client); err != nil {
		t.Fatalf("the simulator does not answer any more: %v", err)
	}
}

// rename starts Rename_Task with a name as vim25 spells it: with escapes.
func rename(t *testing.T, vm *object.VirtualMachine, name string) error {
	t.Helper()
	started, err := vm.Rename(t.Context(), name)

	return finish(t, started, err)
}
