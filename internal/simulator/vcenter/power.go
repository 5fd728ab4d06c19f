package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	poweredOn  = types.VirtualMachinePowerStatePoweredOn
	poweredOff = types.VirtualMachinePowerStatePoweredOff
	suspended  = types.VirtualMachinePowerStateSuspended
)

// checkPower refuses a change of power that the VM's state does not allow.
func checkPower(vm *simulator.VirtualMachine, requested types.VirtualMachinePowerState) *problem {
	switch {
	case vm.Config.Template:
		return &problem{
			fault: &types.InvalidState{}, errorType: errorNotAllowedInCurrentState,
			messages: []string{"The operation is not allowed on a template."},
		}
	case vm.Runtime.PowerState == requested:
		return invalidPowerState(requested, vm.Runtime.PowerState, vm.Self)
	case requested == suspended && vm.Runtime.PowerState != poweredOn:
		return invalidPowerState(poweredOn, vm.Runtime.PowerState, vm.Self)
	}

	return checkConnected(vm)
}

// checkConnected refuses work on a VM that its host cannot reach.
func checkConnected(vm *simulator.VirtualMachine) *problem {
	if vm.Runtime.ConnectionState == types.VirtualMachineConnectionStateConnected {
		return nil
	}

	return &problem{
		fault: &types.InvalidState{}, errorType: errorResourceInaccessible,
		messages: []string{"The virtual machine " + literalName(vm.Name) + " is " + string(vm.Runtime.ConnectionState) + "."},
	}
}

// powerFollower acts when the power state of a VM has changed. The inventory is locked for writing.
type powerFollower interface {
	powerChanged(ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachinePowerState)
}

// powerStates changes the power states of VMs.
type powerStates struct {
	inventory *inventory
	stock     *stockMethods
	guests    *guestStore
	followers []powerFollower
}

// methods returns the vim25 methods that this store answers.
func (s *powerStates) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.PowerOnVM_Task":  {task: s.planPowerOn},
		"VirtualMachine.PowerOffVM_Task": {task: s.planPowerOff},
		"VirtualMachine.SuspendVM_Task":  {task: s.planSuspend},
		"VirtualMachine.ShutdownGuest":   {direct: s.shutdownGuest},
	}
}

// setPower brings a VM into a power state and calls the followers.
func (s *powerStates) setPower(ctx *simulator.Context, ref types.ManagedObjectReference, state types.VirtualMachinePowerState) *problem {
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return notFound(ref)
	}
	if p := checkPower(vm, state); p != nil {
		return p
	}
	var name string
	var body any
	switch state {
	case poweredOn:
		name, body = "PowerOnVM_Task", &types.PowerOnVM_Task{This: ref}
	case poweredOff:
		name, body = "PowerOffVM_Task", &types.PowerOffVM_Task{This: ref}
	default:
		name, body = "SuspendVM_Task", &types.SuspendVM_Task{This: ref}
	}
	if _, _, p := s.stock.invoke(ctx, ref, name, body); p != nil {
		return p
	}
	s.inventory.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "runtime.instantCloneFrozen", Val: false}})
	for _, follower := range s.followers {
		follower.powerChanged(ctx, vm, state)
	}

	return nil
}

func (s *powerStates) powerOn(ctx *simulator.Context, ref types.ManagedObjectReference) *problem {
	return s.setPower(ctx, ref, poweredOn)
}

func (s *powerStates) powerEffect(ref types.ManagedObjectReference, state types.VirtualMachinePowerState) effect {
	return func(ctx *simulator.Context) (types.AnyType, *problem) { return nil, s.setPower(ctx, ref, state) }
}

func (s *powerStates) planPower(c *call, state types.VirtualMachinePowerState) (taskPlan, *problem) {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := checkPower(vm, state); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: s.powerEffect(c.this, state)}, nil
}

func (s *powerStates) planPowerOn(c *call) (taskPlan, *problem) { return s.planPower(c, poweredOn) }

func (s *powerStates) planPowerOff(c *call) (taskPlan, *problem) { return s.planPower(c, poweredOff) }

func (s *powerStates) planSuspend(c *call) (taskPlan, *problem) { return s.planPower(c, suspended) }

// shutdownGuest answers ShutdownGuest: it returns at once, the guest follows a moment later.
func (s *powerStates) shutdownGuest(c *call) soap.HasFault {
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return notFound(c.this).body()
	}
	if vm.Runtime.PowerState != poweredOn {
		return invalidPowerState(poweredOn, vm.Runtime.PowerState, c.this).body()
	}
	if vm.Guest.ToolsRunningStatus != string(types.VirtualMachineToolsRunningStatusGuestToolsRunning) {
		p := &problem{
			fault:    &types.ToolsUnavailable{},
			messages: []string{"Cannot complete operation because VMware Tools is not running in this virtual machine."},
		}

		return p.body()
	}
	if !s.guests.shutdownIgnored() {
		ref, boot := c.this, bootTime(vm)
		s.inventory.after(guestDelay, func(ctx *simulator.Context) {
			if vm, ok := s.inventory.vm(ref); ok && bootTime(vm).Equal(boot) && vm.Runtime.PowerState == poweredOn {
				_ = s.setPower(ctx, ref, poweredOff)
			}
		})
	}

	return &methods.ShutdownGuestBody{Res: &types.ShutdownGuestResponse{}}
}

// reachPower brings a VM into a power state by the steps that lead there.
func (s *powerStates) reachPower(ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachinePowerState) *problem {
	if vm.Runtime.PowerState == state {
		return nil
	}
	if state == suspended && vm.Runtime.PowerState == poweredOff {
		if p := s.setPower(ctx, vm.Self, poweredOn); p != nil {
			return p
		}
	}

	return s.setPower(ctx, vm.Self, state)
}
