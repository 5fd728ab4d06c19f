package zstack_test

import (
	"net/http"
	"slices"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// label is a tag as the API shows it.
type label struct {
	UUID, Tag, Type, ResourceUUID, ResourceType string
	Inherent                                    bool
}

func (b *bench) tag(path, resourceType, resource, text string) label {
	b.t.Helper()
	var body struct{ Inventory label }
	b.job(http.MethodPost, path, object{"params": object{"resourceType": resourceType, "resourceUuid": resource, "tag": text}}).
		wantStatus(b.t, http.StatusOK).decode(b.t, &body)

	return body.Inventory
}

func TestTags(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	user := b.tag("/v1/user-tags", "VmInstanceVO", uuid, "web")
	system := b.tag("/v1/system-tags", "VmInstanceVO", uuid, "hostname::web-1")
	if user.Type != "User" || system.Type != "System" || system.Inherent || user.Tag != "web" || system.ResourceUUID != uuid {
		t.Errorf("%+v %+v", user, system)
	}
	if again := b.tag("/v1/user-tags", "VmInstanceVO", uuid, "web"); again.UUID != user.UUID {
		t.Errorf("the same tag is created twice: %+v", again)
	}
	found := read[label](b, "/v1/user-tags", "resourceUuid="+uuid)
	if !slices.Equal(found, []label{user}) {
		t.Errorf("%+v", found)
	}
	found = read[label](b, "/v1/system-tags", "resourceUuid="+uuid, "inherent=false")
	if !slices.Equal(found, []label{system}) {
		t.Errorf("%+v", found)
	}
	for _, one := range []label{user, system} {
		b.job(http.MethodDelete, "/v1/tags/"+one.UUID, nil).wantStatus(t, http.StatusOK)
		b.job(http.MethodDelete, "/v1/tags/"+one.UUID, nil).wantStatus(t, http.StatusOK) // gone already
	}
	if vm := b.vm("golden"); len(vm.SystemTags) != 0 || len(vm.UserTags) != 0 {
		t.Errorf("%+v", vm)
	}
	if left := read[label](b, "/v1/system-tags", "resourceUuid="+uuid); len(left) == 0 {
		t.Error("the platform's own tags are gone")
	}
}

// TestSystemTagForms has system tags of every form: a key and a value, a key alone, and several of one key.
func TestSystemTagForms(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid, nic := golden(b), b.id("l3_network", "net-1")
	for _, text := range []string{
		"numa", "additionalQmp", "windows::virtioVolume", "bootOrder::CdRom,HardDisk", "customMac::" + nic + "::fa:00:00:00:00:01",
		"customMac::" + nic + "::fa:00:00:00:00:02", "cleanTraffic::true",
	} {
		if created := b.tag("/v1/system-tags", "VmInstanceVO", uuid, text); created.Tag != text {
			t.Errorf("%+v", created)
		}
	}
	for _, text := range []string{"numa::", "numa::on", "cleanTraffic", "cleanTraffic::maybe", "cleanTraffic::false", "nonsense", "windows::other"} {
		b.job(http.MethodPost, "/v1/system-tags", object{"params": object{
			"resourceType": "VmInstanceVO", "resourceUuid": uuid, "tag": text,
		}}).wantError(t, "SYS.1007")
	}
}

// TestTagsOfEveryType tags resources of every type.
func TestTagsOfEveryType(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	group := b.group("g", "golden", nil)
	for _, one := range []struct{ resourceType, uuid string }{
		{"VmInstanceVO", golden(b)},
		{"VolumeVO", rootOf(b)},
		{"VolumeSnapshotVO", group.VolumeSnapshotRefs[0].VolumeSnapshotUUID},
		{"VolumeSnapshotGroupVO", group.UUID},
		{"ZoneVO", b.id("zone", "zone-1")},
		{"ClusterVO", b.id("cluster", "cluster-1")},
		{"HostVO", b.id("host", "host-1")},
		{"ImageVO", b.id("image", "image-1")},
		{"L3NetworkVO", b.id("l3_network", "net-1")},
		{"PrimaryStorageVO", b.id("primary_storage", "storage-1")},
		{"AffinityGroupVO", b.id("affinity_group", "spread")},
	} {
		if created := b.tag("/v1/user-tags", one.resourceType, one.uuid, "text"); created.ResourceUUID != one.uuid {
			t.Errorf("%+v", created)
		}
	}
	b.job(http.MethodDelete, groupsPath+"/"+group.UUID, nil).wantStatus(t, http.StatusOK)
	if left := read[label](b, "/v1/user-tags"); len(left) != 9 {
		t.Errorf("tags of the group and its snapshot are left: %+v", left)
	}
}

// TestAffinityByTag checks that a tag that is created later keeps two VMs apart.
func TestAffinityByTag(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	spread := "affinityGroupUuid::" + b.id("affinity_group", "spread")
	first, second := golden(b), stoppedVM(b)
	b.tag("/v1/system-tags", "VmInstanceVO", first, spread)
	created := b.tag("/v1/system-tags", "VmInstanceVO", second, spread)
	host := b.get(first).HostUUID
	got := b.act(second, "startVmInstance", object{"hostUuid": host}).wantError(t, "VM.1001")
	if got.Cause.Code != "HOST_ALLOCATION.1000" {
		t.Errorf("%+v", got)
	}
	b.job(http.MethodDelete, "/v1/tags/"+created.UUID, nil).wantStatus(t, http.StatusOK)
	b.act(second, "startVmInstance", object{"hostUuid": host}).wantStatus(t, http.StatusOK)
}

// TestTagOvertaken removes the resource of a tag, and the object that the tag names, while the job runs.
func TestTagOvertaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid := golden(b)
	b.server.HoldJobs("CreateUserTag")
	job := b.start(http.MethodPost, "/v1/user-tags", object{"params": object{"resourceType": "VmInstanceVO", "resourceUuid": uuid, "tag": "web"}})
	must(t, b.server.RemoveVM(uuid))
	b.server.ReleaseJobs()
	b.end(job).wantError(t, "SYS.1003")
	if left := b.server.Tags(uuid); len(left) != 0 {
		t.Errorf("%+v", left)
	}
}
