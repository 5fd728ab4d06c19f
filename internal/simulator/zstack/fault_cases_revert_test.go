package zstack_test

import (
	"net/http"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// revertFaults are the errors of the actions on an existing group.
func revertFaults() []faultCase {
	action := func(key string, params object) func(*bench, string) reply {
		return sends(http.MethodPut, groupsPath+"/{uuid}/actions", func(string) any { return object{key: orEmpty(params)} })
	}
	grouped := func(b *bench) string { return b.group("g", "golden", nil).UUID }
	const update, revert = "UpdateVolumeSnapshotGroup", "RevertVmFromSnapshotGroup"

	return []faultCase{
		{method: update, code: "SYS.1003", condition: "the group does not exist", arrange: gone, act: action("updateVolumeSnapshotGroup", nil)},
		{
			method: update, code: "SYS.1007", condition: "an empty name", arrange: grouped,
			act: action("updateVolumeSnapshotGroup", object{"name": ""}),
		},
		{
			method: update, code: "SYS.1007", condition: "a description of more than 2048 characters", arrange: grouped,
			act: action("updateVolumeSnapshotGroup", object{"description": long(2049)}),
		},
		{method: revert, code: "SYS.1003", condition: "the group does not exist", arrange: gone, act: action("revertVmFromSnapshotGroup", nil)},
		{
			method: revert, code: "SYS.1007", condition: "the group has the memory, and the VM is running",
			arrange: func(b *bench) string { return b.group("g", "golden", object{"withMemory": true}).UUID },
			act:     action("revertVmFromSnapshotGroup", nil),
		},
		{
			method: revert, code: "SYS.1006", condition: "a volume is detached",
			arrange: func(b *bench) string {
				uuid := grouped(b)
				must(b.t, b.server.ChangeVM(golden(b), zstacksim.Change{State: new("Stopped"), DetachVolumes: new(true)}))

				return uuid
			},
			act: action("revertVmFromSnapshotGroup", nil),
		},
		{
			method: revert, code: "SYS.1003", condition: "the VM is gone, and its data volume's snapshot is left",
			arrange: func(b *bench) string {
				uuid := grouped(b)
				must(b.t, b.server.RemoveVM(golden(b)))

				return uuid
			},
			act: action("revertVmFromSnapshotGroup", nil),
		},
	}
}

// volumeRevertFaults are the errors of RevertVolumeFromSnapshot.
func volumeRevertFaults() []faultCase {
	revert := sends(http.MethodPut, "/v1/volume-snapshots/{uuid}/actions", func(string) any { return object{"revertVolumeFromSnapshot": object{}} })
	taken := func(b *bench) string { return b.group("g", "golden", nil).VolumeSnapshotRefs[1].VolumeSnapshotUUID }

	return []faultCase{
		{method: "RevertVolumeFromSnapshot", code: "SYS.1003", condition: "the snapshot does not exist", arrange: gone, act: revert},
		{method: "RevertVolumeFromSnapshot", code: "SYS.1006", condition: "the volume's VM is running", arrange: taken, act: revert},
		{
			method: "RevertVolumeFromSnapshot", code: "SYS.1006", condition: "the volume is Deleted", act: revert,
			arrange: func(b *bench) string {
				uuid := taken(b)
				must(b.t, b.server.ChangeVM(golden(b), zstacksim.Change{State: new("Stopped")}))
				trashed(b)

				return uuid
			},
		},
	}
}
