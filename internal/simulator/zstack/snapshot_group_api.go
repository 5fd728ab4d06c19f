package zstack

import (
	"net/http"
	"slices"
)

const groupPath = "/v1/volume-snapshots/group"

// snapshotGroupAPI is the API of snapshot groups.
type snapshotGroupAPI struct {
	vms       *vmStore
	volumes   *volumeStore
	snapshots *snapshotStore
	space     *space
	catalog   *catalog
}

func (a snapshotGroupAPI) operations() []operation {
	return []operation{
		{name: "CreateVolumeSnapshotGroup", method: http.MethodPost, path: groupPath, action: "params", begin: a.create},
		{name: "DeleteVolumeSnapshotGroup", method: http.MethodDelete, path: groupPath + "/{uuid}", begin: a.delete},
		a.action("UpdateVolumeSnapshotGroup", "updateVolumeSnapshotGroup", a.update),
		{name: "UngroupVolumeSnapshotGroup", method: http.MethodDelete, path: "/v1/volume-snapshots/ungroup/{uuid}", begin: a.ungroup},
	}
}

// action is an operation on one group, which must exist.
func (a snapshotGroupAPI) action(name, key string, begin func(*call, *snapshotGroup) (effect, *errorCode)) operation {
	return operation{
		name: name, method: http.MethodPut, path: groupPath + "/{uuid}/actions", action: key,
		begin: func(c *call) (effect, *errorCode) {
			group, failure := a.snapshots.groups.find("VolumeSnapshotGroup", c.values["uuid"])
			if failure != nil {
				return nil, failure
			}

			return begin(c, group)
		},
	}
}

// groupParams are the parameters of CreateVolumeSnapshotGroup.
type groupParams struct {
	namingParams

	RootVolumeUUID string `json:"rootVolumeUuid"`
	WithMemory     bool   `json:"withMemory"`
}

// create is CreateVolumeSnapshotGroup: it takes a snapshot of all volumes of a VM at once. It checks again before the effect, as
// the VM may have changed.
func (a snapshotGroupAPI) create(c *call) (effect, *errorCode) {
	var params groupParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if _, _, failure := a.check(c, params); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		root, uuid, failure := a.check(c, params)
		if failure != nil {
			return nil, failure
		}

		c.created = append(c.created, params.Name)

		group := a.snapshots.createGroup(root.vm, uuid, params.Name, params.Description, params.WithMemory)

		return map[string]any{"inventory": groupOfSnapshotsRecord(group)}, nil
	}, nil
}

// check returns the root volume of the VM and the uuid of the new group.
func (a snapshotGroupAPI) check(c *call, params groupParams) (*volume, string, *errorCode) {
	if failure := params.check(); failure != nil {
		return nil, "", failure
	}
	root, failure := a.volumes.find("Volume", params.RootVolumeUUID)
	if failure != nil {
		return nil, "", failure
	}
	if root.kind != rootVolume || root.vm == nil {
		return nil, "", newError(codeInvalidArgument, "volume[uuid:%s] is not root volume", root.uuid)
	}
	uuid, failure := a.catalog.newUUID(c.resourceUUID)
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
		if failure := a.space.checkSnapshot(one); failure != nil {
			return nil, "", failure
		}
	}

	return root, uuid, nil
}

// update is UpdateVolumeSnapshotGroup. The snapshots keep their names.
func (a snapshotGroupAPI) update(c *call, group *snapshotGroup) (effect, *errorCode) {
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
		if !a.snapshots.groups.has(group) {
			return nil, newError(codeNotFound, "VolumeSnapshotGroup[uuid:%s] is not found", group.uuid)
		}
		group.rename(params.Name, params.Description, a.snapshots.clock())

		return map[string]any{"inventory": groupOfSnapshotsRecord(group)}, nil
	}, nil
}

// delete is DeleteVolumeSnapshotGroup. Each snapshot is deleted on its own, so that the call can succeed in part.
func (a snapshotGroupAPI) delete(c *call) (effect, *errorCode) {
	scope, failure := a.snapshots.scope(c)
	if failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		group, ok := a.snapshots.groups.get(c.values["uuid"])
		if !ok {
			return c.nothing()
		}

		return results(group.refs, func(ref *snapshotRef) *errorCode {
			if ref.deleted {
				return nil
			}

			return a.snapshots.delete(ref.snapshot, scope)
		}), nil
	}, nil
}

// ungroup is UngroupVolumeSnapshotGroup: the group goes, and its snapshots stay as single ones.
func (a snapshotGroupAPI) ungroup(c *call) (effect, *errorCode) {
	return func() (any, *errorCode) {
		group, ok := a.snapshots.groups.get(c.values["uuid"])
		if !ok {
			return c.nothing()
		}
		a.snapshots.removeGroup(group)

		return map[string]any{}, nil
	}, nil
}

// results calls act for snapshots of a group and lists the outcomes.
func results(refs []*snapshotRef, act func(*snapshotRef) *errorCode) any {
	all := []any{}
	for _, ref := range slices.Clone(refs) {
		result := map[string]any{"snapshotUuid": ref.snapshot.uuid, "volumeUuid": ref.snapshot.volume.uuid, "success": true}
		if failure := act(ref); failure != nil {
			result["success"], result["error"] = false, failure
		}
		all = append(all, result)
	}

	return map[string]any{"results": all}
}
