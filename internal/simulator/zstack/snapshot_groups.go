package zstack

import (
	"net/http"
	"slices"
)

const groupPath = "/v1/volume-snapshots/group"

func snapshotGroupOperations() []operation {
	return []operation{
		{name: "CreateVolumeSnapshotGroup", method: http.MethodPost, path: groupPath, action: "params", begin: beginGroup},
		{name: "DeleteVolumeSnapshotGroup", method: http.MethodDelete, path: groupPath + "/{uuid}", begin: beginDeleteGroup},
		groupAction("UpdateVolumeSnapshotGroup", "updateVolumeSnapshotGroup", beginUpdateGroup),
		groupAction("RevertVmFromSnapshotGroup", "revertVmFromSnapshotGroup", beginRevert),
	}
}

func groupAction(name, key string, begin func(*call, *snapshotGroup) (effect, *errorCode)) operation {
	return operation{
		name: name, method: http.MethodPut, path: groupPath + "/{uuid}/actions", action: key,
		begin: func(c *call) (effect, *errorCode) {
			group, failure := c.server.world.bundles.find("VolumeSnapshotGroup", c.values["uuid"])
			if failure != nil {
				return nil, failure
			}

			return begin(c, group)
		},
	}
}

// groupParams are the parameters of CreateVolumeSnapshotGroup.
type groupParams struct {
	snapshotParams

	RootVolumeUUID string `json:"rootVolumeUuid"`
	WithMemory     bool   `json:"withMemory"`
}

// beginGroup checks a call that snapshots all volumes of a VM at once. What others may change meanwhile is checked again
// at the end.
func beginGroup(c *call) (effect, *errorCode) {
	w := c.server.world
	var params groupParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if _, _, failure := w.checkGroup(c, params); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		root, uuid, failure := w.checkGroup(c, params)
		if failure != nil {
			return nil, failure
		}

		c.made = append(c.made, params.Name)

		return map[string]any{"inventory": w.bundleRecord(w.takeGroup(root.vm, uuid, params))}, nil
	}, nil
}

func (w *world) checkGroup(c *call, params groupParams) (*volume, string, *errorCode) {
	if failure := params.check(); failure != nil {
		return nil, "", failure
	}
	root, failure := w.volumes.find("Volume", params.RootVolumeUUID)
	if failure != nil {
		return nil, "", failure
	}
	if root.kind != rootVolume || root.vm == nil {
		return nil, "", newError(codeInvalidArgument, "volume[uuid:%s] is not root volume", root.uuid)
	}
	uuid, failure := w.chosenUUID(c)
	if failure != nil {
		return nil, "", failure
	}
	of := root.vm
	if failure := of.requireState("APICreateVolumeSnapshotGroupMsg", vmRunning, vmPaused, vmStopped); failure != nil {
		return nil, "", failure
	}
	if params.WithMemory && of.state == vmStopped {
		return nil, "", newError(codeInvalidArgument, "Can not take memory snapshot, vm current state[%s], but expect state are [Running, Paused]", of.state)
	}
	for _, one := range of.volumes {
		if one.kind == memoryVolume {
			continue
		}
		if failure := w.checkSnapshot(one); failure != nil {
			return nil, "", failure
		}
	}

	return root, uuid, nil
}

func (w *world) takeGroup(of *vm, uuid string, params groupParams) *snapshotGroup {
	group := &snapshotGroup{resource: w.newResource(params.Name), vm: of}
	group.uuid, group.description = uuid, params.Description
	w.bundles.add(group)
	volumes := slices.DeleteFunc(slices.Clone(of.volumes), func(one *volume) bool { return one.kind == memoryVolume })
	if params.WithMemory {
		memory := w.newVolume(memoryVolume, "memory-of-"+of.name, of.root.storage, of.memory, of.memory)
		w.attach(memory, of)
		volumes = append(volumes, memory)
	}
	for _, one := range volumes {
		taken := w.takeSnapshot(one, newUUID(), params.snapshotParams)
		taken.group = group
		group.refs = append(group.refs, &snapshotRef{snapshot: taken, changed: taken.changed})
	}

	return group
}

// beginUpdateGroup renames a group. Its snapshots keep their names.
func beginUpdateGroup(c *call, group *snapshotGroup) (effect, *errorCode) {
	w := c.server.world
	var params struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if failure := checkNaming(params.Name, params.Description); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if !w.bundles.has(group) {
			return nil, newError(codeNotFound, "VolumeSnapshotGroup[uuid:%s] is not found", group.uuid)
		}
		w.rename(&group.resource, params.Name, params.Description)

		return map[string]any{"inventory": w.bundleRecord(group)}, nil
	}, nil
}

// beginDeleteGroup deletes every snapshot of a group by itself: it can succeed in part. The group stays until its last
// snapshot is gone.
func beginDeleteGroup(c *call) (effect, *errorCode) {
	w := c.server.world
	if failure := c.checkDeleteMode(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		group, ok := w.bundles.get(c.values["uuid"])
		if !ok {
			return nothing()
		}

		return results(group, func(ref *snapshotRef) *errorCode {
			if ref.deleted {
				return nil
			}
			if ref.snapshot.stuck {
				return stuckSnapshot(ref.snapshot)
			}
			w.removeSnapshot(ref.snapshot)

			return nil
		}), nil
	}, nil
}

// results does something to each snapshot of a group and lists what came of it.
func results(group *snapshotGroup, act func(*snapshotRef) *errorCode) any {
	all := []any{}
	for _, ref := range slices.Clone(group.refs) {
		result := map[string]any{"snapshotUuid": ref.snapshot.uuid, "success": true}
		if failure := act(ref); failure != nil {
			result["success"], result["error"] = false, failure
		}
		all = append(all, result)
	}

	return map[string]any{"results": all}
}

// beginRevert brings the volumes of a stopped VM back to what they were.
func beginRevert(c *call, group *snapshotGroup) (effect, *errorCode) {
	w := c.server.world
	check := func() *errorCode {
		if !w.bundles.has(group) {
			return newError(codeNotFound, "VolumeSnapshotGroup[uuid:%s] is not found", group.uuid)
		}
		if !w.vms.has(group.vm) {
			return newError(codeNotFound, "VmInstance[uuid:%s] is not found", group.vm.uuid)
		}

		return group.vm.requireState("APIRevertVmFromSnapshotGroupMsg", vmStopped)
	}
	if failure := check(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := check(); failure != nil {
			return nil, failure
		}

		return results(group, func(ref *snapshotRef) *errorCode {
			if ref.deleted {
				return newError(codeNotFound, "snapshot[uuid:%s] is deleted", ref.snapshot.uuid)
			}
			of := ref.snapshot.volume
			if of.vm != group.vm {
				return newError(codeOperationFailed, "volume[uuid:%s] is no longer attached to vm[uuid:%s]", of.uuid, group.vm.uuid)
			}
			of.snapshot, of.actual, of.changed = ref.snapshot, ref.snapshot.size, w.now()

			return nil
		}), nil
	}, nil
}
