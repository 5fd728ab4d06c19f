package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func TestSpecStore(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	specs := stores.specs
	if len(specs.all()) != 0 {
		t.Fatalf("at first: %v", specs.all())
	}
	specs.createInitial()
	item := types.CustomizationSpecItem{Info: types.CustomizationSpecInfo{Name: "windows"}}
	specs.publish(func(items []types.CustomizationSpecItem) []types.CustomizationSpecItem { return append(items, item) })
	if _, ok := specs.find("windows"); !ok || len(specs.all()) != 2 {
		t.Errorf("the specifications: %v", specs.all())
	}
	if _, ok := specs.find("other"); ok {
		t.Error("an unknown specification was found")
	}
	ref := *stores.inventory.model.ServiceContent.CustomizationSpecManager
	manager, _ := stores.inventory.registry.Get(ref).(*mo.CustomizationSpecManager)
	if manager == nil || len(manager.Info) != 2 || manager.Info[1].Name != "windows" {
		t.Errorf("vim25 shows %+v", manager)
	}

	specs.use("vm-1", "windows")
	specs.use("vm-2", "")
	if specs.usedBy("vm-1") != "windows" || specs.usedBy("vm-2") != "" {
		t.Errorf("vm-1 was cloned with %q, vm-2 with %q", specs.usedBy("vm-1"), specs.usedBy("vm-2"))
	}
	specs.forget("vm-1")
	if got := specs.usedBy("vm-1"); got != "" {
		t.Errorf("a VM that is gone was cloned with %q", got)
	}
}
