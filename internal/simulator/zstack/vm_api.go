package zstack

import (
	"net/http"
	"strconv"
)

// vmAPI is the API of changes to VMs, and the base of the other APIs of VMs.
type vmAPI struct{ vms *vmStore }

func (a vmAPI) operations() []operation {
	return []operation{a.action("UpdateVmInstance", "updateVmInstance", a.update), {
		name: "GetVmCapabilities", method: http.MethodGet, path: "/v1/vm-instances/{uuid}/capabilities", sync: true, begin: a.capabilities,
	}, {
		name: "GetResourceConfig", method: http.MethodGet, path: "/v1/resource-configurations/{uuid}/{category}/{name}", sync: true,
		begin: a.configuration,
	}, {
		name: "GetVmGuestToolsInfo", method: http.MethodGet, path: "/v1/vm-instances/{uuid}/guest-tools-infos", sync: true, begin: a.guestTools,
	}}
}

// guestToolsVersion is the version of the guest tools in every VM.
const guestToolsVersion = "1.1.0"

// guestTools is GetVmGuestToolsInfo: every guest has the tools, which are in the state of their VM.
func (a vmAPI) guestTools(c *call) (effect, *errorCode) {
	v, failure := a.vms.find("VmInstance", c.values["uuid"])

	return func() (any, *errorCode) {
		return map[string]any{"version": guestToolsVersion, "status": string(v.state)}, nil
	}, failure
}

// configuration is GetResourceConfig, of which there is one: whether CPUs and memory of a VM may grow while it runs.
func (a vmAPI) configuration(c *call) (effect, *errorCode) {
	if c.values["category"] != "vm" || c.values["name"] != "numa" {
		return nil, newError(codeInvalidArgument, "no global config[category:%s, name:%s] found", c.values["category"], c.values["name"])
	}
	v, failure := a.vms.find("VmInstance", c.values["uuid"])

	return func() (any, *errorCode) {
		return map[string]any{"value": strconv.FormatBool(v.hotPlug), "effectiveConfigs": []any{}}, nil
	}, failure
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

// maxCPUs is how many virtual CPUs a VM may have.
const maxCPUs = 1024

// check refuses invalid values. CPUs and memory change while the VM is off; while it runs they may only grow, where its configuration
// vm.numa allows that.
func (u vmUpdate) check(v *vm) *errorCode {
	if failure := checkNaming(u.Name, u.Description); failure != nil {
		return failure
	}
	if u.CPUNum == nil && u.MemorySize == nil {
		return nil
	}
	if u.CPUNum != nil && (*u.CPUNum < 1 || *u.CPUNum > maxCPUs) || u.MemorySize != nil && *u.MemorySize < 1 {
		return newError(codeInvalidArgument, "cpuNum must be in [1, %d], and memorySize at least 1", maxCPUs)
	}
	cpus, memory := v.cpus, v.memory
	if u.CPUNum != nil {
		cpus = *u.CPUNum
	}
	if u.MemorySize != nil {
		memory = *u.MemorySize
	}
	switch {
	case v.state == vmStopped:
		return nil
	case !v.hotPlug && (cpus != v.cpus || memory != v.memory):
		return newError(codeInvalidArgument, "vm[uuid:%s] cannot hot plug cpu or memory, please stop it first", v.uuid)
	case v.state != vmRunning:
		return newError(codeOperationFailed, "the state of vm[uuid:%s] is %s, only [Running, Stopped] are allowed to update cpu or memory", v.uuid, v.state)
	case cpus < v.cpus || memory < v.memory:
		return newError(codeInvalidArgument, "cannot decrease cpu or memory of vm[uuid:%s] while it is running", v.uuid)
	default:
		return nil
	}
}
