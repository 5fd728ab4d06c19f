package zstack

import "testing"

func TestSnapshotStoreGroup(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	group := inv.snapshots.createGroup(machine, newUUID(), "group", "", true)
	if len(group.refs) != 3 || len(machine.volumes) != 3 {
		t.Fatalf("%d snapshots and %d volumes, want 3 and 3 with the memory", len(group.refs), len(machine.volumes))
	}
	memory := machine.volumes[2]
	again := inv.snapshots.createGroup(machine, newUUID(), "group", "", false)
	if len(again.refs) != 2 {
		t.Errorf("the second group has %d snapshots, want 2: the memory has none", len(again.refs))
	}

	ofRoot, ofData, ofMemory := group.refs[0].snapshot, group.refs[1].snapshot, group.refs[2].snapshot
	inv.snapshots.revert(ofData)
	if data.snapshot != ofData {
		t.Error("the volume is not at its snapshot")
	}
	inv.snapshots.remove(ofData)
	inv.snapshots.remove(ofData)
	if data.snapshot != nil || !group.refs[1].deleted || !inv.snapshots.groups.has(group) {
		t.Error("after one removal the group is not as it should be")
	}
	inv.snapshots.remove(ofMemory)
	if inv.volumes.has(memory) || len(machine.volumes) != 2 {
		t.Error("the memory volume outlives its snapshot")
	}
	inv.snapshots.remove(ofRoot)
	if inv.snapshots.groups.has(group) || !group.empty() {
		t.Error("the group outlives its last snapshot")
	}
	if !inv.snapshots.groups.has(again) {
		t.Error("the other group is gone")
	}
}

func TestSnapshotStoreRemoveVolume(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	machine, data := golden(t, inv)
	single := inv.snapshots.create(data, newUUID(), "single", "")
	group := inv.snapshots.createGroup(machine, newUUID(), "group", "", false)
	inv.snapshots.removeVolume(data)
	if inv.volumes.has(data) || inv.snapshots.has(single) || len(inv.snapshots.all) != 1 || !group.refs[1].deleted {
		t.Errorf("left: the volume %t, the snapshot %t, %d snapshots", inv.volumes.has(data), inv.snapshots.has(single), len(inv.snapshots.all))
	}
	inv.snapshots.removeVolume(machine.root)
	if len(inv.snapshots.all) != 0 || len(inv.snapshots.groups.all) != 0 || machine.root != nil {
		t.Error("the root volume's removal leaves a snapshot, the group or the root")
	}
}
