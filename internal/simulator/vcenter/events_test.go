package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestEventLog_vmEvent(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	event := stores.events.vmEvent(vm)
	if event.Vm.Name != "web" || event.Vm.Vm != vm.Self || event.Host.Host != *vm.Runtime.Host {
		t.Errorf("the VM and its host: %+v %+v", event.Vm, event.Host)
	}
	if event.ComputeResource.Name != firstCluster || event.Datacenter.Name != firstDatacenter || event.Ds.Name != "LocalDS_0" {
		t.Errorf("where it is: %+v %+v %+v", event.ComputeResource, event.Datacenter, event.Ds)
	}
	if folder := stores.events.folderArgument(*vm.Parent); folder.Name != "vm" || folder.Folder != *vm.Parent {
		t.Errorf("its folder: %+v", folder)
	}
	posted := &types.VmRenamedEvent{VmEvent: event, OldName: "old", NewName: "web"}
	stores.events.post(testContext(stores), posted)
	if posted.Key == 0 || posted.UserName != administrator || posted.CreatedTime.IsZero() {
		t.Errorf("the posted event: %+v", posted)
	}
}
