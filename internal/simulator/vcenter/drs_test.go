package vcenter

import "testing"

func TestDRSStore(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	ctx := testContext(stores)
	first, second := addTestVM(t, stores, "first"), addTestVM(t, stores, "second")
	cluster, _ := stores.inventory.clusterOf(first)
	stores.drs.recommendPowerOn(ctx, cluster, first)
	again := stores.drs.recommendPowerOn(ctx, cluster, first) // in place of the one before
	other := stores.drs.recommendPowerOn(ctx, cluster, second)
	if len(cluster.Recommendation) != 2 || len(cluster.DrsRecommendation) != 2 || recommendedVM(again) != first.Self {
		t.Errorf("recommendations: %+v", cluster.Recommendation)
	}
	c := &call{ctx: ctx, this: cluster.Self}
	if taken, p := stores.drs.takeRecommendation(c, again.Key); p != nil || recommendedVM(taken) != first.Self {
		t.Errorf("taken: %+v, %v", taken, p)
	}
	_, p := stores.drs.takeRecommendation(c, again.Key)
	wantFault(t, "taken twice", p, "InvalidArgument")
	stores.drs.forgetRecommendations(ctx, second.Self, true)
	if len(cluster.Recommendation) != 1 || cluster.Recommendation[0].Key != other.Key {
		t.Errorf("recommendations that are kept: %+v", cluster.Recommendation)
	}
	stores.drs.forgetRecommendations(ctx, second.Self, false)
	if len(cluster.Recommendation) != 0 || len(cluster.DrsRecommendation) != 0 {
		t.Errorf("recommendations at the end: %+v", cluster.Recommendation)
	}
}
