package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

type refusingPairs struct{ asked int }

func (p *refusingPairs) leavePair(*simulator.Context, *simulator.VirtualMachine) *problem {
	p.asked++

	return invalidState("The pair stays.")
}

func TestVMStore_destroy(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	datastore, _ := stores.inventory.lookup("/DC0/datastore/LocalDS_0").(*simulator.Datastore)
	before := datastore.Summary.FreeSpace
	vm := addTestVM(t, stores, "web")
	file := topLink(disksOf(vm)[0]).FileName
	if used := before - datastore.Summary.FreeSpace; used != diskBytes {
		t.Errorf("the VM takes %d bytes", used)
	}

	kept := *stores.vms
	pairs := &refusingPairs{}
	kept.pairs = pairs
	wantFault(t, "a pair that stays", kept.destroy(ctx, vm.Self), "InvalidState")
	wantFault(t, "power on", stores.power.powerOn(ctx, vm.Self), "")
	wantFault(t, "powered on", kept.destroy(ctx, vm.Self), "InvalidPowerState")
	if _, ok := stores.inventory.vm(vm.Self); !ok || pairs.asked != 1 {
		t.Errorf("the VM is gone, or its pair was asked %d times", pairs.asked)
	}
	wantFault(t, "power off", stores.power.setPower(ctx, vm.Self, poweredOff), "")
	stores.specs.use(vm.Self.Value, "linux")
	wantFault(t, "destroy", stores.vms.destroy(ctx, vm.Self), "")
	wantFault(t, "destroy again", stores.vms.destroy(ctx, vm.Self), "ManagedObjectNotFound")
	if datastore.Summary.FreeSpace != before || stores.storage.taken(file) || stores.specs.usedBy(vm.Self.Value) != "" {
		t.Errorf("something is left: %d bytes, %s", before-datastore.Summary.FreeSpace, file)
	}
}

func TestVMStore_rename(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	first := addTestVM(t, stores, "first")
	addTestVM(t, stores, "second")
	wantFault(t, "a name in use", stores.vms.rename(ctx, first.Self, "second"), "DuplicateName")
	wantFault(t, "its own name", stores.vms.rename(ctx, first.Self, "first"), "")
	wantFault(t, "a free name", stores.vms.rename(ctx, first.Self, "a%2fb"), "")
	if first.Name != "a%2fb" || first.Config.Name != "a%2fb" || first.Summary.Config.Name != "a%2fb" {
		t.Errorf("the VM is %s, %s, %s", first.Name, first.Config.Name, first.Summary.Config.Name)
	}
	wantFault(t, "no such VM", stores.vms.rename(ctx, vmRef("vm-9999"), "third"), "ManagedObjectNotFound")
}

func TestVMStore_checkMove(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	folder, hosts := idOf(t, stores, "/DC0/vm"), idOf(t, stores, "/DC0/host")
	for _, test := range []struct {
		name         string
		into, object types.ManagedObjectReference
		want         string
	}{
		{"where it is", folder, vm.Self, ""},
		{"a folder of hosts", hosts, vm.Self, "NotSupported"},
		{"into itself", folder, folder, "InvalidFolder"},
		{"an unknown VM", folder, vmRef("vm-9999"), "ManagedObjectNotFound"},
		{"an unknown folder", refOf("Folder", "group-v9999"), vm.Self, "ManagedObjectNotFound"},
	} {
		wantFault(t, test.name, stores.vms.checkMove(test.into, []types.ManagedObjectReference{test.object}, false), test.want)
	}
	wantFault(t, "move to where it is", stores.vms.moveInto(testContext(stores), folder, []types.ManagedObjectReference{vm.Self}), "")
}

func TestVMStore_makeTemplate(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	pool, _ := stores.inventory.registry.Get(*vm.ResourcePool).(*simulator.ResourcePool)
	stores.vms.makeTemplate(testContext(stores), vm)
	if !vm.Config.Template || vm.ResourcePool != nil || len(pool.Vm) != 0 {
		t.Errorf("template %v, pool %v with %v", vm.Config.Template, vm.ResourcePool, pool.Vm)
	}
}
