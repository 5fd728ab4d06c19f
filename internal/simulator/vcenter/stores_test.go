package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

// newTestStores creates the stores of a server that listens nowhere, without VMs, and ends them with the test.
func newTestStores(t *testing.T) *stores {
	t.Helper()
	options := Options{}

	stores, err := newStores(options.withDefaults())
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

// addTestVM creates a VM that is powered off, with one disk on LocalDS_0.
func addTestVM(t *testing.T, stores *stores, name string) types.ManagedObjectReference {
	t.Helper()
	stores.inventory.mu.Lock()
	defer stores.inventory.mu.Unlock()
	ref, p := stores.initial.createInitialVM(stores.inventory.newContext(administrator), name, diskBytes)
	if p != nil {
		t.Fatal(p.messages)
	}

	return ref
}
