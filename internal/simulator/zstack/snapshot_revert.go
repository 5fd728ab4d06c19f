package zstack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// revertAPI is the API that sets volumes back to snapshots, one alone or all of a VM, and that tells whether that is possible.
type revertAPI struct {
	snapshotGroupAPI
}

func (a revertAPI) operations() []operation {
	return []operation{
		a.action("RevertVmFromSnapshotGroup", "revertVmFromSnapshotGroup", a.revertGroup),
		{
			name: "RevertVolumeFromSnapshot", method: http.MethodPut, path: "/v1/volume-snapshots/{uuid}/actions", action: "revertVolumeFromSnapshot",
			begin: a.revertVolume,
		},
		{
			name: "CheckVolumeSnapshotGroupAvailability", method: http.MethodGet, path: "/v1/volume-snapshots/groups/availabilities", sync: true,
			begin: a.availabilities,
		},
	}
}

// revertVolume is RevertVolumeFromSnapshot.
func (a revertAPI) revertVolume(c *call) (effect, *errorCode) {
	check := func() (*snapshot, *errorCode) {
		one, failure := a.snapshots.find("VolumeSnapshot", c.values["uuid"])
		if failure != nil {
			return nil, failure
		}

		return one, one.revertible()
	}
	if _, failure := check(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		one, failure := check()
		if failure != nil {
			return nil, failure
		}
		a.snapshots.revert(one)

		return map[string]any{"inventory": volumeRecord(one.volume)}, nil
	}, nil
}

// revertible refuses to set a volume back while it is in the recycle bin, or attached to a VM that is not stopped.
func (one *snapshot) revertible() *errorCode {
	of := one.volume
	switch {
	case of.status != statusReady:
		return newError(codeOperationFailed, "volume[uuid:%s] can't be set back to snapshot[uuid:%s]: its status is %s", of.uuid, one.uuid, of.status)
	case of.vm != nil && of.vm.state != vmStopped:
		return newError(codeOperationFailed, "volume[uuid:%s] can't be set back to snapshot[uuid:%s]: its vm[uuid:%s] is %s, not Stopped",
			of.uuid, one.uuid, of.vm.uuid, of.vm.state)
	default:
		return nil
	}
}

// revertGroup is RevertVmFromSnapshotGroup. It sets each volume back on its own, so that the call can succeed in part; the memory is left out.
// A group that is not available is refused as a whole.
func (a revertAPI) revertGroup(_ *call, group *snapshotGroup) (effect, *errorCode) {
	check := func() *errorCode {
		if !a.snapshots.groups.has(group) {
			return newError(codeNotFound, "VolumeSnapshotGroup[uuid:%s] is not found", group.uuid)
		}
		if !a.vms.has(group.vm) {
			return newError(codeNotFound, "VmInstance[uuid:%s] is not found", group.vm.uuid)
		}
		if group.withMemory() && slices.Contains([]vmState{vmRunning, vmPaused}, group.vm.state) {
			return newError(codeInvalidArgument, "the group[uuid:%s] has the memory, and its vm[uuid:%s] is %s", group.uuid, group.vm.uuid, group.vm.state)
		}
		if reason := group.obstacles(); reason != "" {
			return newError(codeOperationFailed, "%s", reason)
		}

		return nil
	}
	if failure := check(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := check(); failure != nil {
			return nil, failure
		}

		return results(group.disks(), func(ref *snapshotRef) *errorCode {
			if failure := ref.snapshot.revertible(); failure != nil {
				return failure
			}
			a.snapshots.revert(ref.snapshot)

			return nil
		}), nil
	}, nil
}

// availabilities is CheckVolumeSnapshotGroupAvailability: whether VMs can be reverted to groups, and if not, why.
func (a revertAPI) availabilities(c *call) (effect, *errorCode) {
	uuids := c.query["uuids"]
	if len(uuids) == 0 {
		return nil, newError(codeInvalidArgument, "field[uuids] of message[CheckVolumeSnapshotGroupAvailability] is mandatory, can not be null")
	}
	found := make([]record, len(uuids))
	for i, uuid := range uuids {
		group, failure := a.snapshots.groups.find("VolumeSnapshotGroup", uuid)
		if failure == nil {
			failure = a.catalog.permitUse(c.session, uuid)
		}
		if failure != nil {
			return nil, failure
		}
		reason := group.obstacles()
		found[i] = record{"uuid": uuid, "available": reason == "", "reason": reason}
	}

	return func() (any, *errorCode) { return map[string]any{"results": found}, nil }, nil
}

// withMemory reports whether the memory is part of the group.
func (g *snapshotGroup) withMemory() bool { return len(g.disks()) < len(g.refs) }

// disks returns the group's snapshots but that of the memory.
func (g *snapshotGroup) disks() []*snapshotRef {
	return slices.DeleteFunc(slices.Clone(g.refs), func(ref *snapshotRef) bool { return ref.snapshot.volume.kind == memoryVolume })
}

// obstacles tells why the VM cannot be reverted to the group: snapshots that are deleted, volumes that are detached, and volumes that were
// attached since. It is empty if nothing stands in the way.
func (g *snapshotGroup) obstacles() string {
	var deleted, detached, added []string
	within := map[*volume]bool{}
	for _, ref := range g.disks() {
		of := ref.snapshot.volume
		within[of] = true
		switch {
		case ref.deleted:
			deleted = append(deleted, named(&ref.snapshot.resource))
		case of.vm != g.vm:
			detached = append(detached, named(&of.resource))
		}
	}
	for _, of := range g.vm.volumes {
		if of.kind != memoryVolume && !within[of] {
			added = append(added, named(&of.resource))
		}
	}
	var reasons []string
	for _, one := range []struct {
		text    string
		objects []string
	}{
		{"snapshots %s of the group are deleted", deleted},
		{"volumes %s are no longer attached", detached},
		{"volumes %s were attached after the group was taken", added},
	} {
		if len(one.objects) > 0 {
			reasons = append(reasons, fmt.Sprintf(one.text, strings.Join(one.objects, ", ")))
		}
	}

	return strings.Join(reasons, "\n")
}

func named(r *resource) string { return fmt.Sprintf("[uuid:%s, name:%s]", r.uuid, r.name) }
