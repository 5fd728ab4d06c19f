package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// newTestStores creates the stores of a server that listens nowhere, without VMs, and ends them with the test.
func newTestStores(t *testing.T) *stores {
	t.Helper()
	stores, err := newStores(Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stores.inventory.lifetime.stop()
		stores.inventory.lifetime.background.Wait()
		stores.inventory.close()
	})

	return stores
}

// testContext is a context of the administrator.
func testContext(stores *stores) *simulator.Context {
	return stores.inventory.newContext(administrator)
}

// addTestVM creates a VM that is powered off, with one disk on LocalDS_0.
func addTestVM(t *testing.T, stores *stores, name string) *simulator.VirtualMachine {
	t.Helper()
	ref, p := stores.initial.createInitialVM(testContext(stores), name, diskBytes)
	if p != nil {
		t.Fatal(p.messages)
	}
	vm, ok := stores.inventory.vm(ref)
	if !ok {
		t.Fatalf("%s is not in the inventory", name)
	}

	return vm
}

// idOf is the reference of an inventory path.
func idOf(t *testing.T, stores *stores, path string) types.ManagedObjectReference {
	t.Helper()
	entity := stores.inventory.lookup(path)
	if entity == nil {
		t.Fatalf("there is no %s", path)
	}

	return entity.Reference()
}

// wantFault asserts that a problem has a fault of a vim25 type; empty means no problem.
func wantFault(t *testing.T, what string, p *problem, fault string) {
	t.Helper()
	got := ""
	if p != nil {
		got = typeOf(p.fault)
	}
	if got != fault {
		t.Errorf("%s: fault %q, want %q", what, got, fault)
	}
}
