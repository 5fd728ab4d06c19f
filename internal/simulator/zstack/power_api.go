package zstack

import "slices"

// power is one action that changes a VM's power.
type power struct {
	message      string // in the platform's errors
	transitional vmState
	from         []vmState
	// already are the states that need no action: it succeeds at once.
	already []vmState
	to      vmState
	failure string // the code of its failure
	// needsHost makes the action fail while the VM's host is disconnected.
	needsHost bool
}

var powers = map[string]power{
	"StopVmInstance": {
		message: "APIStopVmInstanceMsg", transitional: vmStopping, to: vmStopped, failure: codeVMStop, needsHost: true,
		from: []vmState{vmRunning, vmPaused, vmUnknown, vmCrashed}, already: []vmState{vmStopped},
	},
	"RebootVmInstance": {
		message: "APIRebootVmInstanceMsg", transitional: vmRebooting, to: vmRunning, failure: codeVMReboot, needsHost: true,
		from: []vmState{vmRunning, vmCrashed},
	},
	"PauseVmInstance": {
		message: "APIPauseVmInstanceMsg", transitional: vmPausing, to: vmPaused, failure: codeOperationFailed, needsHost: true,
		from: []vmState{vmRunning},
	},
	"ResumeVmInstance": {
		message: "APIResumeVmInstanceMsg", transitional: vmResuming, to: vmRunning, failure: codeOperationFailed, needsHost: true,
		from: []vmState{vmPaused},
	},
}

// powerAPI is the API of VMs' power.
type powerAPI struct {
	vmAPI

	infra     *infrastructure
	tags      *tagStore
	scheduler *scheduler
	builder   *builder
}

func (a powerAPI) operations() []operation {
	return []operation{
		a.action("StartVmInstance", "startVmInstance", a.start),
		a.action("StopVmInstance", "stopVmInstance", a.stop),
		a.action("RebootVmInstance", "rebootVmInstance", a.change),
		a.action("PauseVmInstance", "pauseVmInstance", a.change),
		a.action("ResumeVmInstance", "resumeVmInstance", a.change),
	}
}

// stop is StopVmInstance. The guest obeys a graceful stop, too. High availability of the level NeverStop starts the VM again, unless the
// request stops that as well.
func (a powerAPI) stop(c *call, v *vm) (effect, *errorCode) {
	var params struct {
		Type   *string `json:"type"`
		StopHA string  `json:"stopHA"` // text, "true"
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if params.Type != nil && *params.Type != "grace" && *params.Type != "cold" {
		return nil, newError(codeInvalidArgument, "field[type] cannot be %q, valid values are [grace, cold]", *params.Type)
	}

	stop, failure := a.change(c, v)
	if stop == nil || params.StopHA == "true" || a.tags.systemValue(v.uuid, "ha") != "NeverStop" {
		return stop, failure
	}

	return func() (any, *errorCode) {
		answer, failure := stop()
		if failure == nil && a.scheduler.place(v, requirements{}) == nil {
			a.vms.settle(v, vmRunning)
		}

		return answer, failure
	}, nil
}

// change is any change of power without a choice of host.
func (a powerAPI) change(c *call, v *vm) (effect, *errorCode) {
	action := powers[c.operation.name]
	if slices.Contains(action.already, v.state) {
		return func() (any, *errorCode) { return vmAnswer(v), nil }, nil
	}
	if failure := v.requireState(action.message, slices.Concat(action.from, action.already)...); failure != nil {
		return nil, failure
	}
	c.undo = a.vms.begin(c, v, action.transitional)

	return func() (any, *errorCode) {
		failure := a.vms.checkWorker(c, v)
		if failure == nil && action.needsHost {
			failure = v.reachable()
		}
		if failure != nil {
			return nil, a.vms.fail(c, v, action.failure, failure)
		}
		a.vms.settle(v, action.to)

		return vmAnswer(v), nil
	}, nil
}

// reachable returns an error for a VM whose host is not connected.
func (v *vm) reachable() *errorCode {
	if v.host == nil || v.host.status == statusConnected {
		return nil
	}

	return newError(codeOperationFailed, "host[uuid:%s] of vm[uuid:%s] is %s", v.host.uuid, v.uuid, v.host.status)
}

// start is StartVmInstance. It chooses a host at once, so that the VM has it while it starts. A VM that is only a record is built
// when the job takes effect.
func (a powerAPI) start(c *call, v *vm) (effect, *errorCode) {
	var params struct {
		ClusterUUID string `json:"clusterUuid"`
		HostUUID    string `json:"hostUuid"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	wanted, failure := a.requirements(params.ClusterUUID, params.HostUUID)
	if failure != nil {
		return nil, failure
	}
	if v.state == vmRunning {
		return func() (any, *errorCode) { return vmAnswer(v), nil }, nil
	}
	if failure := v.requireState("APIStartVmInstanceMsg", vmCreated, vmStopped, vmCrashed, vmRunning); failure != nil {
		return nil, failure
	}
	c.undo = a.vms.begin(c, v, vmStarting)
	if v.plan != nil {
		return func() (any, *errorCode) { return a.startRecord(c, v, wanted) }, nil
	}
	failure = a.scheduler.place(v, wanted)

	return func() (any, *errorCode) {
		if failure == nil {
			failure = a.vms.checkWorker(c, v)
		}
		if failure != nil {
			return nil, a.vms.fail(c, v, codeVMStart, failure)
		}
		a.vms.settle(v, vmRunning)

		return vmAnswer(v), nil
	}, nil
}

// startRecord builds and starts a VM that is only a record.
func (a powerAPI) startRecord(c *call, v *vm, wanted requirements) (any, *errorCode) {
	failure := a.vms.checkWorker(c, v)
	if failure == nil {
		failure = a.builder.build(v, wanted)
	}
	if failure != nil {
		return nil, a.vms.fail(c, v, codeVMStart, failure)
	}
	a.vms.settle(v, vmRunning)

	return vmAnswer(v), nil
}

// requirements returns the cluster and the host that a start names. A host overrides a cluster.
func (a powerAPI) requirements(clusterUUID, hostUUID string) (requirements, *errorCode) {
	host, failure := a.infra.hosts.findOptional("Host", hostUUID)
	if failure != nil || host != nil {
		return requirements{host: host}, failure
	}
	cluster, failure := a.infra.clusters.findOptional("Cluster", clusterUUID)

	return requirements{cluster: cluster}, failure
}
