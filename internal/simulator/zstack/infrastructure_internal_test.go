package zstack

import "testing"

func TestInfrastructure(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	infra := inv.infra
	for _, want := range []*place{
		&infra.zones.all[0].place, &infra.clusters.all[1].place, &infra.hosts.all[5].place, &infra.images.all[0].place,
		&infra.networks.all[0].place, &infra.storages.all[2].place, &infra.groups.all[0].place,
	} {
		if got := infra.find(want.uuid); got != want {
			t.Errorf("%s: got %v", want.name, got)
		}
	}
	if got := infra.find(inv.vms.all[0].uuid); got != nil {
		t.Errorf("a VM is found as %v", got)
	}
	one := infra.hosts.all[0]
	for name, change := range map[string]*string{"host": &one.state, "cluster": &one.cluster.state, "zone": &one.cluster.zone.state} {
		*change = stateDisabled
		if one.usable() {
			t.Errorf("the host is usable with a disabled %s", name)
		}
		*change = stateEnabled
	}
	if !one.usable() {
		t.Error("the host is not usable")
	}
}
