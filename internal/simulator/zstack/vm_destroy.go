package zstack

import "slices"

var deleteModes = []string{"", "Permissive", "Enforcing"}

// checkDeleteMode checks the parameter that every deletion takes.
func (c *call) checkDeleteMode() *errorCode {
	if mode := c.query.Get("deleteMode"); !slices.Contains(deleteModes, mode) {
		return newError(codeInvalidArgument, "field[deleteMode] cannot be %q, valid values are [Permissive, Enforcing]", mode)
	}

	return nil
}

// nothing is the effect of a deletion of what is gone already: that is a success.
func nothing() (any, *errorCode) { return map[string]any{}, nil }

func beginDestroy(c *call) (effect, *errorCode) {
	w := c.server.world
	if failure := c.checkDeleteMode(); failure != nil {
		return nil, failure
	}
	v, ok := w.vms.get(c.values["uuid"])
	if !ok {
		return nothing, nil
	}
	if slices.Contains([]vmState{vmDestroyed, vmDestroying, vmExpunging}, v.state) {
		allowed := slices.DeleteFunc(slices.Clone(vmStates), func(s vmState) bool {
			return s == vmDestroyed || s == vmDestroying || s == vmExpunging
		})
		cause := v.requireState("APIDestroyVmInstanceMsg", allowed...)

		return nil, newError(codeVMDestroy, "%s", cause.Details).because(cause)
	}
	before := v.state
	if v.worker != nil {
		before = v.before
	}
	c.work(v, vmDestroying)
	v.before = before // that of a job which this one overtakes

	return func() (any, *errorCode) {
		failure := c.stillMine(v)
		if failure == nil {
			failure = v.reachable()
		}
		if failure != nil {
			return nil, c.giveUp(v, codeVMDestroy, failure)
		}
		w.destroyVM(v)

		return map[string]any{}, nil
	}, nil
}

// destroyVM does what the deletion policy says. Data volumes are detached and kept.
func (w *world) destroyVM(v *vm) {
	if w.policy == DeletionDirect {
		w.removeVM(v)

		return
	}
	w.detachData(v)
	w.settle(v, vmDestroyed)
}

func (w *world) detachData(v *vm) {
	for _, one := range slices.Clone(v.volumes) {
		if one.kind == dataVolume {
			w.detach(one)
		}
	}
}

// beginRecover takes a VM out of the recycle bin. Its data volumes stay detached.
func beginRecover(c *call, v *vm) (effect, *errorCode) {
	w := c.server.world
	if failure := v.requireState("APIRecoverVmInstanceMsg", vmDestroyed); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := w.stillDestroyed(v, "APIRecoverVmInstanceMsg"); failure != nil {
			return nil, failure
		}
		state := vmStopped
		if v.root == nil {
			state = vmCreated
		}
		w.settle(v, state)

		return w.vmAnswer(v), nil
	}, nil
}

// beginExpunge ends a VM in the recycle bin for good.
func beginExpunge(c *call, v *vm) (effect, *errorCode) {
	w := c.server.world
	if failure := v.requireState("APIExpungeVmInstanceMsg", vmDestroyed); failure != nil {
		return nil, failure
	}
	c.work(v, vmExpunging)

	return func() (any, *errorCode) {
		if failure := c.stillMine(v); failure != nil {
			return nil, failure
		}
		w.removeVM(v)

		return map[string]any{}, nil
	}, nil
}

func (w *world) stillDestroyed(v *vm, message string) *errorCode {
	if !w.vms.has(v) {
		return newError(codeNotFound, "VmInstance[uuid:%s] is not found", v.uuid)
	}

	return v.requireState(message, vmDestroyed)
}
