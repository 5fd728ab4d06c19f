package vcenter

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// takeSnapshot creates a snapshot as its task does.
func takeSnapshot(t *testing.T, stores *stores, vm *simulator.VirtualMachine, name string) types.ManagedObjectReference {
	t.Helper()
	result, p := stores.snapshots.createSnapshot(testContext(stores), vm, snapshotRequest{name: name})
	if p != nil {
		t.Fatal(p.messages)
	}
	ref, _ := result.(types.ManagedObjectReference)

	return ref
}

func snapshotNames(vm *simulator.VirtualMachine) []string {
	var names []string
	for _, snapshot := range copySnapshots(vm) {
		names = append(names, snapshot.Name)
	}

	return names
}

// TestSnapshotStore_tree takes three snapshots, renames one and removes another: those below move up, with their files.
func TestSnapshotStore_tree(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	takeSnapshot(t, stores, vm, "first")
	second, third := takeSnapshot(t, stores, vm, "second"), takeSnapshot(t, stores, vm, "third")
	if _, current := snapshotTree(vm); *current != third || !slices.Equal(snapshotNames(vm), []string{"first", "second", "third"}) {
		t.Errorf("the snapshots are %v, the current one is %v", snapshotNames(vm), current)
	}
	if got := copyDisk(disksOf(vm)[0]); got.File != "[LocalDS_0] web/web-000003.vmdk" || got.ParentFile != "[LocalDS_0] web/web-000002.vmdk" {
		t.Errorf("the disk is %+v", got)
	}
	if err := stores.snapshots.change(third.Value, SnapshotChange{Name: new("a/b")}); err != nil {
		t.Fatal(err)
	}
	if err := stores.snapshots.destroy(second.Value); err != nil {
		t.Fatal(err)
	}
	if err := stores.snapshots.destroy(second.Value); err == nil {
		t.Error("a snapshot was destroyed twice")
	}
	if got := snapshotNames(vm); !slices.Equal(got, []string{"first", "a/b"}) {
		t.Errorf("the snapshots are %v", got)
	}
	if stores.storage.taken("[LocalDS_0] web/web-000002.vmdk") {
		t.Error("the file of a snapshot that is gone is left")
	}
	if _, _, p := stores.inventory.snapshotOf(second); p == nil {
		t.Error("a snapshot that is gone was found")
	}
}

// TestSnapshotStore_revert brings back power and settings, and keeps the VM's name.
func TestSnapshotStore_revert(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	vm := addTestVM(t, stores, "web")
	ref := takeSnapshot(t, stores, vm, "off")
	wantFault(t, "power on", stores.power.powerOn(ctx, vm.Self), "")
	wantFault(t, "rename", stores.vms.rename(ctx, vm.Self, "renamed"), "")
	stores.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "config.annotation", Val: "changed"}})
	if _, p := stores.snapshots.mayRevert(reversion{snapshot: ref}); p != nil {
		t.Fatal(p.messages)
	}
	wantFault(t, "revert", stores.snapshots.revert(ctx, vm, reversion{snapshot: ref}), "")
	if vm.Runtime.PowerState != poweredOff || vm.Config.Annotation != "" || vm.Name != "renamed" {
		t.Errorf("%s is %s with annotation %q", vm.Name, vm.Runtime.PowerState, vm.Config.Annotation)
	}
	lost := refOf("VirtualMachineSnapshot", "snapshot-9999")
	_, p := stores.snapshots.mayRevert(reversion{snapshot: lost})
	wantFault(t, "an unknown snapshot", p, "ManagedObjectNotFound")
}

func TestSnapshotStore_maySnapshot(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	ctx := testContext(stores)
	check := func() *problem { return stores.snapshots.maySnapshot(vm, snapshotRequest{name: "one"}) }
	wantFault(t, "a VM", check(), "")
	stores.conditions.change(vm.Self, func(c *condition) { c.lostSnapshots = true })
	wantFault(t, "files of snapshots are missing", check(), "InvalidSnapshotFormat")
	wantFault(t, "a change with missing files", stores.snapshots.mayChangeSnapshots(vm), "InvalidSnapshotFormat")
	stores.conditions.forget(vm.Self)
	wantFault(t, "a timeout that is too short", stores.snapshots.maySnapshot(vm, snapshotRequest{
		name: "one", quiesce: &types.VirtualMachineGuestQuiesceSpec{Timeout: 1},
	}), "InvalidArgument")
	stores.vms.makeTemplate(ctx, vm)
	wantFault(t, "a template", check(), "NotSupported")
}
