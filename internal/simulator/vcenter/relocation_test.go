package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// TestRelocator_relocate moves a VM with its files and space to another cluster and datastore.
func TestRelocator_relocate(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	stores.users.add(administrator, user{all: true})
	target, _ := stores.inventory.lookup("/DC0/datastore/LocalDS_1").(*simulator.Datastore)
	before := target.Summary.FreeSpace
	vm := addTestVM(t, stores, "web")
	pool := idOf(t, stores, "/DC0/host/"+secondCluster+"/Resources")
	spec := types.VirtualMachineRelocateSpec{Pool: &pool, Datastore: &target.Self}
	plan, p := stores.relocations.planRelocation(&call{this: vm.Self, user: administrator}, spec)
	if p != nil {
		t.Fatal(p.messages)
	}
	if needed := plan.needed(); needed[target.Self] != diskBytes || !plan.movesDisks() {
		t.Errorf("the move needs %v", needed)
	}
	wantFault(t, "relocate", stores.relocations.relocate(ctx, plan, nil), "")
	disk := copyDisk(disksOf(vm)[0])
	if disk.DatastoreID != target.Self.Value || !stores.storage.taken(disk.File) || before-target.Summary.FreeSpace != diskBytes {
		t.Errorf("the disk is %+v, %d bytes are used", disk, before-target.Summary.FreeSpace)
	}
	if vm.Config.Files.VmPathName != "[LocalDS_1] web/web.vmx" || *vm.ResourcePool != pool {
		t.Errorf("the VM is in %v at %s", vm.ResourcePool, vm.Config.Files.VmPathName)
	}
	if cluster, _ := stores.inventory.clusterOf(vm); cluster.Name != secondCluster {
		t.Errorf("the VM is in %s", cluster.Name)
	}
}

func TestRelocator_refusals(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.users.grant("ci", "secret", []string{privilegeColdMigrate, privilegeHotMigrate})
	vm := addTestVM(t, stores, "web")
	datastore, pool := idOf(t, stores, "/DC0/datastore/LocalDS_1"), idOf(t, stores, "/DC0/host/"+secondCluster+"/Resources")
	for _, test := range []struct {
		name string
		spec types.VirtualMachineRelocateSpec
		want string
	}{
		{"nowhere", types.VirtualMachineRelocateSpec{}, ""},
		{"a pool without the privilege", types.VirtualMachineRelocateSpec{Pool: &pool}, "NoPermission"},
		{"a datastore without the privilege", types.VirtualMachineRelocateSpec{Datastore: &datastore}, "NoPermission"},
		{"an unknown disk", types.VirtualMachineRelocateSpec{
			Disk: []types.VirtualMachineRelocateSpecDiskLocator{{DiskId: 9999, Datastore: datastore}},
		}, "InvalidArgument"},
	} {
		_, p := stores.relocations.planRelocation(&call{this: vm.Self, user: "ci"}, test.spec)
		wantFault(t, test.name, p, test.want)
	}
}
