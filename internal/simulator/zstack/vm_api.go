package zstack

import "net/http"

// vmAPI is the API of changes to VMs, and the base of the other APIs of VMs.
type vmAPI struct{ vms *vmStore }

func (a vmAPI) operations() []operation {
	return []operation{a.action("UpdateVmInstance", "updateVmInstance", a.update), {
		name: "GetVmCapabilities", method: http.MethodGet, path: "/v1/vm-instances/{uuid}/capabilities", sync: true, begin: a.capabilities,
	}}
}

// action is an operation on one VM, which must exist.
func (a vmAPI) action(name, key string, begin func(*call, *vm) (effect, *errorCode)) operation {
	return operation{
		name: name, method: http.MethodPut, path: "/v1/vm-instances/{uuid}/actions", action: key,
		begin: func(c *call) (effect, *errorCode) {
			v, failure := a.vms.find("VmInstance", c.values["uuid"])
			if failure != nil {
				return nil, failure
			}

			return begin(c, v)
		},
	}
}

// capabilities is GetVmCapabilities, which unlike a query tells a VM that is missing from one that the account does not see.
func (a vmAPI) capabilities(c *call) (effect, *errorCode) {
	_, failure := a.vms.find("VmInstance", c.values["uuid"])

	return func() (any, *errorCode) {
		return map[string]any{"capabilities": record{"LiveMigration": true, "VolumeMigration": true}}, nil
	}, failure
}

// vmAnswer is the result of an operation on a VM.
func vmAnswer(v *vm) any { return map[string]any{"inventory": vmRecord(v)} }

// vmUpdate are the parameters of UpdateVmInstance. Nil ones keep the old value.
type vmUpdate struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	CPUNum      *int64  `json:"cpuNum"`
	MemorySize  *int64  `json:"memorySize"`
}

// update is UpdateVmInstance.
func (a vmAPI) update(c *call, v *vm) (effect, *errorCode) {
	var params vmUpdate
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if failure := params.check(v); failure != nil {
		return nil, failure
	}

	return func() (any, *errorCode) {
		if !a.vms.has(v) {
			return nil, newError(codeNotFound, "VmInstance[uuid:%s] is not found", v.uuid)
		}
		if failure := params.check(v); failure != nil {
			return nil, failure // the VM may have been started meanwhile
		}
		v.rename(params.Name, params.Description, a.vms.clock())
		if params.CPUNum != nil {
			v.cpus = *params.CPUNum
		}
		if params.MemorySize != nil {
			v.memory = *params.MemorySize
		}

		return vmAnswer(v), nil
	}, nil
}

// check refuses invalid values. CPUs and memory change only while the VM is off.
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
