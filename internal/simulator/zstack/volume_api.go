package zstack

import "net/http"

// volumeAPI is the API of data volumes.
type volumeAPI struct {
	infra     *infrastructure
	tags      *tagStore
	volumes   *volumeStore
	snapshots *snapshotStore
	space     *space
	catalog   *catalog
	bin       *recycleBin
}

func (a volumeAPI) operations() []operation {
	return []operation{
		{name: "CreateDataVolume", method: http.MethodPost, path: "/v1/volumes/data", action: "params", begin: a.create},
		{name: "DeleteDataVolume", method: http.MethodDelete, path: "/v1/volumes/{uuid}", begin: a.delete},
		a.action("ExpungeDataVolume", "expungeDataVolume", a.snapshots.removeVolume),
		a.action("RecoverDataVolume", "recoverDataVolume", a.bin.recoverVolume),
	}
}

// delete is DeleteDataVolume. An attached volume is detached first.
func (a volumeAPI) delete(c *call) (effect, *errorCode) {
	if failure := c.checkDeleteMode(); failure != nil {
		return nil, failure
	}
	one, ok := a.volumes.get(c.values["uuid"])
	if !ok {
		return c.nothing, nil
	}
	check := func() *errorCode {
		if one.kind != dataVolume {
			return newError(codeInvalidArgument, "volume[uuid:%s, type:%s] can't be deleted", one.uuid, one.kind)
		}
		if one.status == statusDeleted {
			return newError(codeOperationFailed, "volume[uuid:%s] is already in status of deleted", one.uuid)
		}

		return nil
	}
	if failure := check(); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if !a.volumes.has(one) {
			return c.nothing()
		}
		if failure := check(); failure != nil {
			return nil, failure
		}
		a.bin.deleteVolume(one)

		return map[string]any{}, nil
	}, nil
}

// action is an action on a data volume in the recycle bin.
func (a volumeAPI) action(name, key string, act func(*volume)) operation {
	begin := func(c *call) (effect, *errorCode) {
		check := func() (*volume, *errorCode) {
			one, failure := a.volumes.find("Volume", c.values["uuid"])
			if failure != nil {
				return nil, failure
			}
			if one.status != statusDeleted {
				return nil, newError(codeOperationFailed, "the volume[uuid:%s] is in status of %s, it must be Deleted", one.uuid, one.status)
			}

			return one, nil
		}
		if _, failure := check(); failure != nil {
			return nil, failure
		}

		return func() (any, *errorCode) {
			one, failure := check()
			if failure != nil {
				return nil, failure
			}
			act(one)
			if !a.volumes.has(one) {
				return map[string]any{}, nil
			}

			return map[string]any{"inventory": volumeRecord(one)}, nil
		}, nil
	}

	return operation{name: name, method: http.MethodPut, path: "/v1/volumes/{uuid}/actions", action: key, begin: begin}
}
