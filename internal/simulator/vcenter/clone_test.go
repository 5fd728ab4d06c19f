package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestCloner_planClone(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	stores.vms.makeTemplate(testContext(stores), addTestVM(t, stores, "golden"))
	stores.users.add(administrator, user{all: true})
	stores.users.grant("ci", "secret", []string{privilegeClone, privilegeCreateFrom, privilegeAssignPool})
	datastore := idOf(t, stores, "/DC0/datastore/LocalDS_1")
	for _, test := range []struct {
		name   string
		change func(*cloneRequest)
		want   string
	}{
		{"as it is", func(*cloneRequest) {}, ""},
		{"without a name", func(r *cloneRequest) { r.name = "" }, "InvalidName"},
		{"a name in use", func(r *cloneRequest) { r.name = "web" }, "DuplicateName"},
		{"an unknown source", func(r *cloneRequest) { r.source = vmRef("vm-9999") }, "ManagedObjectNotFound"},
		{"a disk that the source lacks", func(r *cloneRequest) { r.remove = []int32{2001} }, "InvalidArgument"},
		{"a disk in both lists", func(r *cloneRequest) {
			r.remove, r.update = []int32{2000}, map[int32]types.ManagedObjectReference{2000: datastore}
		}, "InvalidArgument"},
		{"an unknown datastore", func(r *cloneRequest) {
			r.update = map[int32]types.ManagedObjectReference{2000: refOf("Datastore", "datastore-9999")}
		}, "ManagedObjectNotFound"},
		{"a folder of hosts", func(r *cloneRequest) { r.placement.folder = idOf(t, stores, "/DC0/host") }, "InvalidArgument"},
		{"a template, by REST", func(r *cloneRequest) { r.source, r.rest = idOf(t, stores, "/DC0/vm/golden"), true }, "ManagedObjectNotFound"},
		{"an unknown way to move disks", func(r *cloneRequest) { r.moves.all = "linked" }, "InvalidArgument"},
		{"a child disk without a snapshot", func(r *cloneRequest) { r.moves.all = "createNewChildDiskBacking" }, "InvalidArgument"},
		{"a privilege that is missing", func(r *cloneRequest) { r.user = "ci" }, "NoPermission"},
	} {
		request := cloneRequest{source: vm.Self, name: "clone", user: administrator}
		test.change(&request)
		plan, p := stores.clones.planClone(request)
		if p == nil {
			p = stores.clones.checkFree(plan)
		}
		wantFault(t, test.name, p, test.want)
	}
}

// TestCloner_cloneEffect copies hardware, with identity and files of its own, and leaves nothing when a step fails.
func TestCloner_cloneEffect(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	source := addTestVM(t, stores, "web")
	stores.users.add(administrator, user{all: true})
	datastore := idOf(t, stores, "/DC0/datastore/LocalDS_1")
	request := cloneRequest{
		source: source.Self, name: "a/b", user: administrator, specName: "linux",
		update: map[int32]types.ManagedObjectReference{2000: datastore},
	}
	result, p := stores.clones.cloneEffect(request)(ctx)
	wantFault(t, "the clone", p, "")
	ref, _ := result.(types.ManagedObjectReference)
	clone, ok := stores.inventory.vm(ref)
	if !ok {
		t.Fatalf("the clone is %v", result)
	}
	disk := copyDisk(disksOf(clone)[0])
	if clone.Name != "a%2fb" || disk.DatastoreID != datastore.Value || disk.CapacityBytes != diskBytes {
		t.Errorf("%s with disk %+v", clone.Name, disk)
	}
	if clone.Config.InstanceUuid == source.Config.InstanceUuid || clone.Config.Uuid == source.Config.Uuid {
		t.Error("source and clone have one identity")
	}
	if stores.specs.usedBy(ref.Value) != "linux" {
		t.Error("the specification is not noted")
	}

	request.name = "fails"
	request.devices = []types.BaseVirtualDeviceConfigSpec{&types.VirtualDeviceConfigSpec{
		Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: &types.VirtualCdrom{VirtualDevice: types.VirtualDevice{Key: 9999}},
	}}
	before := len(stores.view.all())
	if _, p := stores.clones.cloneEffect(request)(ctx); p == nil || len(stores.view.all()) != before {
		t.Errorf("a clone whose device cannot be edited: %v, %d VMs of %d", p, len(stores.view.all()), before)
	}
}
