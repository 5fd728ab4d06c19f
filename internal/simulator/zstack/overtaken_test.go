package zstack_test

import (
	"net/http"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestOvertaken starts a job and changes its object before the effect: the checks are repeated then.
func TestOvertaken(t *testing.T) {
	t.Parallel()
	vmPath, volumePath := clonePath, func(uuid string) string { return "/v1/volumes/" + uuid }
	groupPath := func(uuid string) string { return groupsPath + "/" + uuid }
	actions := func(path func(string) string) func(string) string {
		return func(uuid string) string { return path(uuid) + "/actions" }
	}
	remove := func(b *bench, _ string) { must(b.t, b.server.RemoveVM(golden(b))) }
	removeVolume := func(b *bench, uuid string) { must(b.t, b.server.RemoveVolume(uuid)) }
	removeGroup := func(b *bench, uuid string) { must(b.t, b.server.DeleteSnapshotGroup(uuid)) }
	grouped := func(b *bench) string { return b.group("g", "golden", nil).UUID }
	removeSnapshot := func(b *bench, uuid string) { must(b.t, b.server.DeleteSnapshot(uuid)) }
	for _, test := range []struct {
		name, operation string
		arrange         func(*bench) string
		method          string
		path            func(string) string
		body            any
		meanwhile       func(b *bench, uuid string)
		code            string // empty: it succeeds nonetheless
	}{
		{"update", "UpdateVmInstance", golden, http.MethodPut, vmPath, object{"updateVmInstance": object{"name": "a"}}, remove, "SYS.1003"},
		{"start", "StartVmInstance", inState("Stopped"), http.MethodPut, vmPath, object{"startVmInstance": object{}}, remove, "VM.1001"},
		{"recover", "RecoverVmInstance", inState("Destroyed"), http.MethodPut, vmPath, object{"recoverVmInstance": object{}}, func(b *bench, uuid string) {
			must(b.t, b.server.RemoveVM(uuid))
		}, "SYS.1003"},
		{"recover twice", "RecoverVmInstance", inState("Destroyed"), http.MethodPut, vmPath, object{"recoverVmInstance": object{}}, func(b *bench, uuid string) {
			must(b.t, b.server.ChangeVM(uuid, zstacksim.Change{State: new("Stopped")}))
		}, "VM.1010"},
		{"expunge", "ExpungeVmInstance", inState("Destroyed"), http.MethodPut, vmPath, object{"expungeVmInstance": object{}}, func(b *bench, uuid string) {
			must(b.t, b.server.RemoveVM(uuid))
		}, "SYS.1003"},
		{"delete volume", "DeleteDataVolume", dataOf, http.MethodDelete, volumePath, nil, removeVolume, ""},
		{"expunge volume", "ExpungeDataVolume", trashed, http.MethodPut, actions(volumePath), object{"expungeDataVolume": object{}}, removeVolume, "SYS.1003"},
		{
			"snapshot", "CreateVolumeSnapshot", dataOf, http.MethodPost, func(uuid string) string { return volumePath(uuid) + "/volume-snapshots" },
			object{"params": object{"name": "s"}},
			removeVolume, "SYS.1003",
		},
		{"delete snapshot", "DeleteVolumeSnapshot", func(b *bench) string {
			return b.group("g", "golden", nil).VolumeSnapshotRefs[0].VolumeSnapshotUUID
		}, http.MethodDelete, func(uuid string) string { return "/v1/volume-snapshots/" + uuid }, nil, removeSnapshot, ""},
		{"rename group", "UpdateVolumeSnapshotGroup", grouped, http.MethodPut, actions(groupPath), object{"updateVolumeSnapshotGroup": object{"name": "a"}}, removeGroup, "SYS.1003"},
		{"delete group", "DeleteVolumeSnapshotGroup", grouped, http.MethodDelete, groupPath, nil, removeGroup, ""},
		{"revert", "RevertVmFromSnapshotGroup", func(b *bench) string {
			uuid := grouped(b)
			inState("Stopped")(b)

			return uuid
		}, http.MethodPut, actions(groupPath), object{"revertVmFromSnapshotGroup": object{}}, removeGroup, "SYS.1003"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{})
			uuid := test.arrange(b)
			b.server.HoldJobs(test.operation)
			job := b.start(test.method, test.path(uuid), test.body)
			test.meanwhile(b, uuid)
			b.server.ReleaseJobs()
			if got := b.end(job); test.code == "" {
				got.wantStatus(t, http.StatusOK)
			} else {
				got.wantError(t, test.code)
			}
		})
	}
}

// TestGroupOvertaken uses the uuid that a snapshot group wants while its job runs.
func TestGroupOvertaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	body := object{"params": object{"rootVolumeUuid": rootOf(b), "name": "g", "resourceUuid": "0123456789abcdef0123456789abcdef"}}
	b.server.HoldJobs("CreateVolumeSnapshotGroup")
	first, second := b.start(http.MethodPost, groupsPath, body), b.start(http.MethodPost, groupsPath, body)
	b.server.ReleaseJobs()
	failed := 0
	for _, job := range []string{first, second} {
		if got := b.end(job); got.status != http.StatusOK {
			got.wantError(t, "SYS.1007")
			failed++
		}
	}
	if groups := b.server.SnapshotGroups(); failed != 1 || len(groups) != 1 {
		t.Errorf("%d failed: %+v", failed, groups)
	}
}

// TestVolumeDeletedTwice lets two jobs delete one volume: the second finds it deleted.
func TestVolumeDeletedTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	path := "/v1/volumes/" + dataOf(b)
	b.server.HoldJobs("DeleteDataVolume")
	first, second := b.start(http.MethodDelete, path, nil), b.start(http.MethodDelete, path, nil)
	b.server.ReleaseJobs()
	failed := 0
	for _, job := range []string{first, second} {
		if got := b.end(job); got.status != http.StatusOK {
			got.wantError(t, "SYS.1006")
			failed++
		}
	}
	if failed != 1 {
		t.Errorf("%d of two failed", failed)
	}
}

// TestMistypedParameters sends a list in place of a text or a number.
func TestMistypedParameters(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	list := []string{"nonsense"}
	group := b.group("g", "golden", nil).UUID
	vm, data := clonePath(golden(b)), dataOf(b)
	before := b.inventory()
	for _, test := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPut, vm, object{"cloneVmInstance": object{"names": []string{"a"}, "full": list}}},
		{http.MethodPut, vm, object{"updateVmInstance": object{"name": list}}},
		{http.MethodPut, vm, object{"startVmInstance": object{"hostUuid": list}}},
		{http.MethodPut, vm, object{"stopVmInstance": object{"type": list}}},
		{http.MethodPost, "/v1/volumes/" + data + "/volume-snapshots", object{"params": object{"name": list}}},
		{http.MethodPost, groupsPath, object{"params": object{"rootVolumeUuid": list}}},
		{http.MethodPut, groupsPath + "/" + group + "/actions", object{"updateVolumeSnapshotGroup": object{"name": list}}},
		{http.MethodPost, "/v1/user-tags", object{"params": object{"tag": list}}},
	} {
		b.job(test.method, test.path, test.body).wantError(t, "SYS.1007")
	}
	if after := b.inventory(); after != before {
		t.Errorf("the inventory was\n%s\nand is\n%s", before, after)
	}
}
