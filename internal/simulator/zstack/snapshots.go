package zstack

import (
	"net/http"
	"slices"
)

func snapshotOperations() []operation {
	return []operation{
		{
			name: "CreateVolumeSnapshot", method: http.MethodPost, path: "/v1/volumes/{uuid}/volume-snapshots", action: "params",
			begin: beginSnapshot,
		},
		{name: "DeleteVolumeSnapshot", method: http.MethodDelete, path: "/v1/volume-snapshots/{uuid}", begin: beginDeleteSnapshot},
	}
}

// snapshotParams are what the makings of snapshots and of groups have in common.
type snapshotParams struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func (p snapshotParams) check() *errorCode { return checkNaming(&p.Name, &p.Description) }

func beginSnapshot(c *call) (effect, *errorCode) {
	w := c.server.world
	var params snapshotParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	check := func() (*volume, string, *errorCode) {
		of, failure := w.volumes.find("Volume", c.values["uuid"])
		if failure != nil {
			return nil, "", failure
		}
		if failure := params.check(); failure != nil {
			return nil, "", failure
		}
		uuid, failure := w.chosenUUID(c)
		if failure != nil {
			return nil, "", failure
		}

		return of, uuid, w.checkSnapshot(of)
	}
	if _, _, failure := check(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		of, uuid, failure := check()
		if failure != nil {
			return nil, failure
		}
		taken := w.takeSnapshot(of, uuid, params)

		return map[string]any{"inventory": w.snapshotRecord(taken)}, nil
	}, nil
}

// checkSnapshot refuses a snapshot of a volume that is not ready or has no room for it.
func (w *world) checkSnapshot(of *volume) *errorCode {
	if of.status != statusReady || of.state != stateEnabled {
		return newError(codeOperationFailed, "volume[uuid:%s] is %s and in status %s, can't create snapshot", of.uuid, of.state, of.status)
	}

	return w.checkRoom(of.storage, of.actual)
}

// takeSnapshot makes a snapshot. It takes as many bytes as the volume has in use.
func (w *world) takeSnapshot(of *volume, uuid string, params snapshotParams) *snapshot {
	taken := &snapshot{resource: w.newResource(params.Name), volume: of, storage: of.storage, size: of.actual}
	taken.uuid, taken.description = uuid, params.Description

	return w.snapshots.add(taken)
}

func beginDeleteSnapshot(c *call) (effect, *errorCode) {
	w := c.server.world
	if failure := c.checkDeleteMode(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		one, ok := w.snapshots.get(c.values["uuid"])
		if !ok {
			return nothing()
		}
		if one.stuck {
			return nil, stuckSnapshot(one)
		}
		w.removeSnapshot(one)

		return map[string]any{}, nil
	}, nil
}

func stuckSnapshot(one *snapshot) *errorCode {
	return newError(codeOperationFailed, "snapshot[uuid:%s] cannot be deleted from primary storage[uuid:%s]", one.uuid, one.storage.uuid)
}

// removeSnapshot makes an end of a snapshot. Its group remembers it as deleted, and ends with the last one. The memory
// ends with its snapshot.
func (w *world) removeSnapshot(one *snapshot) {
	if !w.snapshots.has(one) {
		return
	}
	w.snapshots.remove(one)
	w.dropTags(one.uuid)
	if one.volume.snapshot == one {
		one.volume.snapshot = nil
	}
	if one.volume.kind == memoryVolume {
		w.removeVolume(one.volume)
	}
	if one.group == nil {
		return
	}
	for _, ref := range one.group.refs {
		if ref.snapshot == one {
			ref.deleted, ref.changed = true, w.now()
		}
	}
	if one.group.spent() {
		w.removeBundle(one.group)
	}
}

// spent reports whether none of a group's snapshots is left.
func (g *snapshotGroup) spent() bool {
	return !slices.ContainsFunc(g.refs, func(ref *snapshotRef) bool { return !ref.deleted })
}

func (w *world) removeBundle(g *snapshotGroup) {
	w.bundles.remove(g)
	w.dropTags(g.uuid)
}
