package zstack

import (
	"slices"
	"testing"
)

func TestBuilder(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	source, data := golden(t, inv)
	v := recordLike(inv, source)
	hasCode(t, inv.builder.build(v, requirements{cluster: inv.infra.clusters.all[1]}), "")
	if v.plan != nil || v.host == nil || v.cluster != inv.infra.clusters.all[1] || v.host.cluster != v.cluster {
		t.Errorf("built on %v in %v", v.host, v.cluster)
	}
	if v.root == nil || v.root.name != rootVolumeName(v) || v.root.storage != source.root.storage || len(v.volumes) != 2 || len(v.nics) != 1 {
		t.Errorf("built with %d volumes, root %+v", len(v.volumes), v.root)
	}
	copied := v.volumes[1]
	if copied.name != data.name || copied.size != data.size || !slices.Equal(inv.tags.texts(copied.uuid, true), []string{"volumeProvisioningStrategy::ThinProvisioning"}) {
		t.Errorf("the data volume is %+v", copied)
	}
}

func TestBuilderFailureLeavesTheRecord(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*inventory, *clonePlan)
		want    string
	}{
		"no host": {func(inv *inventory, _ *clonePlan) {
			for _, one := range inv.infra.hosts.all {
				one.cpus = 0
			}
		}, codeNoHost},
		"no address": {func(inv *inventory, _ *clonePlan) { inv.infra.networks.all[0].count = 0 }, codeNoAddress},
		"no storage": {func(inv *inventory, _ *clonePlan) {
			for _, one := range inv.infra.storages.all {
				one.bytes = 0
			}
		}, codeNoStorage},
		"the requested storage is full": {func(inv *inventory, plan *clonePlan) {
			plan.dataStorage = inv.infra.storages.all[1]
			plan.dataStorage.bytes = dataBytes - 1
		}, codeNoStorage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inv, _ := newTestInventory(t, DeletionDelay)
			source, _ := golden(t, inv)
			v := recordLike(inv, source)
			test.prepare(inv, v.plan)
			volumes := len(inv.volumes.all)
			hasCode(t, inv.builder.build(v, requirements{}), test.want)
			if v.plan == nil || v.host != nil || v.root != nil || len(v.volumes)+len(v.nics) != 0 || len(inv.volumes.all) != volumes {
				t.Errorf("the failure left %+v, %d volumes instead of %d", v, len(inv.volumes.all), volumes)
			}
		})
	}
}
