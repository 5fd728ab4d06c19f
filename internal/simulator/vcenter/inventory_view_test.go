package vcenter

import (
	"slices"
	"testing"
)

// TestInventoryView_all orders VMs by path, a primary before its secondary.
func TestInventoryView_all(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	addTestVM(t, stores, "zeta")
	pair := addTestPair(t, stores, "m%2f")
	addTestVM(t, stores, "alpha")
	var ids []string
	for _, vm := range stores.view.all() {
		ids = append(ids, vm.ID)
	}
	alpha, zeta := idOf(t, stores, "/DC0/vm/alpha"), idOf(t, stores, "/DC0/vm/zeta")
	if want := []string{alpha.Value, pair.primary.Self.Value, pair.secondary.Self.Value, zeta.Value}; !slices.Equal(ids, want) {
		t.Errorf("the VMs are %v, want %v", ids, want)
	}
	seen, ok := stores.view.named("m%2f")
	if !ok || seen.ID != pair.primary.Self.Value || seen.Path != "/DC0/vm/m%2f" {
		t.Fatalf("the VM of that name is %+v", seen)
	}
	ft := seen.FaultTolerance
	if ft == nil || ft.Role != "primary" || ft.PartnerID != pair.secondary.Self.Value || ft.MetadataDatastoreID == "" {
		t.Errorf("its pair is %+v", ft)
	}
	if stores.view.id("/DC0/vm/alpha") != alpha.Value || stores.view.id("/DC0/vm/other") != "" {
		t.Error("wrong about the ids of paths")
	}
	if _, ok := stores.view.named("other"); ok {
		t.Error("an unknown VM was found")
	}
}
