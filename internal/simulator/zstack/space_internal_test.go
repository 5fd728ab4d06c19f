package zstack

import "testing"

func TestSpace(t *testing.T) {
	t.Parallel()
	inv, _ := newTestInventory(t, DeletionDelay)
	_, data := golden(t, inv)
	on := data.storage
	used := inv.space.used(on)
	if want := int64(2*rootBytes + dataBytes); used != want {
		t.Errorf("%d bytes are used, want %d: two root volumes and a data volume", used, want)
	}
	on.bytes = used + data.actual
	hasCode(t, inv.space.checkSnapshot(data), "")
	hasCode(t, inv.space.check(on, data.actual+1), codeNoStorage)
	inv.snapshots.create(data, newUUID(), "single", "")
	hasCode(t, inv.space.checkSnapshot(data), codeNoStorage)
	inv.space.snapshots.removeVolume(data)
	if got := inv.space.used(on); got != 2*rootBytes {
		t.Errorf("%d bytes are used after the removal, want %d", got, int64(2*rootBytes))
	}
	data.status = statusDeleted
	hasCode(t, inv.space.checkSnapshot(data), codeOperationFailed)
	on.status = statusDisconnected
	hasCode(t, inv.space.check(on, 1), codeNoStorage)
}
