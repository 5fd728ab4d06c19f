package vcenter

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestPlacer_complete(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	current := stores.placer.placementOf(vm)
	template := current
	template.pool = types.ManagedObjectReference{}
	first, second := idOf(t, stores, firstClusterPath), idOf(t, stores, "/DC0/host/"+secondCluster)
	pool, otherPool := idOf(t, stores, firstClusterPath+"/Resources"), idOf(t, stores, "/DC0/host/"+secondCluster+"/Resources")
	otherHost := idOf(t, stores, "/DC0/host/"+secondCluster+"/DC0_C1_H0")
	for _, test := range []struct {
		name            string
		wanted, current placement
		want            string
		pool            types.ManagedObjectReference
	}{
		{"nothing", placement{}, current, "", pool},
		{"the cluster of the source", placement{cluster: first}, current, "", pool},
		{"another cluster", placement{cluster: second}, current, "InvalidArgument", types.ManagedObjectReference{}},
		{"a host of another cluster", placement{host: otherHost}, current, "InvalidArgument", types.ManagedObjectReference{}},
		{"another cluster's pool", placement{cluster: second, pool: otherPool}, current, "", otherPool},
		{"a template's, without a pool", placement{}, template, "InvalidArgument", types.ManagedObjectReference{}},
		{"a template's, with a cluster", placement{cluster: second}, template, "", otherPool},
		{"a pool of another cluster", placement{pool: pool, cluster: second}, current, "InvalidArgument", pool},
		{"a host beside the pool", placement{pool: pool, host: otherHost}, current, "InvalidArgument", pool},
		{"a folder that is a pool", placement{folder: pool}, current, "ManagedObjectNotFound", types.ManagedObjectReference{}},
	} {
		got, p := stores.placer.complete(test.wanted, test.current, placementRules{})
		wantFault(t, test.name, p, test.want)
		if got.pool != test.pool {
			t.Errorf("%s: pool %v, want %v", test.name, got.pool, test.pool)
		}
		if p == nil && (stores.inventory.owner(got.host) != got.cluster || got.folder != current.folder || got.datastore != current.datastore) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// TestPlacer_chooseHost keeps the host of the source; where a pool is named it takes the emptiest of the others when that is in maintenance.
func TestPlacer_chooseHost(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	current := stores.placer.placementOf(vm)
	pool := placement{pool: current.pool}
	chosen := func() types.ManagedObjectReference {
		got, p := stores.placer.complete(pool, current, placementRules{})
		if p != nil {
			t.Fatal(p.messages)
		}

		return got.host
	}
	if got := chosen(); got != current.host {
		t.Errorf("the host is %v, want the source's, %v", got, current.host)
	}
	if err := stores.editor.changeHost(current.host.Value, new(true), nil); err != nil {
		t.Fatal(err)
	}
	cluster, _ := stores.inventory.clusterOf(vm)
	if got := chosen(); got == current.host || !slices.Contains(cluster.Host, got) {
		t.Errorf("the host is %v", got)
	}
	_, p := stores.placer.complete(placement{}, current, placementRules{})
	wantFault(t, "the source's host, where no pool is named", p, "HostNotConnected")
	wantFault(t, "a host in maintenance mode", stores.placer.checkHost(current.host), "HostNotConnected")
}

func TestPlacer_checkSpace(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm := addTestVM(t, stores, "web")
	datastore := idOf(t, stores, "/DC0/datastore/LocalDS_1")
	check := func(bytes int64) *problem {
		return stores.placer.checkSpace(*vm.Runtime.Host, map[types.ManagedObjectReference]int64{datastore: bytes})
	}
	if err := stores.editor.changeDatastore(datastore.Value, nil, new(int64(1000))); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "as much as is free", check(1000), "")
	wantFault(t, "more than is free", check(1001), "NoDiskSpace")
	if err := stores.editor.changeDatastore(datastore.Value, new(false), nil); err != nil {
		t.Fatal(err)
	}
	wantFault(t, "not accessible", check(0), "InaccessibleDatastore")
}
