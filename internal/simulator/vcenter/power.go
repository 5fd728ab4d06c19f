package vcenter

import (
	"net/http"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	poweredOn  = types.VirtualMachinePowerStatePoweredOn
	poweredOff = types.VirtualMachinePowerStatePoweredOff
	suspended  = types.VirtualMachinePowerStateSuspended
)

// checkPower refuses a change of power that the VM's state does not allow.
func (s *Server) checkPower(vm *simulator.VirtualMachine, requested types.VirtualMachinePowerState) *problem {
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

	return s.checkConnected(vm)
}

// checkConnected refuses work on a VM that its host cannot reach.
func (s *Server) checkConnected(vm *simulator.VirtualMachine) *problem {
	if vm.Runtime.ConnectionState == types.VirtualMachineConnectionStateConnected {
		return nil
	}

	return &problem{
		fault: &types.InvalidState{}, errorType: errorResourceInaccessible,
		messages: []string{"The virtual machine " + literalName(vm.Name) + " is " + string(vm.Runtime.ConnectionState) + "."},
	}
}

// setPower brings a VM into a power state, with everything that follows for its guest.
func (s *Server) setPower(ctx *simulator.Context, ref types.ManagedObjectReference, state types.VirtualMachinePowerState) *problem {
	vm, ok := s.vm(ref)
	if !ok {
		return notFound(ref)
	}
	if p := s.checkPower(vm, state); p != nil {
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
	if _, _, p := s.invoke(ctx, ref, name, body); p != nil {
		return p
	}
	s.registry.AtomicUpdate(ctx, vm, []types.PropertyChange{{Name: "runtime.instantCloneFrozen", Val: false}})
	s.guestFollows(ctx, vm, state)
	s.partnerFollows(ctx, vm, state)

	return nil
}

func (s *Server) powerOn(ctx *simulator.Context, ref types.ManagedObjectReference) *problem {
	return s.setPower(ctx, ref, poweredOn)
}

func (s *Server) powerEffect(ref types.ManagedObjectReference, state types.VirtualMachinePowerState) effect {
	return func(ctx *simulator.Context) (types.AnyType, *problem) { return nil, s.setPower(ctx, ref, state) }
}

func planPower(s *Server, c *call, state types.VirtualMachinePowerState) (taskPlan, *problem) {
	vm, ok := s.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.checkPower(vm, state); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: s.powerEffect(c.this, state)}, nil
}

func planPowerOn(s *Server, c *call) (taskPlan, *problem)  { return planPower(s, c, poweredOn) }
func planPowerOff(s *Server, c *call) (taskPlan, *problem) { return planPower(s, c, poweredOff) }
func planSuspend(s *Server, c *call) (taskPlan, *problem)  { return planPower(s, c, suspended) }

// getPower is GET /api/vcenter/vm/{vm}/power.
func (s *Server) getPower(c *restCall) (int, any, *problem) {
	s.world.RLock()
	defer s.world.RUnlock()
	vm, p := s.findVM(c)
	if p != nil {
		return 0, nil, p
	}
	answer := map[string]any{}
	s.registry.WithLock(c.ctx, vm, func() {
		answer["state"] = powerWords[string(vm.Runtime.PowerState)]
		if vm.Runtime.PowerState == poweredOff {
			answer["clean_power_off"] = true
		}
	})

	return http.StatusOK, answer, nil
}

// startVM is POST /api/vcenter/vm/{vm}/power?action=start.
func (s *Server) startVM(c *restCall) (int, any, *problem) {
	return s.runREST(c, "PowerOnVM_Task", descriptions["PowerOnVM_Task"], privilegePowerOn, s.restPower(poweredOn))
}

// stopVM is POST /api/vcenter/vm/{vm}/power?action=stop.
func (s *Server) stopVM(c *restCall) (int, any, *problem) {
	return s.runREST(c, "PowerOffVM_Task", descriptions["PowerOffVM_Task"], privilegePowerOff, s.restPower(poweredOff))
}

func (s *Server) restPower(state types.VirtualMachinePowerState) func(*simulator.VirtualMachine) (effect, *problem) {
	return func(vm *simulator.VirtualMachine) (effect, *problem) {
		if p := s.checkPower(vm, state); p != nil {
			return nil, p
		}

		return s.powerEffect(vm.Self, state), nil
	}
}
