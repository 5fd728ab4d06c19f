package zstack_test

import (
	"net/http"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// availability is whether a VM can be reverted to a group, as the API shows it.
type availability struct {
	UUID      string
	Available bool
	Reason    string
}

// availability asks for one group.
func (b *bench) availability(uuid string) availability {
	b.t.Helper()
	var body struct{ Results []availability }
	b.do(http.MethodGet, "/v1/volume-snapshots/groups/availabilities?uuids="+uuid, nil).wantStatus(b.t, http.StatusOK).decode(b.t, &body)
	if len(body.Results) != 1 || body.Results[0].UUID != uuid {
		b.t.Fatalf("%+v", body)
	}

	return body.Results[0]
}

// TestGroupAvailability takes away what a revert to a group needs, one thing after the other.
func TestGroupAvailability(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 1})
	group, memory := b.group("g", "golden", nil), b.group("memory", "golden", object{"withMemory": true})
	other := b.group("other", "vm-0", nil)
	for _, uuid := range []string{group.UUID, memory.UUID, other.UUID} {
		if got := b.availability(uuid); !got.Available || got.Reason != "" {
			t.Errorf("%+v", got)
		}
	}
	must(t, b.server.ChangeVM(golden(b), zstacksim.Change{DetachVolumes: new(true)}))
	if got := b.availability(group.UUID); got.Available || !strings.Contains(got.Reason, "name:data-1") || !strings.Contains(got.Reason, "no longer attached") {
		t.Errorf("%+v", got)
	}
	alone := b.group("alone", "golden", nil)
	if len(alone.VolumeSnapshotRefs) != 1 {
		t.Fatalf("%+v", alone)
	}
	must(t, b.server.DeleteSnapshot(group.VolumeSnapshotRefs[1].VolumeSnapshotUUID))
	if got := b.availability(group.UUID); got.Available || !strings.Contains(got.Reason, "are deleted") || strings.Contains(got.Reason, "no longer") {
		t.Errorf("%+v", got)
	}
	var both struct{ Results []availability }
	b.do(http.MethodGet, "/v1/volume-snapshots/groups/availabilities?uuids="+alone.UUID+"&uuids="+group.UUID, nil).decode(t, &both)
	if len(both.Results) != 2 || !both.Results[0].Available || both.Results[1].Available {
		t.Errorf("%+v", both)
	}
	b.do(http.MethodGet, "/v1/volume-snapshots/groups/availabilities", nil).wantError(t, "SYS.1007")
	b.do(http.MethodGet, "/v1/volume-snapshots/groups/availabilities?uuids="+missing, nil).wantError(t, "SYS.1003")
	b.server.AddAccount("alice", "secret")
	alice := logInAs(t, b.server, "alice", "secret")
	alice.do(http.MethodGet, "/v1/volume-snapshots/groups/availabilities?uuids="+alone.UUID, nil).wantError(t, "ID.1002")
}

// TestUngroup takes a group apart: its snapshots stay as single ones.
func TestUngroup(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	group := b.group("g", "golden", nil)
	for range 2 { // the second time it is gone already
		b.job(http.MethodDelete, "/v1/volume-snapshots/ungroup/"+group.UUID, nil).wantStatus(t, http.StatusOK)
	}
	left := read[struct{ UUID, GroupUUID string }](b, "/v1/volume-snapshots")
	if len(b.server.SnapshotGroups()) != 0 || len(left) != 2 || left[0].GroupUUID != "" || left[1].GroupUUID != "" {
		t.Errorf("%+v %+v", b.server.SnapshotGroups(), left)
	}
}

// TestVolumeRevert sets one volume back: a newer snapshot stays, and the next one becomes a branch beside it in the same tree.
func TestVolumeRevert(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	data := dataOf(b)
	type node struct {
		UUID, TreeUUID, ParentUUID string
		Latest                     bool
	}
	take := func(name string) node {
		var body struct{ Inventory node }
		b.job(http.MethodPost, "/v1/volumes/"+data+"/volume-snapshots", object{"params": object{"name": name}}).wantStatus(t, http.StatusOK).decode(t, &body)

		return body.Inventory
	}
	first, second := take("first"), take("second")
	b.act(golden(b), "stopVmInstance", nil).wantStatus(t, http.StatusOK)
	var reverted struct{ Inventory disk }
	b.job(http.MethodPut, "/v1/volume-snapshots/"+first.UUID+"/actions", object{"revertVolumeFromSnapshot": object{}}).
		wantStatus(t, http.StatusOK).decode(t, &reverted)
	if reverted.Inventory.UUID != data {
		t.Errorf("%+v", reverted)
	}
	for _, volume := range b.server.Volumes() {
		if volume.UUID == data && volume.RevertedToUUID != first.UUID {
			t.Errorf("%+v", volume)
		}
	}
	branch := take("branch")
	if branch.ParentUUID != first.UUID || second.ParentUUID != first.UUID || branch.TreeUUID != second.TreeUUID {
		t.Errorf("%+v %+v", second, branch)
	}
	if latest := read[node](b, "/v1/volume-snapshots", "latest=true", "treeUuid="+first.TreeUUID); len(latest) != 1 || latest[0].UUID != branch.UUID {
		t.Errorf("%+v", latest)
	}
}
