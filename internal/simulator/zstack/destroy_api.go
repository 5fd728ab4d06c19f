package zstack

import (
	"net/http"
	"regexp"
	"slices"
)

var deleteModes = []string{"", "Permissive", "Enforcing"}

// checkDeleteMode checks the parameter that every deletion takes.
func (c *call) checkDeleteMode() *errorCode {
	if mode := c.query.Get("deleteMode"); !slices.Contains(deleteModes, mode) {
		return newError(codeInvalidArgument, "field[deleteMode] cannot be %q, valid values are [Permissive, Enforcing]", mode)
	}

	return nil
}

// shaped matches the ids that the platform takes for those of resources that are gone: UUIDs by their version and variant.
var shaped = regexp.MustCompile(`^[0-9a-f]{12}[1-5][0-9a-f]{3}[89ab][0-9a-f]{15}$`)

// nothing is the effect of deleting an object that does not exist: success, unless the id can't have been one's.
func (c *call) nothing() (any, *errorCode) {
	if uuid := c.values["uuid"]; !shaped.MatchString(uuid) {
		return nil, newError(codeNotFound, "invalid field[uuid], resource[uuid:%s] not found", uuid)
	}

	return map[string]any{}, nil
}

// destroyAPI is the API of destroying VMs and of the recycle bin.
type destroyAPI struct {
	vmAPI

	bin *recycleBin
}

func (a destroyAPI) operations() []operation {
	return []operation{
		a.action("RecoverVmInstance", "recoverVmInstance", a.recover),
		a.action("ExpungeVmInstance", "expungeVmInstance", a.expunge),
		{name: "DestroyVmInstance", method: http.MethodDelete, path: "/v1/vm-instances/{uuid}", begin: a.destroy},
	}
}

// destroy is DestroyVmInstance. It overtakes a job that works on the VM.
func (a destroyAPI) destroy(c *call) (effect, *errorCode) {
	if failure := c.checkDeleteMode(); failure != nil {
		return nil, failure
	}
	v, ok := a.vms.get(c.values["uuid"])
	if !ok {
		return c.nothing, nil
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
	c.undo = a.vms.begin(c, v, vmDestroying)
	v.before = before // the state before the overtaken job

	return func() (any, *errorCode) {
		failure := a.vms.checkWorker(c, v)
		if failure == nil {
			failure = v.reachable()
		}
		if failure != nil {
			return nil, a.vms.fail(c, v, codeVMDestroy, failure)
		}
		a.bin.deleteVM(v)

		return map[string]any{}, nil
	}, nil
}

// recover is RecoverVmInstance.
func (a destroyAPI) recover(_ *call, v *vm) (effect, *errorCode) {
	if failure := v.requireState("APIRecoverVmInstanceMsg", vmDestroyed); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if failure := a.vms.checkDestroyed(v, "APIRecoverVmInstanceMsg"); failure != nil {
			return nil, failure
		}
		a.bin.recoverVM(v)

		return vmAnswer(v), nil
	}, nil
}

// expunge is ExpungeVmInstance: it removes a VM from the recycle bin.
func (a destroyAPI) expunge(c *call, v *vm) (effect, *errorCode) {
	if failure := v.requireState("APIExpungeVmInstanceMsg", vmDestroyed); failure != nil {
		return nil, failure
	}
	c.undo = a.vms.begin(c, v, vmExpunging)

	return func() (any, *errorCode) {
		if failure := a.vms.checkWorker(c, v); failure != nil {
			return nil, failure
		}
		a.vms.remove(v)

		return map[string]any{}, nil
	}, nil
}
