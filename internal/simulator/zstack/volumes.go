package zstack

import "net/http"

func volumeOperations() []operation {
	return []operation{
		{name: "DeleteDataVolume", method: http.MethodDelete, path: "/v1/volumes/{uuid}", begin: beginDeleteVolume},
		volumeAction("ExpungeDataVolume", "expungeDataVolume", (*world).removeVolume),
		volumeAction("RecoverDataVolume", "recoverDataVolume", (*world).recoverVolume),
	}
}

func (w *world) recoverVolume(one *volume) { one.status, one.changed = statusReady, w.now() }

// beginDeleteVolume deletes a data volume. One that is attached is detached first.
func beginDeleteVolume(c *call) (effect, *errorCode) {
	w := c.server.world
	if failure := c.checkDeleteMode(); failure != nil {
		return nil, failure
	}
	one, ok := w.volumes.get(c.values["uuid"])
	if !ok {
		return nothing, nil
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
		if !w.volumes.has(one) {
			return nothing()
		}
		if failure := check(); failure != nil {
			return nil, failure
		}
		w.trashVolume(one)

		return map[string]any{}, nil
	}, nil
}

// volumeAction is an action on a data volume that is in the recycle bin.
func volumeAction(name, key string, act func(*world, *volume)) operation {
	begin := func(c *call) (effect, *errorCode) {
		w := c.server.world
		check := func() (*volume, *errorCode) {
			one, failure := w.volumes.find("Volume", c.values["uuid"])
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
			act(w, one)
			if !w.volumes.has(one) {
				return map[string]any{}, nil
			}

			return map[string]any{"inventory": w.volumeRecord(one)}, nil
		}, nil
	}

	return operation{name: name, method: http.MethodPut, path: "/v1/volumes/{uuid}/actions", action: key, begin: begin}
}
