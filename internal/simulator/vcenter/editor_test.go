package vcenter

import (
	"testing"
)

func TestEditor_changeVM(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	id := vm.Self.Value
	if err := stores.editor.changeVM(id, Change{
		Name: new("a/b"), DatastoreID: new(idOf(t, stores, "/DC0/datastore/LocalDS_1").Value), PowerState: new("poweredOn"),
		ToolsRunning: new(false), GuestIPAddresses: &[]string{"192.0.2.1"}, Annotation: new("changed"),
		InstantCloneFrozen: new(true), Busy: new(true), AttachDevice: new("raw-disk"), ConnectionState: new("connected"),
	}); err != nil {
		t.Fatal(err)
	}
	seen, ok := stores.view.named("a/b")
	if !ok || seen.PowerState != "poweredOn" || seen.ToolsRunning || seen.Annotation != "changed" || !seen.InstantCloneFrozen {
		t.Errorf("the VM is %+v", seen)
	}
	if len(seen.GuestIPAddresses) != 1 || len(seen.Disks) != 2 || seen.Disks["2000"].File != "[LocalDS_1] web/web.vmdk" {
		t.Errorf("addresses %v, disks %v", seen.GuestIPAddresses, seen.Disks)
	}
	wantFault(t, "a VM that another client works on", stores.tasks.checkBusy(vm), "TaskInProgress")
	if err := stores.editor.changeVM(id, Change{DetachDevices: new(true)}); err != nil {
		t.Fatal(err)
	}
	if seen, _ := stores.view.named("a/b"); len(seen.Disks) != 1 {
		t.Errorf("disks %v", seen.Disks)
	}
	for name, change := range map[string]Change{
		"an unknown power state": {PowerState: new("asleep")}, "an unknown device": {AttachDevice: new("teapot")},
		"an unknown host": {HostID: new("host-9999")},
	} {
		if err := stores.editor.changeVM(id, change); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := stores.editor.destroyVM(id); err != nil { // powered on
		t.Fatal(err)
	}
	if stores.editor.destroyVM(id) == nil || stores.editor.changeVM(id, Change{}) == nil {
		t.Error("a VM that is gone was changed")
	}
}

func TestEditor_hostsAndDatastores(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	host := idOf(t, stores, firstClusterPath+"/DC0_C0_H0")
	if err := stores.editor.changeHost(host.Value, nil, new(false)); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "a host that is not connected", stores.placer.checkHost(host), "HostNotConnected")
	if err := stores.editor.changeHost(host.Value, nil, new(true)); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "a host that is connected again", stores.placer.checkHost(host), "")
	if stores.editor.changeHost("host-9999", nil, nil) == nil || stores.editor.changeDatastore("datastore-9999", nil, nil) == nil {
		t.Error("an unknown object was changed")
	}
}
