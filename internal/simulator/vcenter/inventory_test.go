package vcenter

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func TestInventory_lookup(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "a/b")
	inventory := stores.inventory
	for path, want := range map[string]types.ManagedObjectReference{
		"/DC0/vm/a%2fb": vm.Self, "/DC0/vm/a/b": {}, "/DC0/vm/other": {}, "/DC1": {},
	} {
		var got types.ManagedObjectReference
		if entity := inventory.lookup(path); entity != nil {
			got = entity.Reference()
		}
		if got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if got := inventory.inventoryPath(vm.Self); got != "/DC0/vm/a/b" {
		t.Errorf("the VM's path is %s", got)
	}
	datacenter, cluster := idOf(t, stores, "/DC0"), idOf(t, stores, firstClusterPath)
	if got, ok := inventory.parentOf(vm.Self, "Datacenter"); !ok || got != datacenter {
		t.Errorf("the VM's datacenter is %v", got)
	}
	if got := inventory.owner(*vm.Runtime.Host); got != cluster {
		t.Errorf("the owner of the VM's host is %v, want %v", got, cluster)
	}
	if got, ok := inventory.clusterOf(vm); !ok || got.Self != cluster {
		t.Errorf("the VM's cluster is %v", got)
	}
	if !inventory.isBelow(vm.Self, datacenter) || inventory.isBelow(datacenter, vm.Self) {
		t.Error("the VM is not below its datacenter")
	}
	if got := inventory.datastoreOfPath("[LocalDS_1] web/web.vmx"); got != idOf(t, stores, "/DC0/datastore/LocalDS_1") {
		t.Errorf("the datastore of a path is %v", got)
	}
}

func TestInventory_checkFree(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	none := types.ManagedObjectReference{}
	for _, test := range []struct {
		name string
		but  types.ManagedObjectReference
		want string
	}{
		{"web", none, "DuplicateName"},
		{"web", vm.Self, ""},
		{"Web", none, ""},
	} {
		wantFault(t, test.name, stores.inventory.checkFree(*vm.Parent, test.name, test.but), test.want)
	}
}

func TestInventory_apiAtLeast(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t) // 8.0.3.0
	for version, want := range map[string]bool{
		"7.0": true, "8.0.3": true, "8.0.3.0": true, "8.0.3.1": false, "8.0.3.0.1": false, "9.0.0.0": false, "8.0.10": false,
	} {
		if got := stores.inventory.apiAtLeast(version); got != want {
			t.Errorf("%s: %v, want %v", version, got, want)
		}
	}
}

// TestInventory_after acts once the initial inventory stands, and not after the server's end.
func TestInventory_after(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	acted := make(chan string, 3)
	act := func(name string) func(*simulator.Context) {
		return func(*simulator.Context) { acted <- name }
	}
	stores.inventory.after(0, act("before"))
	stores.inventory.alive = true
	stores.inventory.after(0, act("alive"))
	if got := <-acted; got != "alive" {
		t.Errorf("acted %s", got)
	}
	stores.inventory.after(time.Hour, act("late"))
	stores.inventory.lifetime.stop()
	stores.inventory.lifetime.background.Wait()
	if len(acted) > 0 {
		t.Errorf("acted %s after the end", <-acted)
	}
}

func TestLifetime_wait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		life := newLifetime(t.Context())
		cancel := make(chan struct{})
		began := time.Now()
		if !life.wait(time.Minute, cancel) || time.Since(began) != time.Minute {
			t.Errorf("waited %v", time.Since(began))
		}
		close(cancel)
		if life.wait(time.Minute, cancel) {
			t.Error("a cancelled wait lasted")
		}
		life.stop()
		if life.wait(time.Minute, nil) {
			t.Error("a wait outlasted the server")
		}
	})
}
