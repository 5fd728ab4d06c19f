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
