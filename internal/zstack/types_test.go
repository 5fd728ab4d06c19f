package zstack

import "testing"

func TestVMState_passing(t *testing.T) {
	t.Parallel()
	for state, want := range map[VMState]bool{
		VMCreated: false, VMStarting: true, VMRunning: false, VMStopping: true, VMStopped: false, VMRebooting: true, VMDestroying: true,
		VMDestroyed: false, VMMigrating: true, VMExpunging: true, VMPausing: true, VMPaused: false, VMResuming: true,
		VMVolumeMigrating: true, VMVolumeRecovering: true, VMError: false, VMNoState: false, VMUnknown: false, VMCrashed: false, "New": false,
	} {
		if state.Passing() != want {
			t.Errorf("%s passes: %t", state, !want)
		}
	}
}
