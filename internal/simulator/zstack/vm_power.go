package zstack

import "slices"

// power is one action that changes a VM's power.
type power struct {
	message string // as the platform's errors call it
	passing vmState
	from    []vmState
	// already are the states in which there is nothing to do: the action succeeds at once.
	already []vmState
	to      vmState
	failure string // the code when it fails at its end
	// needsHost: the action fails where the VM's host cannot be reached.
	needsHost bool
}

var powers = map[string]power{
	"StopVmInstance": {
		message: "APIStopVmInstanceMsg", passing: vmStopping, to: vmStopped, failure: codeVMStop, needsHost: true,
		from: []vmState{vmRunning, vmPaused, vmUnknown, vmCrashed}, already: []vmState{vmStopped},
	},
	"RebootVmInstance": {
		message: "APIRebootVmInstanceMsg", passing: vmRebooting, to: vmRunning, failure: codeVMReboot, needsHost: true,
		from: []vmState{vmRunning, vmCrashed},
	},
	"PauseVmInstance": {
		message: "APIPauseVmInstanceMsg", passing: vmPausing, to: vmPaused, failure: codeOperationFailed, needsHost: true,
		from: []vmState{vmRunning},
	},
	"ResumeVmInstance": {
		message: "APIResumeVmInstanceMsg", passing: vmResuming, to: vmRunning, failure: codeOperationFailed, needsHost: true,
		from: []vmState{vmPaused},
	},
}

func powerOperations() []operation {
	return []operation{
		vmAction("StartVmInstance", "startVmInstance", beginStart),
		vmAction("StopVmInstance", "stopVmInstance", beginStop),
		vmAction("RebootVmInstance", "rebootVmInstance", beginPower),
		vmAction("PauseVmInstance", "pauseVmInstance", beginPower),
		vmAction("ResumeVmInstance", "resumeVmInstance", beginPower),
	}
}

// beginStop checks how the VM is to be stopped. Either way its guest obeys.
func beginStop(c *call, v *vm) (effect, *errorCode) {
	var params struct {
		Type *string `json:"type"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	if params.Type != nil && *params.Type != "grace" && *params.Type != "cold" {
		return nil, newError(codeInvalidArgument, "field[type] cannot be %q, valid values are [grace, cold]", *params.Type)
	}

	return beginPower(c, v)
}

func beginPower(c *call, v *vm) (effect, *errorCode) {
	w, action := c.server.world, powers[c.operation.name]
	if slices.Contains(action.already, v.state) {
		return func() (any, *errorCode) { return w.vmAnswer(v), nil }, nil
	}
	if failure := v.requireState(action.message, slices.Concat(action.from, action.already)...); failure != nil {
		return nil, failure
	}
	c.work(v, action.passing)

	return func() (any, *errorCode) {
		failure := c.stillMine(v)
		if failure == nil && action.needsHost {
			failure = v.reachable()
		}
		if failure != nil {
			return nil, c.giveUp(v, action.failure, failure)
		}
		w.settle(v, action.to)

		return w.vmAnswer(v), nil
	}, nil
}

// reachable returns an error for a VM whose host is not connected.
func (v *vm) reachable() *errorCode {
	if v.host == nil || v.host.status == statusConnected {
		return nil
	}

	return newError(codeOperationFailed, "host[uuid:%s] of vm[uuid:%s] is %s", v.host.uuid, v.uuid, v.host.status)
}

// giveUp takes back the passing state of a VM and says why.
func (c *call) giveUp(v *vm, code string, cause *errorCode) *errorCode {
	if v.worker == c {
		c.server.world.settle(v, v.before)
	}

	return newError(code, "vm[uuid:%s, name:%s]: %s", v.uuid, v.name, cause.Details).because(cause)
}

// beginStart finds a host at once, so that the VM has it while it starts. A VM that is only a record becomes a machine.
func beginStart(c *call, v *vm) (effect, *errorCode) {
	w := c.server.world
	var params struct {
		ClusterUUID string `json:"clusterUuid"`
		HostUUID    string `json:"hostUuid"`
	}
	if failure := c.decode(&params); failure != nil {
		return nil, failure
	}
	wanted, failure := w.wishOf(params.ClusterUUID, params.HostUUID)
	if failure != nil {
		return nil, failure
	}
	if v.state == vmRunning {
		return func() (any, *errorCode) { return w.vmAnswer(v), nil }, nil
	}
	if failure := v.requireState("APIStartVmInstanceMsg", vmCreated, vmStopped, vmCrashed, vmRunning); failure != nil {
		return nil, failure
	}
	c.work(v, vmStarting)
	if v.plan != nil {
		return func() (any, *errorCode) { return w.startRecord(c, v, wanted) }, nil
	}
	failure = w.prepareStart(v, wanted)

	return func() (any, *errorCode) {
		if failure == nil {
			failure = c.stillMine(v)
		}
		if failure != nil {
			return nil, c.giveUp(v, codeVMStart, failure)
		}
		w.settle(v, vmRunning)

		return w.vmAnswer(v), nil
	}, nil
}

func (w *world) wishOf(clusterUUID, hostUUID string) (wish, *errorCode) {
	var wanted wish
	var failure *errorCode
	if wanted.host, failure = named(&w.hosts, "Host", hostUUID); failure != nil {
		return wish{}, failure
	}
	if wanted.host != nil {
		return wanted, nil // a host overrides a cluster
	}
	wanted.cluster, failure = named(&w.clusters, "Cluster", clusterUUID)

	return wanted, failure
}

// prepareStart gives a VM a host.
func (w *world) prepareStart(v *vm, wanted wish) *errorCode {
	if v.host != nil {
		v.lastHost, v.host = v.host, nil // a crashed one leaves its host
	}
	wanted.group = w.groupOf(v)
	for _, one := range v.volumes {
		wanted.storages = append(wanted.storages, one.storage)
	}
	chosen, failure := w.takeHost(v, wanted)
	if failure != nil {
		return failure
	}
	v.host, v.cluster = chosen, chosen.cluster

	return nil
}

func (w *world) startRecord(c *call, v *vm, wanted wish) (any, *errorCode) {
	failure := c.stillMine(v)
	if failure == nil {
		failure = w.build(v, wanted)
	}
	if failure != nil {
		return nil, c.giveUp(v, codeVMStart, failure)
	}
	w.settle(v, vmRunning)

	return w.vmAnswer(v), nil
}
