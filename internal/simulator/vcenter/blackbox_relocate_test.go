package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

const relocated = "DC0_C0_RP0_VM0"

// relocate runs RelocateVM_Task on the VM [relocated].
func relocate(t *testing.T, server *vcenter.Server, to types.VirtualMachineRelocateSpec) error {
	t.Helper()
	vm := virtualMachine(t, server, loginSOAP(t, server), relocated)
	started, err := vm.Relocate(t.Context(), to, types.VirtualMachineMovePriorityDefaultPriority)

	return finish(t, started, err)
}

func TestBlackBoxRelocate(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	other := mustID(t, server, "/DC0/datastore/LocalDS_1")
	host := mustID(t, server, "/DC0/host/DC0_C0/DC0_C0_H2")
	pool := newPool(t, server, "/DC0/host/DC0_C0", "quiet")

	if err := relocate(t, server, types.VirtualMachineRelocateSpec{
		Datastore: new(reference("Datastore", other)), Host: new(reference("HostSystem", host)),
		Pool: new(reference("ResourcePool", pool)),
	}); err != nil {
		t.Fatal(err)
	}
	vm := mustVM(t, server, relocated)
	if vm.DatastoreID != other || vm.HostID != host || vm.ResourcePoolID != pool {
		t.Errorf("after the relocation: %+v", vm)
	}
	for key, disk := range vm.Disks {
		if disk.DatastoreID != other {
			t.Errorf("disk %s stayed on %s", key, disk.DatastoreID)
		}
	}

	// To the other cluster by its pool: host and cluster follow.
	far := mustID(t, server, "/DC0/host/DC0_C1/Resources")
	if err := relocate(t, server, types.VirtualMachineRelocateSpec{Pool: new(reference("ResourcePool", far))}); err != nil {
		t.Fatal(err)
	}
	vm = mustVM(t, server, relocated)
	if vm.ResourcePoolID != far || vm.ClusterID != mustID(t, server, "/DC0/host/DC0_C1") || vm.HostID == host {
		t.Errorf("after the move to DC0_C1: %+v", vm)
	}
}

func TestBlackBoxRelocateRules(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	before := mustVM(t, server, relocated)
	otherHost := mustID(t, server, "/DC0/host/DC0_C1/DC0_C1_H0")
	closed := mustID(t, server, "/DC0/datastore/LocalDS_1")
	if err := server.ChangeDatastore(closed, new(false), nil); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		to    types.VirtualMachineRelocateSpec
		fault string
	}{
		"unknown host":      {types.VirtualMachineRelocateSpec{Host: new(reference("HostSystem", "host-99999"))}, "ManagedObjectNotFound"},
		"unknown pool":      {types.VirtualMachineRelocateSpec{Pool: new(reference("ResourcePool", "resgroup-99999"))}, "ManagedObjectNotFound"},
		"unknown datastore": {types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", "datastore-99999"))}, "ManagedObjectNotFound"},
		"host outside pool": {types.VirtualMachineRelocateSpec{
			Host: new(reference("HostSystem", otherHost)), Pool: new(reference("ResourcePool", before.ResourcePoolID)),
		}, "InvalidArgument"},
		"closed datastore": {types.VirtualMachineRelocateSpec{Datastore: new(reference("Datastore", closed))}, "InvalidDatastoreState"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := relocate(t, server, test.to)
			// vCenter has several names for a datastore that cannot be reached, all of them one kind of fault.
			if got := faultName(err); got != test.fault && (test.fault != "InvalidDatastoreState" || got != "InaccessibleDatastore") {
				t.Fatalf("got %q (%v), want %q", got, err, test.fault)
			}
			if after := mustVM(t, server, relocated); after.HostID != before.HostID || after.DatastoreID != before.DatastoreID ||
				after.ResourcePoolID != before.ResourcePoolID {
				t.Errorf("the refused relocation moved the VM: %+v, was %+v", after, before)
			}
		})
	}
}

func TestBlackBoxMove(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	client := loginSOAP(t, server)
	rest := loginREST(t, server)
	folder := newFolder(t, server, "tidy")
	vm := mustVM(t, server, relocated)
	move := func(folder, id string) error {
		into := object.NewFolder(client.Client, reference("Folder", folder))
		started, err := into.MoveInto(t.Context(), []types.ManagedObjectReference{reference("VirtualMachine", id)})

		return finish(t, started, err)
	}
	if err := move(folder, vm.ID); err != nil {
		t.Fatal(err)
	}
	if moved := mustVM(t, server, vm.Name); moved.FolderID != folder || moved.Path != "/DC0/vm/tidy/"+vm.Name {
		t.Errorf("after the move: %+v", moved)
	}
	// A VM of the same name cannot follow, one of another name can.
	namesake := rest.cloneNow(t, server, spec{
		"source": vm.ID, "name": "namesake", "placement": spec{"folder": mustID(t, server, "/DC0/vm")},
	})
	if err := rename(t, object.NewVirtualMachine(client.Client, reference("VirtualMachine", namesake.ID)), vm.Name); err != nil {
		t.Fatal(err)
	}
	wantFault(t, move(folder, namesake.ID), "DuplicateName")
	wantFault(t, move("group-v99999", vm.ID), "ManagedObjectNotFound")
	wantFault(t, move(folder, "vm-99999"), "ManagedObjectNotFound")
	wantAlive(t, client)
}
