package vcenter

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"
)

func TestClusterStore(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	stores.initial.configureClusters()
	ref := idOf(t, stores, firstClusterPath)
	cluster, _ := stores.inventory.clusterOf(addTestVM(t, stores, "web"))
	if stores.clusters.unlicensed(ref) || stores.clusters.limit(ref) != ftMaxVMsOnHost || !highlyAvailable(cluster) {
		t.Error("the settings at first are wrong")
	}
	if err := stores.clusters.changeCluster(ref.Value, ClusterChange{
		HighAvailability: new(false), DRS: new("manual"), FaultToleranceLicensed: new(false), FaultTolerantVMsPerHost: new(0),
	}); err != nil {
		t.Fatal(err)
	}
	if !stores.clusters.unlicensed(ref) || stores.clusters.limit(ref) != 0 || highlyAvailable(cluster) ||
		drsBehaviour(cluster) != types.DrsBehaviorManual {
		t.Error("the settings were not changed")
	}
	if err := stores.clusters.changeCluster(ref.Value, ClusterChange{DRS: new("")}); err != nil || drsBehaviour(cluster) != "" {
		t.Errorf("DRS is %q: %v", drsBehaviour(cluster), err)
	}
	for id, change := range map[string]ClusterChange{ref.Value: {DRS: new("sometimes")}, "domain-c9999": {}} {
		if err := stores.clusters.changeCluster(id, change); err == nil {
			t.Errorf("%s: the change was made", id)
		}
	}
}
