package zstack

import (
	"slices"
	"testing"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	inv.tags.createAll(typeVM, machine.uuid, false, []string{"user"})
	group := inv.snapshots.createGroup(machine, newUUID(), "group", "", false)
	single := inv.snapshots.create(data, newUUID(), "single", "")
	for kind, want := range map[string]int{
		"Zone": 1, "Cluster": 2, "Host": 6, "Image": 2, "L3Network": 1, "PrimaryStorage": 3, "AffinityGroup": 1, "VmInstance": 2,
		"Volume": 3, "VolumeSnapshot": 3, "VolumeSnapshotGroup": 1, "SystemTag": 5, "UserTag": 1, "Unknown": 0,
	} {
		if got := inv.catalog.records(kind); len(got) != want {
			t.Errorf("%d records of %s, want %d", len(got), kind, want)
		}
	}
	uuids := func(records []record) []string {
		var found []string
		for _, one := range records {
			if uuid, ok := one["uuid"].(string); ok {
				found = append(found, uuid)
			}
		}

		return found
	}
	for name, test := range map[string]struct {
		kind string
		condition
		want []string
	}{
		"by uuid":           {"VmInstance", condition{field: "uuid", operator: equal, value: machine.uuid}, []string{machine.uuid}},
		"by several uuids":  {"Volume", condition{field: "uuid", operator: in, list: []string{machine.root.uuid, data.uuid}}, []string{machine.root.uuid, data.uuid}},
		"by an unknown one": {"Volume", condition{field: "uuid", operator: equal, value: machine.uuid}, nil},
		"by the group":      {"VolumeSnapshot", condition{field: "groupUuid", operator: equal, value: group.uuid}, []string{group.refs[0].snapshot.uuid, group.refs[1].snapshot.uuid}},
		"by the VM":         {"VolumeSnapshotGroup", condition{field: "vmInstanceUuid", operator: equal, value: machine.uuid}, []string{group.uuid}},
		"by name":           {"VolumeSnapshotGroup", condition{field: "name", operator: equal, value: "other"}, []string{group.uuid}}, // not a shortlist
		"not by uuid": {"VolumeSnapshot", condition{field: "uuid", operator: notEqual, value: single.uuid}, []string{
			group.refs[0].snapshot.uuid, group.refs[1].snapshot.uuid, single.uuid,
		}},
		"tags by resource": {"UserTag", condition{field: "resourceUuid", operator: equal, value: machine.uuid}, []string{inv.tags.all[len(inv.tags.all)-1].uuid}},
	} {
		if got := uuids(inv.catalog.shortlist(test.kind, conjunction{test.condition})); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestCatalogUUIDs(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	for _, used := range []string{machine.uuid, data.uuid, inv.infra.zones.all[0].uuid, inv.tags.all[0].uuid, inv.infra.groups.all[0].uuid} {
		_, failure := inv.catalog.newUUID(used)
		hasCode(t, failure, codeInvalidArgument)
	}
	free := newUUID()
	if got, failure := inv.catalog.newUUID(free); got != free || failure != nil {
		t.Errorf("got %s %v, want the free %s", got, failure, free)
	}
	if got, failure := inv.catalog.newUUID(""); !isUUID(got) || failure != nil {
		t.Errorf("got %q %v, want a new uuid", got, failure)
	}
	if found, known := inv.catalog.has(typeVM, data.uuid); found || !known {
		t.Errorf("a volume as a VM: found %t, known %t", found, known)
	}
	if _, known := inv.catalog.has("NonsenseVO", data.uuid); known {
		t.Error("an unknown type is known")
	}
}
