package zstack_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// bundle is a snapshot group as the API shows it.
type bundle struct {
	UUID, Name, Description, VMInstanceUUID string
	SnapshotCount                           int
	VolumeSnapshotRefs                      []struct {
		VolumeSnapshotUUID, VolumeSnapshotGroupUUID, VolumeUUID, VolumeType, VolumeSnapshotName string
		DeviceID                                                                                int64
		SnapshotDeleted                                                                         bool
	}
}

// outcome is the result for one snapshot of a group.
type outcome struct {
	SnapshotUUID string
	Success      bool
	Error        *failure
}

// group takes a snapshot group of a VM.
func (b *bench) group(name, vm string, more object) bundle {
	b.t.Helper()
	params := object{"rootVolumeUuid": b.vm(vm).RootVolumeUUID, "name": name}
	maps.Copy(params, more)
	var body struct{ Inventory bundle }
	b.job(http.MethodPost, groupsPath, object{"params": params}).wantStatus(b.t, http.StatusOK).decode(b.t, &body)

	return body.Inventory
}

func (b *bench) outcomes(got reply) []outcome {
	b.t.Helper()
	var body struct{ Results []outcome }
	got.wantStatus(b.t, http.StatusOK).decode(b.t, &body)

	return body.Results
}

// TestQuerySnapshots queries snapshots by their group and groups by their VM, in upper case, too.
func TestQuerySnapshots(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 1})
	both := []bundle{b.group("one", "golden", nil), b.group("two", "vm-0", nil)}
	for _, group := range both {
		var members []string
		for _, ref := range group.VolumeSnapshotRefs {
			members = append(members, ref.VolumeSnapshotUUID)
		}
		slices.Sort(members)
		for _, query := range []string{
			"q=groupUuid=" + group.UUID, "q=groupUuid?=" + strings.ToUpper(group.UUID) + ",nonsense", "q=uuid?=" + strings.Join(members, ","),
			"q=groupUuid=" + group.UUID + "&q=volumeUuid%20not%20null",
		} {
			var found []string
			for _, one := range read[struct{ UUID string }](b, "/v1/volume-snapshots?sort=uuid&"+query) {
				found = append(found, one.UUID)
			}
			if !slices.Equal(found, members) {
				t.Errorf("%s: %v, want %v", query, found, members)
			}
		}
		for _, query := range []string{"q=uuid=" + group.UUID, "q=vmInstanceUuid?=" + strings.ToUpper(group.VMInstanceUUID), "q=name=" + group.Name} {
			if found := read[bundle](b, groupsPath+"?"+query); len(found) != 1 || found[0].UUID != group.UUID {
				t.Errorf("%s: %+v, want %s", query, found, group.UUID)
			}
		}
	}
	if found := read[bundle](b, groupsPath+"?q=vmInstanceUuid=nonsense"); len(found) != 0 {
		t.Errorf("groups of an unknown VM: %+v", found)
	}
}

func TestSnapshotGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	const wanted = "0123456789ab4def8123456789abcdef"
	created := b.group("before", "golden", object{"resourceUuid": wanted, "description": "text"})
	vm := b.vm("golden")
	if created.UUID != wanted || created.Description != "text" || created.VMInstanceUUID != vm.UUID || created.SnapshotCount != 2 || len(created.VolumeSnapshotRefs) != 2 {
		t.Fatalf("%+v", created)
	}
	root, data := created.VolumeSnapshotRefs[0], created.VolumeSnapshotRefs[1]
	if root.VolumeUUID != vm.RootVolumeUUID || root.VolumeType != "Root" || data.VolumeUUID != vm.DataVolumeUUIDs[0] || data.VolumeType != "Data" ||
		root.VolumeSnapshotGroupUUID != wanted || root.SnapshotDeleted || data.DeviceID != 1 || root.VolumeSnapshotName != "before" {
		t.Errorf("%+v", created.VolumeSnapshotRefs)
	}
	snapshots := read[struct{ UUID, VolumeUUID, GroupUUID string }](b, "/v1/volume-snapshots/"+root.VolumeSnapshotUUID)
	if len(snapshots) != 1 || snapshots[0].VolumeUUID != root.VolumeUUID || snapshots[0].GroupUUID != wanted {
		t.Errorf("%+v", snapshots)
	}

	b.job(http.MethodPut, groupsPath+"/"+wanted+"/actions", object{"updateVolumeSnapshotGroup": object{"name": "after"}}).wantStatus(t, http.StatusOK)
	read := read[bundle](b, groupsPath+"/"+wanted)
	if len(read) != 1 || read[0].Name != "after" || read[0].Description != "text" || read[0].VolumeSnapshotRefs[0].VolumeSnapshotName != "before" {
		t.Errorf("%+v", read)
	}
	for _, one := range b.outcomes(b.job(http.MethodDelete, groupsPath+"/"+wanted, nil)) {
		if !one.Success || one.Error != nil {
			t.Errorf("%+v", one)
		}
	}
	if left := b.server.SnapshotGroups(); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	b.job(http.MethodDelete, groupsPath+"/"+wanted, nil).wantStatus(t, http.StatusOK) // gone already
}

func TestSnapshotGroupWithMemory(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	for _, state := range []string{"Running", "Paused"} {
		must(t, b.server.ChangeVM(golden(b), zstacksim.Change{State: &state}))
		created := b.group("memory", "golden", object{"withMemory": true})
		if len(created.VolumeSnapshotRefs) != 3 || created.VolumeSnapshotRefs[2].VolumeType != "Memory" {
			t.Fatalf("%+v", created)
		}
		b.job(http.MethodDelete, groupsPath+"/"+created.UUID, nil).wantStatus(t, http.StatusOK)
		if volumes := b.server.Volumes(); len(volumes) != 3 {
			t.Errorf("the memory is left: %+v", volumes)
		}
	}
}

// TestSnapshotGroupPartialDelete leaves one snapshot: a group without the snapshot of its root volume is none any more.
func TestSnapshotGroupPartialDelete(t *testing.T) {
	t.Parallel()
	for i, volume := range []string{"root", "data"} {
		t.Run(volume, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, zstacksim.Options{})
			created := b.group("g", "golden", nil)
			stuck := created.VolumeSnapshotRefs[i].VolumeSnapshotUUID
			must(t, b.server.FailSnapshotDeletes(true, stuck))
			results := b.outcomes(b.job(http.MethodDelete, groupsPath+"/"+created.UUID, nil))
			if len(results) != 2 || !results[1-i].Success || results[i].Success || results[i].SnapshotUUID != stuck || results[i].Error.Code != "SYS.1006" {
				t.Fatalf("%+v", results)
			}
			left := read[bundle](b, groupsPath+"/"+created.UUID)
			if i == 0 && (len(left) != 1 || left[0].VolumeSnapshotRefs[0].SnapshotDeleted || !left[0].VolumeSnapshotRefs[1].SnapshotDeleted) || i == 1 && len(left) != 0 {
				t.Errorf("%+v", left)
			}
			must(t, b.server.FailSnapshotDeletes(false, stuck))
			path := groupsPath + "/" + created.UUID
			if i == 1 {
				path = "/v1/volume-snapshots/" + stuck
			}
			b.job(http.MethodDelete, path, nil).wantStatus(t, http.StatusOK)
			if snapshots := read[struct{}](b, "/v1/volume-snapshots"); len(snapshots) != 0 || len(b.server.SnapshotGroups()) != 0 {
				t.Errorf("%+v", snapshots)
			}
		})
	}
}

func TestRevert(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	created := b.group("g", "golden", nil)
	b.act(golden(b), "stopVmInstance", nil).wantStatus(t, http.StatusOK)
	revert := func() []outcome {
		return b.outcomes(b.job(http.MethodPut, groupsPath+"/"+created.UUID+"/actions", object{"revertVmFromSnapshotGroup": object{}}))
	}
	if results := revert(); len(results) != 2 || !results[0].Success || !results[1].Success {
		t.Errorf("%+v", results)
	}
	reverted := 0
	for _, volume := range b.server.Volumes() {
		for _, ref := range created.VolumeSnapshotRefs {
			if volume.UUID == ref.VolumeUUID && volume.RevertedToUUID == ref.VolumeSnapshotUUID {
				reverted++
			}
		}
	}
	if reverted != 2 {
		t.Errorf("%d volumes are reverted", reverted)
	}

	must(t, b.server.ChangeVM(golden(b), zstacksim.Change{State: new("Paused")}))
	for _, result := range revert() {
		if result.Success || result.Error.Code != "SYS.1006" {
			t.Errorf("reverted while the VM is paused: %+v", result)
		}
	}
	must(t, b.server.ChangeVM(golden(b), zstacksim.Change{State: new("Stopped")}))
	must(t, b.server.DeleteSnapshot(created.VolumeSnapshotRefs[1].VolumeSnapshotUUID))
	for _, volume := range b.server.Volumes() {
		if volume.Type == "Data" && volume.RevertedToUUID != "" {
			t.Errorf("reverted to a snapshot that is gone: %+v", volume)
		}
	}
}

// TestSnapshotsOfGoneVolumes removes volumes that have snapshots.
func TestSnapshotsOfGoneVolumes(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{DeletionPolicy: zstacksim.DeletionDirect})
	created := b.group("g", "golden", nil)
	data := b.vm("golden").DataVolumeUUIDs[0]
	b.job(http.MethodDelete, "/v1/vm-instances/"+golden(b), nil).wantStatus(t, http.StatusOK)
	left := read[struct{ UUID, VolumeUUID, GroupUUID string }](b, "/v1/volume-snapshots")
	if len(b.server.SnapshotGroups()) != 0 || len(left) != 1 || left[0].VolumeUUID != data || left[0].GroupUUID != "" {
		t.Fatalf("%s: %+v, %+v", created.UUID, b.server.SnapshotGroups(), left)
	}
	b.job(http.MethodDelete, "/v1/volumes/"+data, nil).wantStatus(t, http.StatusOK)
	if left := read[struct{}](b, "/v1/volume-snapshots"); len(left) != 0 {
		t.Errorf("%s: %+v", created.UUID, left)
	}
}

func TestVolumeSnapshot(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	data := dataOf(b)
	const wanted = "0123456789ab4def8123456789abcdef"
	b.job(http.MethodPost, "/v1/volumes/"+data+"/volume-snapshots", object{"params": object{"name": "s", "resourceUuid": wanted}}).
		wantStatus(t, http.StatusOK)
	type snapshot struct{ UUID, Name, VolumeUUID, VolumeType, Status, PrimaryStorageUUID string }
	got := read[snapshot](b, "/v1/volume-snapshots/"+wanted)
	if !slices.Equal(got, []snapshot{{wanted, "s", data, "Data", "Ready", b.id("primary_storage", "storage-1")}}) {
		t.Errorf("%+v", got)
	}
	b.job(http.MethodDelete, "/v1/volume-snapshots/"+wanted, nil).wantStatus(t, http.StatusOK)
	if left := read[snapshot](b, "/v1/volume-snapshots"); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}
