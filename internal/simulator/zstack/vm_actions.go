package zstack

import "net/http"

// vmAction is an operation on one VM, which must exist.
func vmAction(name, key string, begin func(*call, *vm) (effect, *errorCode)) operation {
	return operation{
		name: name, method: http.MethodPut, path: "/v1/vm-instances/{uuid}/actions", action: key,
		begin: func(c *call) (effect, *errorCode) {
			v, failure := c.server.world.vms.find("VmInstance", c.values["uuid"])
			if failure != nil {
				return nil, failure
			}

			return begin(c, v)
		},
	}
}

func vmOperations() []operation {
	return append(powerOperations(),
		cloneOperation(),
		vmAction("UpdateVmInstance", "updateVmInstance", beginUpdate),
		vmAction("RecoverVmInstance", "recoverVmInstance", beginRecover),
		vmAction("ExpungeVmInstance", "expungeVmInstance", beginExpunge),
		operation{name: "DestroyVmInstance", method: http.MethodDelete, path: "/v1/vm-instances/{uuid}", begin: beginDestroy},
	)
}

func (w *world) vmAnswer(v *vm) any { return map[string]any{"inventory": w.vmRecord(v)} }

// vmUpdate are the parameters of UpdateVmInstance. What is nil stays.
type vmUpdate struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	CPUNum      *int64  `json:"cpuNum"`
	MemorySize  *int64  `json:"memorySize"`
}

func beginUpdate(c *call, v *vm) (effect, *errorCode) {
	w := c.server.world
	var params vmUpdate
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if failure := params.check(v); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if !w.vms.has(v) {
			return nil, newError(codeNotFound, "VmInstance[uuid:%s] is not found", v.uuid)
		}
		if failure := params.check(v); failure != nil {
			return nil, failure // it may have been started meanwhile
		}
		w.rename(&v.resource, params.Name, params.Description)
		if params.CPUNum != nil {
			v.cpus = *params.CPUNum
		}
		if params.MemorySize != nil {
			v.memory = *params.MemorySize
		}

		return w.vmAnswer(v), nil
	}, nil
}

// check refuses what cannot be: CPUs and memory change only while the VM is off.
func (u vmUpdate) check(v *vm) *errorCode {
	if failure := checkNaming(u.Name, u.Description); failure != nil {
		return failure
	}
	if u.CPUNum == nil && u.MemorySize == nil {
		return nil
	}
	if u.CPUNum != nil && *u.CPUNum < 1 || u.MemorySize != nil && *u.MemorySize < 1 {
		return newError(codeInvalidArgument, "cpuNum and memorySize must be at least 1")
	}
	switch v.state {
	case vmStopped:
		return nil
	case vmRunning:
		return newError(codeInvalidArgument, "the VM cannot do online cpu/memory update, please stop it first")
	default:
		return newError(codeOperationFailed, "the state of vm[uuid:%s] is %s, only [Running, Stopped] are allowed to update cpu or memory", v.uuid, v.state)
	}
}
