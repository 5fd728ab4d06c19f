package zstack_test

import (
	"maps"
	"net/http"
	"strings"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

const groupsPath = "/v1/volume-snapshots/group"

func allFaults() []faultCase {
	var all []faultCase
	for _, part := range [][]faultCase{
		cloneFaults(), vmFaults(), volumeFaults(), snapshotFaults(), groupFaults(), revertFaults(), volumeRevertFaults(), tagFaults(),
		createFaults(), dataVolumeFaults(),
	} {
		all = append(all, part...)
	}

	return all
}

// sends is a call with a path and a body that are built from the uuid of the case's object.
func sends(method, path string, body func(uuid string) any) func(*bench, string) reply {
	return func(b *bench, uuid string) reply {
		var sent any
		if body != nil {
			sent = body(uuid)
		}

		return b.job(method, strings.ReplaceAll(path, "{uuid}", uuid), sent)
	}
}

func rootOf(b *bench) string { return b.vm("golden").RootVolumeUUID }
func dataOf(b *bench) string { return b.vm("golden").DataVolumeUUIDs[0] }

// trashed deletes the data volume of golden.
func trashed(b *bench) string {
	uuid := dataOf(b)
	b.job(http.MethodDelete, "/v1/volumes/"+uuid, nil).wantStatus(b.t, http.StatusOK)

	return uuid
}

func volumeFaults() []faultCase {
	action := func(key string) func(*bench, string) reply {
		return sends(http.MethodPut, "/v1/volumes/{uuid}/actions", func(string) any { return object{key: object{}} })
	}
	remove := sends(http.MethodDelete, "/v1/volumes/{uuid}", nil)

	return []faultCase{
		{method: "DeleteDataVolume", code: "SYS.1007", condition: "a root volume", arrange: rootOf, act: remove},
		{method: "DeleteDataVolume", code: "SYS.1006", condition: "the volume is Deleted", arrange: trashed, act: remove},
		{
			method: "DeleteDataVolume", code: "SYS.1007", condition: "a deleteMode that is neither Permissive nor Enforcing", arrange: dataOf,
			act: sends(http.MethodDelete, "/v1/volumes/{uuid}?deleteMode=Maybe", nil),
		},
		{method: "ExpungeDataVolume", code: "SYS.1003", condition: "the volume does not exist", arrange: gone, act: action("expungeDataVolume")},
		{method: "ExpungeDataVolume", code: "SYS.1006", condition: "the volume is not Deleted", arrange: dataOf, act: action("expungeDataVolume")},
		{method: "RecoverDataVolume", code: "SYS.1003", condition: "the volume does not exist", arrange: gone, act: action("recoverDataVolume")},
		{method: "RecoverDataVolume", code: "SYS.1006", condition: "the volume is not Deleted", arrange: dataOf, act: action("recoverDataVolume")},
	}
}

func snapshotFaults() []faultCase {
	const method = "CreateVolumeSnapshot"
	take := func(params object) func(*bench, string) reply {
		return sends(http.MethodPost, "/v1/volumes/{uuid}/volume-snapshots", func(string) any { return object{"params": params} })
	}

	return []faultCase{
		{method: method, code: "SYS.1003", condition: "the volume does not exist", arrange: gone, act: take(object{"name": "s"})},
		{method: method, code: "SYS.1006", condition: "the volume is Deleted", arrange: trashed, act: take(object{"name": "s"})},
		{method: method, code: "SYS.1007", condition: "no name", arrange: dataOf, act: take(object{})},
		{
			method: method, code: "SYS.1007", condition: "a malformed resourceUuid", arrange: dataOf,
			act: take(object{"name": "s", "resourceUuid": "s"}),
		},
		{
			method: method, code: "PS.1000", condition: "the primary storage has no room",
			arrange: func(b *bench) string {
				fullStorages(b)

				return dataOf(b)
			},
			act: take(object{"name": "s"}),
		},
		{
			method: "DeleteVolumeSnapshot", code: "SYS.1006", condition: "the primary storage does not delete it", arrange: stuckSnapshot,
			act: sends(http.MethodDelete, "/v1/volume-snapshots/{uuid}", nil),
		},
		{
			method: "DeleteVolumeSnapshot", code: "SYS.1007", condition: "a deleteMode that is neither Permissive nor Enforcing", arrange: stuckSnapshot,
			act: sends(http.MethodDelete, "/v1/volume-snapshots/{uuid}?deleteMode=Maybe", nil),
		},
	}
}

// stuckSnapshot creates a group of golden and returns its snapshot that cannot be deleted.
func stuckSnapshot(b *bench) string {
	uuid := b.group("g", "golden", nil).VolumeSnapshotRefs[0].VolumeSnapshotUUID
	must(b.t, b.server.FailSnapshotDeletes(true, uuid))

	return uuid
}

func groupFaults() []faultCase {
	const method = "CreateVolumeSnapshotGroup"
	take := func(params object) func(*bench, string) reply {
		return sends(http.MethodPost, groupsPath, func(root string) any {
			body := object{"rootVolumeUuid": root, "name": "g"}
			maps.Copy(body, params)

			return object{"params": body}
		})
	}
	rootIn := func(state string) func(*bench) string {
		return func(b *bench) string {
			root := rootOf(b)
			inState(state)(b)

			return root
		}
	}

	return []faultCase{
		{method: method, code: "SYS.1003", condition: "the volume does not exist", arrange: gone, act: take(nil)},
		{method: method, code: "SYS.1007", condition: "the volume is no root volume", arrange: dataOf, act: take(nil)},
		{method: method, code: "SYS.1007", condition: "no name", arrange: rootOf, act: take(object{"name": ""})},
		{method: method, code: "SYS.1007", condition: "a name of more than 255 characters", arrange: rootOf, act: take(object{"name": long(256)})},
		{
			method: method, code: "SYS.1007", condition: "a description of more than 2048 characters", arrange: rootOf,
			act: take(object{"description": long(2049)}),
		},
		{method: method, code: "SYS.1007", condition: "a malformed resourceUuid", arrange: rootOf, act: take(object{"resourceUuid": "g"})},
		{
			method: method, code: "SYS.1007", condition: "the resourceUuid is taken", arrange: rootOf,
			act: func(b *bench, root string) reply {
				return take(object{"resourceUuid": b.id("zone", "zone-1")})(b, root)
			},
		},
		{
			method: method, code: "SYS.1007", condition: "withMemory of a stopped VM", arrange: rootIn("Stopped"),
			act: take(object{"withMemory": true}),
		},
		{method: method, code: "VM.1010", condition: "the VM is Destroyed", arrange: rootIn("Destroyed"), act: take(nil)},
		{
			method: method, code: "VM.1010", condition: "another job works on the VM",
			arrange: func(b *bench) string {
				busy(b)

				return rootOf(b)
			},
			act: take(nil),
		},
		{
			method: method, code: "PS.1000", condition: "the primary storage has no room",
			arrange: func(b *bench) string {
				fullStorages(b)

				return rootOf(b)
			},
			act: take(nil),
		},
		{
			method: "DeleteVolumeSnapshotGroup", code: "SYS.1007", condition: "a deleteMode that is neither Permissive nor Enforcing",
			arrange: gone, act: sends(http.MethodDelete, groupsPath+"/{uuid}?deleteMode=Maybe", nil),
		},
	}
}

func tagFaults() []faultCase {
	create := func(path, resourceType, text string) func(*bench, string) reply {
		return sends(http.MethodPost, path, func(uuid string) any {
			return object{"params": object{"resourceType": resourceType, "resourceUuid": uuid, "tag": text}}
		})
	}
	inherent := func(b *bench) string {
		for _, tag := range b.server.Tags(golden(b)) {
			if tag.Inherent {
				return tag.UUID
			}
		}
		b.t.Fatal("there is no inherent tag")

		return ""
	}
	grouped := func(b *bench) string {
		uuid := golden(b)
		tags := []string{"vmPriority::High"}
		must(b.t, b.server.ChangeVM(uuid, zstacksim.Change{SystemTags: &tags}))

		return uuid
	}
	const system, user = "/v1/system-tags", "/v1/user-tags"

	return []faultCase{
		{method: "CreateSystemTag", code: "SYS.1003", condition: "the resource does not exist", arrange: gone, act: create(system, "VmInstanceVO", "vmPriority::High")},
		{method: "CreateSystemTag", code: "SYS.1007", condition: "an unknown resource type", arrange: golden, act: create(system, "VmVO", "vmPriority::High")},
		{method: "CreateSystemTag", code: "SYS.1007", condition: "an unknown tag", arrange: golden, act: create(system, "VmInstanceVO", "nonsense")},
		{method: "CreateSystemTag", code: "SYS.1007", condition: "a tag of another resource type", arrange: rootOf, act: create(system, "VolumeVO", "vmPriority::High")},
		{method: "CreateSystemTag", code: "SYS.1007", condition: "a second one of a kind that a VM has one of", arrange: grouped, act: create(system, "VmInstanceVO", "vmPriority::Normal")},
		{method: "CreateSystemTag", code: "SYS.1003", condition: "the affinity group does not exist", arrange: golden, act: create(system, "VmInstanceVO", "affinityGroupUuid::"+missing)},
		{method: "CreateUserTag", code: "SYS.1003", condition: "the resource does not exist", arrange: gone, act: create(user, "VmInstanceVO", "web")},
		{method: "CreateUserTag", code: "SYS.1007", condition: "an unknown resource type", arrange: golden, act: create(user, "", "web")},
		{method: "CreateUserTag", code: "SYS.1007", condition: "an empty tag", arrange: golden, act: create(user, "VmInstanceVO", "")},
		{method: "DeleteTag", code: "SYS.1006", condition: "a tag of the platform's own", arrange: inherent, act: sends(http.MethodDelete, "/v1/tags/{uuid}", nil)},
	}
}
