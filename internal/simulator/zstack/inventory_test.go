package zstack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestInventory reads the initial inventory.
func TestInventory(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 2})
	type named struct {
		UUID, Name, State, Status, ZoneUUID, ClusterUUID, CreateDate string
		AttachedClusterUUIDs                                         []string
	}
	for _, test := range []struct {
		path, kind string
		want       []string
	}{
		{"/v1/zones", "zone", []string{"zone-1"}},
		{"/v1/clusters", "cluster", []string{"cluster-1", "cluster-2"}},
		{"/v1/hosts", "host", []string{"host-1", "host-2", "host-3", "host-4", "host-5", "host-6"}},
		{"/v1/images", "image", []string{"image-1", "router-image"}},
		{"/v1/instance-offerings", "instance_offering", []string{"small", "medium", "router-offering"}},
		{"/v1/disk-offerings", "disk_offering", []string{"disk-20g"}},
		{"/v1/backup-storage", "backup_storage", []string{"backup-1"}},
		{"/v1/l3-networks", "l3_network", []string{"net-1"}},
		{"/v1/primary-storage", "primary_storage", []string{"storage-1", "storage-2", "storage-3"}},
		{"/v1/affinity-groups", "affinity_group", []string{"spread"}},
		{"/v1/vm-instances", "vm", []string{"golden", "golden-stopped", "vm-0", "vm-1"}},
		{"/v1/volumes", "volume", []string{
			"Root-Volume-For-VM-" + golden(b), "data-1", "Root-Volume-For-VM-" + stoppedVM(b),
			"Root-Volume-For-VM-" + b.vm("vm-0").UUID, "Root-Volume-For-VM-" + b.vm("vm-1").UUID,
		}},
		{groupsPath, "snapshot_group", []string{}},
	} {
		names := []string{}
		for _, one := range read[named](b, test.path) {
			names = append(names, one.Name)
			if b.id(test.kind, one.Name) != one.UUID || one.State == "" || one.CreateDate == "" {
				t.Errorf("%s: %+v", test.path, one)
			}
			if alone := read[named](b, test.path+"/"+one.UUID); len(alone) != 1 || alone[0].Name != one.Name {
				t.Errorf("%s: %+v", test.path, alone)
			}
		}
		if !slices.Equal(names, test.want) {
			t.Errorf("%s: %v, want %v", test.path, names, test.want)
		}
	}
	if got := b.server.ID("nonsense", "zone-1"); got != "" {
		t.Errorf("nonsense has the uuid %s", got)
	}
	for name, state := range map[string]string{"golden": "Running", "golden-stopped": "Stopped", "vm-1": "Running"} {
		if got := b.vm(name); got.State != state || len(got.IPAddresses) != 1 || (len(got.DataVolumeUUIDs) == 1) != (name == "golden") {
			t.Errorf("%+v", got)
		}
	}
}

// TestCapacity reads the free capacity of hosts and storages.
func TestCapacity(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	type left struct {
		AvailableCPUCapacity, AvailableMemoryCapacity, AvailableCapacity int64
	}
	host, storage := b.id("host", "host-5"), b.id("primary_storage", "storage-2")
	before := []left{read[left](b, "/v1/hosts/"+host)[0], read[left](b, "/v1/primary-storage/"+storage)[0]}
	uuid := b.cloneOne("clone", object{"hostUuid": host, "primaryStorageUuidForRootVolume": storage}).UUID
	b.group("g", "clone", nil)
	after := []left{read[left](b, "/v1/hosts/"+host)[0], read[left](b, "/v1/primary-storage/"+storage)[0]}
	want := []left{
		{before[0].AvailableCPUCapacity - 1, before[0].AvailableMemoryCapacity - 1<<30, 0},
		{0, 0, before[1].AvailableCapacity - 10<<30 - 2<<30},
	}
	if !slices.Equal(after, want) {
		t.Errorf("got %+v, want %+v", after, want)
	}
	must(t, b.server.RemoveVM(uuid))
	after = []left{read[left](b, "/v1/hosts/"+host)[0], read[left](b, "/v1/primary-storage/"+storage)[0]}
	if !slices.Equal(after, before) {
		t.Errorf("got %+v, want %+v", after, before)
	}
}

// TestChanges changes the inventory behind the client's back.
func TestChanges(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid, root, host := golden(b), rootOf(b), b.id("host", "host-6")
	must(t, b.server.ChangeVM(uuid, zstacksim.Change{
		Name: new("other"), Description: new("text"), HostUUID: &host, CPUCount: new(int64(4)), MemoryBytes: new(int64(8)),
		SystemTags: &[]string{"vmPriority::High"}, UserTags: &[]string{"web", "blue"}, DetachVolumes: new(true),
	}))
	got := b.vm("other")
	if got.UUID != uuid || got.Description != "text" || got.HostUUID != host || got.ClusterUUID != b.id("cluster", "cluster-2") || got.CPUCount != 4 ||
		got.MemoryBytes != 8 || !slices.Equal(got.SystemTags, []string{"vmPriority::High"}) || !slices.Equal(got.UserTags, []string{"web", "blue"}) ||
		len(got.DataVolumeUUIDs) != 0 {
		t.Errorf("%+v", got)
	}
	must(t, b.server.ChangeVM(uuid, zstacksim.Change{State: new("Stopped"), UserTags: &[]string{"blue"}, ClusterUUID: new(b.id("cluster", "cluster-1"))}))
	got = b.vm("other")
	if got.HostUUID != "" || got.LastHostUUID != host || got.ClusterUUID != b.id("cluster", "cluster-1") || !slices.Equal(got.UserTags, []string{"blue"}) {
		t.Errorf("%+v", got)
	}
	must(t, b.server.ChangeVM(uuid, zstacksim.Change{State: new("Running")}))
	if got = b.vm("other"); got.HostUUID != host {
		t.Errorf("%+v", got)
	}
	data, second := b.id("volume", "data-1"), b.id("vm", "golden-stopped")
	must(t, b.server.ChangeVM(uuid, zstacksim.Change{AttachVolumes: []string{data}}))
	must(t, b.server.ChangeVM(second, zstacksim.Change{AttachVolumes: []string{data}})) // from the other VM
	if first, then := b.vm("other"), b.vm("golden-stopped"); len(first.DataVolumeUUIDs) != 0 || !slices.Equal(then.DataVolumeUUIDs, []string{data}) {
		t.Errorf("%+v %+v", first, then)
	}
	must(t, b.server.DestroyVM(uuid))
	b.wantState(uuid, "Destroyed")

	for _, err := range []error{
		b.server.ChangeVM(uuid, zstacksim.Change{State: new("Sleeping")}),
		b.server.ChangeVM(uuid, zstacksim.Change{HostUUID: new(missing)}),
		b.server.ChangeVM(uuid, zstacksim.Change{ClusterUUID: new(missing)}),
		b.server.ChangeVM(uuid, zstacksim.Change{AttachVolumes: []string{missing}}),
		b.server.ChangeVM(uuid, zstacksim.Change{AttachVolumes: []string{root}}),
		b.server.ChangeVM(missing, zstacksim.Change{}), b.server.DestroyVM(missing), b.server.RemoveVM(missing), b.server.RemoveVolume(missing),
		b.server.ChangeSnapshotGroup(missing, nil, nil), b.server.DeleteSnapshotGroup(missing), b.server.DeleteSnapshot(missing),
		b.server.FailSnapshotDeletes(true, missing), b.server.SetHostCapacity(missing, 1, 1), b.server.SetStorageCapacity(missing, 1),
		b.server.SetAddressCapacity(missing, 1), b.server.ChangeObject(missing, nil, nil, nil),
	} {
		if err == nil {
			t.Error("a change of what is not there, or to what cannot be, succeeds")
		}
	}
}

// TestControlInventory runs the Go methods over HTTP.
func TestControlInventory(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid, group := golden(b), b.group("g", "golden", nil)
	snapshot := group.VolumeSnapshotRefs[0].VolumeSnapshotUUID
	post := func(path string, body object) { b.do(http.MethodPost, path, body).wantStatus(t, http.StatusNoContent) }
	remove := func(path string) { b.do(http.MethodDelete, path, nil).wantStatus(t, http.StatusNoContent) }

	post("/_control/vms/"+uuid, object{"name": "other", "state": "Stopped"})
	post("/_control/snapshot-groups/"+group.UUID, object{"name": "h"})
	post("/_control/snapshots/"+snapshot, object{"fail_deletes": true})
	if results := b.outcomes(b.job(http.MethodDelete, groupsPath+"/"+group.UUID, nil)); results[0].Success || !results[1].Success {
		t.Errorf("%+v", results)
	}
	for path, want := range map[string]string{
		"/_control/vms": `"name":"other"`, "/_control/snapshot-groups": `"name":"h"`, "/_control/volumes": `"name":"data-1"`,
		"/_control/tags/" + uuid: `"inherent":true`, "/_control/id?type=host&name=host-1": b.id("host", "host-1"),
	} {
		if got := b.do(http.MethodGet, path, nil).wantStatus(t, http.StatusOK); !strings.Contains(got.body, want) {
			t.Errorf("%s: %s", path, got)
		}
	}
	remove("/_control/snapshots/" + snapshot)
	again := b.group("again", "other", nil)
	remove("/_control/snapshot-groups/" + again.UUID)
	if left := b.server.SnapshotGroups(); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	post("/_control/hosts/"+b.id("host", "host-1")+"/capacity", object{"cpus": 1, "memory_bytes": 1})
	post("/_control/storages/"+b.id("primary_storage", "storage-1")+"/capacity", object{"bytes": 1})
	post("/_control/networks/"+b.id("l3_network", "net-1")+"/capacity", object{"addresses": 0})
	post("/_control/objects/"+b.id("zone", "zone-1"), object{"name": "zone-2", "state": "Disabled"})
	b.id("zone", "zone-2")
	remove("/_control/volumes/" + b.vm("other").DataVolumeUUIDs[0])
	remove("/_control/vms/" + uuid)
	b.wantState(uuid, "Destroyed")
	remove("/_control/vms/" + uuid + "?remove=true")
	b.do(http.MethodDelete, "/_control/vms/"+uuid, nil).wantStatus(t, http.StatusBadRequest)
	b.do(http.MethodPost, "/_control/objects/"+uuid, object{"nonsense": 1}).wantStatus(t, http.StatusBadRequest)
	if got := fmt.Sprint(len(b.server.VMs())); got != "1" {
		t.Errorf("%s VMs are left", got)
	}
}

// TestQueriesByUUID queries several of many VMs, in all spellings of uuids.
func TestQueriesByUUID(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{VMs: 3})
	first, second := b.vm("vm-0"), b.vm("vm-2")
	both := first.UUID + "," + strings.ToUpper(second.UUID) + "," + missing
	for _, test := range []struct {
		path, conditions string
		want             int
	}{
		{"/v1/vm-instances", "uuid?=" + both, 2},
		{"/v1/vm-instances", "uuid=" + first.UUID, 1},
		{"/v1/vm-instances", "uuid=" + missing, 0},
		{"/v1/vm-instances", "uuid!=" + first.UUID, 4},
		{"/v1/vm-instances", "uuid!?=" + both, 3},
		{"/v1/vm-instances", "uuid?=" + both + "&q=name=vm-2", 1},
		{"/v1/vm-instances", "hostUuid=" + missing + "&q=uuid=" + first.UUID, 0},
		{"/v1/volumes", "uuid?=" + first.RootVolumeUUID + "," + second.RootVolumeUUID, 2},
		{"/v1/volumes", "vmInstanceUuid?=" + both, 2},
		{"/v1/system-tags", "resourceUuid?=" + both, 4},
		{"/v1/system-tags", "resourceUuid=" + first.UUID + "&q=inherent=false", 0},
		{"/v1/user-tags", "resourceUuid?=" + both, 0},
	} {
		if got := read[object](b, test.path, test.conditions); len(got) != test.want {
			t.Errorf("%s?q=%s: %d, want %d", test.path, test.conditions, len(got), test.want)
		}
	}
}
