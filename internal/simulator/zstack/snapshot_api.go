package zstack

import "net/http"

// snapshotAPI is the API of single snapshots.
type snapshotAPI struct {
	volumes   *volumeStore
	snapshots *snapshotStore
	space     *space
	catalog   *catalog
}

func (a snapshotAPI) operations() []operation {
	return []operation{
		{
			name: "CreateVolumeSnapshot", method: http.MethodPost, path: "/v1/volumes/{uuid}/volume-snapshots", action: "params",
			begin: a.create,
		},
		{name: "DeleteVolumeSnapshot", method: http.MethodDelete, path: "/v1/volume-snapshots/{uuid}", begin: a.delete},
	}
}

// create is CreateVolumeSnapshot. It checks again before the effect, as the volume may have changed.
func (a snapshotAPI) create(c *call) (effect, *errorCode) {
	var params namingParams
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	check := func() (*volume, string, *errorCode) {
		of, failure := a.volumes.find("Volume", c.values["uuid"])
		if failure != nil {
			return nil, "", failure
		}
		if failure := params.check(); failure != nil {
			return nil, "", failure
		}
		uuid, failure := a.catalog.newUUID(c.resourceUUID)
		if failure != nil {
			return nil, "", failure
		}

		return of, uuid, a.space.checkSnapshot(of)
	}
	if _, _, failure := check(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		of, uuid, failure := check()
		if failure != nil {
			return nil, failure
		}
		created := a.snapshots.create(of, uuid, params.Name, params.Description)

		return map[string]any{"inventory": snapshotRecord(created)}, nil
	}, nil
}

// delete is DeleteVolumeSnapshot.
func (a snapshotAPI) delete(c *call) (effect, *errorCode) {
	scope, failure := a.snapshots.scope(c)
	if failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		one, ok := a.snapshots.get(c.values["uuid"])
		if !ok {
			return c.nothing()
		}

		return map[string]any{}, a.snapshots.delete(one, scope)
	}, nil
}

func stuckSnapshot(one *snapshot) *errorCode {
	return newError(codeOperationFailed, "snapshot[uuid:%s] cannot be deleted from primary storage[uuid:%s]", one.uuid, one.storage.uuid)
}
