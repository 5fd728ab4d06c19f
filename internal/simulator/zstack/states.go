package zstack

import (
	"slices"
	"strings"
)

// vmState is a VM's state.
type vmState string

// All states of a VM.
const (
	vmCreated          vmState = "Created"
	vmStarting         vmState = "Starting"
	vmRunning          vmState = "Running"
	vmStopping         vmState = "Stopping"
	vmStopped          vmState = "Stopped"
	vmRebooting        vmState = "Rebooting"
	vmDestroying       vmState = "Destroying"
	vmDestroyed        vmState = "Destroyed"
	vmMigrating        vmState = "Migrating"
	vmExpunging        vmState = "Expunging"
	vmPausing          vmState = "Pausing"
	vmPaused           vmState = "Paused"
	vmResuming         vmState = "Resuming"
	vmVolumeMigrating  vmState = "VolumeMigrating"
	vmVolumeRecovering vmState = "VolumeRecovering"
	vmError            vmState = "Error"
	vmNoState          vmState = "NoState"
	vmUnknown          vmState = "Unknown"
	vmCrashed          vmState = "Crashed"
)

var vmStates = []vmState{
	vmCreated, vmStarting, vmRunning, vmStopping, vmStopped, vmRebooting, vmDestroying, vmDestroyed, vmMigrating, vmExpunging,
	vmPausing, vmPaused, vmResuming, vmVolumeMigrating, vmVolumeRecovering, vmError, vmNoState, vmUnknown, vmCrashed,
}

// hostless reports whether a VM in the state has no host.
func (s vmState) hostless() bool {
	return slices.Contains([]vmState{vmCreated, vmStopped, vmDestroyed, vmExpunging, vmVolumeMigrating}, s)
}

// requireState returns VM.1010 unless the VM is in one of the states.
func (v *vm) requireState(operation string, allowed ...vmState) *errorCode {
	if slices.Contains(allowed, v.state) {
		return nil
	}
	names := make([]string, len(allowed))
	for i, state := range allowed {
		names[i] = string(state)
	}

	return newError(codeVMState, "current vm instance state[%s] doesn't allow to proceed message[%s], allowed states are [%s]",
		v.state, operation, strings.Join(names, ","))
}

// work marks the passing state of a VM that the call's job works on from now on. It is taken back when the job fails
// without having an effect.
func (c *call) work(v *vm, passing vmState) {
	c.server.world.enter(v, c, passing)
	c.undo = func() {
		if v.worker == c {
			c.server.world.settle(v, v.before)
		}
	}
}

// stillMine returns an error when the VM is gone, or somebody else works on it by now.
func (c *call) stillMine(v *vm) *errorCode {
	if !c.server.world.vms.has(v) {
		return newError(codeNotFound, "VmInstance[uuid:%s] is not found", v.uuid)
	}
	if v.worker != c {
		return newError(codeVMState, "the state of vm[uuid:%s] changed to %s meanwhile", v.uuid, v.state)
	}

	return nil
}

// enter marks a passing state.
func (w *world) enter(v *vm, worker *call, passing vmState) {
	v.before, v.worker, v.state, v.changed = v.state, worker, passing, w.now()
}

// settle brings a VM into a state that lasts. One that needs no host gives its host back.
func (w *world) settle(v *vm, state vmState) {
	if state == vmDestroyed && v.state != vmExpunging {
		v.trashed = w.now()
	}
	v.worker, v.state, v.changed = nil, state, w.now()
	if state.hostless() && v.host != nil {
		v.lastHost, v.host = v.host, nil
	}
}
