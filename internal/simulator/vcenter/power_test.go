package vcenter

import (
	"slices"
	"testing"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

func TestCheckPower(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		state, to  types.VirtualMachinePowerState
		template   bool
		connection types.VirtualMachineConnectionState
		want       string
	}{
		{"on", poweredOff, poweredOn, false, "connected", ""},
		{"off", poweredOn, poweredOff, false, "connected", ""},
		{"from suspended", suspended, poweredOn, false, "connected", ""},
		{"on already", poweredOn, poweredOn, false, "connected", "InvalidPowerState"},
		{"suspend what is off", poweredOff, suspended, false, "connected", "InvalidPowerState"},
		{"a template", poweredOff, poweredOn, true, "connected", "InvalidState"},
		{"an orphan", poweredOff, poweredOn, false, "orphaned", "InvalidState"},
	} {
		vm := &simulator.VirtualMachine{}
		vm.Config = &types.VirtualMachineConfigInfo{Template: test.template}
		vm.Runtime.PowerState, vm.Runtime.ConnectionState = test.state, test.connection
		wantFault(t, test.name, checkPower(vm, test.to), test.want)
	}
}

type recordingFollower struct {
	states []types.VirtualMachinePowerState
}

func (f *recordingFollower) powerChanged(_ *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachinePowerState) {
	if vm.Runtime.PowerState == state {
		f.states = append(f.states, state)
	}
}

// TestPowerStates_followers tells the followers of each step after it was done, and of none that was refused.
func TestPowerStates_followers(t *testing.T) {
	t.Parallel()
	stores := newTestStores(t)
	vm, ctx := addTestVM(t, stores, "web"), testContext(stores)
	follower := &recordingFollower{}
	power := &powerStates{inventory: stores.inventory, stock: stores.stock, guests: stores.guests, followers: []powerFollower{follower}}
	wantFault(t, "suspended from off", power.reachPower(ctx, vm, suspended), "")
	wantFault(t, "suspended already", power.reachPower(ctx, vm, suspended), "")
	wantFault(t, "suspended again", power.setPower(ctx, vm.Self, suspended), "InvalidPowerState")
	wantFault(t, "off", power.reachPower(ctx, vm, poweredOff), "")
	wantFault(t, "no such VM", power.setPower(ctx, vmRef("vm-9999"), poweredOn), "ManagedObjectNotFound")
	if want := []types.VirtualMachinePowerState{poweredOn, suspended, poweredOff}; !slices.Equal(follower.states, want) {
		t.Errorf("the follower saw %v, want %v", follower.states, want)
	}
}
