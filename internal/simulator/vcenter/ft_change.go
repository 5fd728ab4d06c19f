package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// planTurnOffFT plans TurnOffFaultToleranceForVM_Task.
func (s *ftStore) planTurnOffFT(c *call) (taskPlan, *problem) {
	return s.pairTask(c, nil, nil, func(ctx *simulator.Context, pair ftPair) (types.AnyType, *problem) {
		p := s.removeSecondary(ctx, pair)
		if p == nil {
			s.events.post(ctx, &types.VmFaultToleranceTurnedOffEvent{VmEvent: s.events.vmEvent(pair.primary)})
		}

		return nil, p
	})
}

// planDisableSecondary plans DisableSecondaryVM_Task.
func (s *ftStore) planDisableSecondary(c *call) (taskPlan, *problem) {
	vm := bodyOf[types.DisableSecondaryVM_Task](c).Vm
	check := func(pair ftPair) *problem {
		if pair.secondary.Runtime.FaultToleranceState == ftDisabled {
			return explained(&types.SecondaryVmAlreadyDisabled{InstanceUuid: pair.secondary.Config.InstanceUuid},
				errorAlreadyInDesiredState, "The secondary is disabled already.")
		}

		return nil
	}

	return s.pairTask(c, &vm, check, func(ctx *simulator.Context, pair ftPair) (types.AnyType, *problem) {
		s.setFTState(ctx, pair.secondary, ftDisabled)
		s.drs.forgetRecommendations(ctx, pair.secondary.Self, false)
		if pair.secondary.Runtime.PowerState == poweredOn {
			if p := s.power.setPower(ctx, pair.secondary.Self, poweredOff); p != nil {
				return nil, p
			}
		}
		s.settle(ctx, pair)
		s.events.post(ctx, &types.VmSecondaryDisabledEvent{VmEvent: s.events.vmEvent(pair.primary)})

		return nil, nil
	})
}

// planEnableSecondary plans EnableSecondaryVM_Task.
func (s *ftStore) planEnableSecondary(c *call) (taskPlan, *problem) {
	body := bodyOf[types.EnableSecondaryVM_Task](c)
	check := func(pair ftPair) *problem {
		if pair.secondary.Runtime.FaultToleranceState != ftDisabled {
			return explained(&types.SecondaryVmAlreadyEnabled{InstanceUuid: pair.secondary.Config.InstanceUuid},
				errorAlreadyInDesiredState, "The secondary is enabled already.")
		}

		return s.mayEnable(pair, body.Host)
	}

	return s.pairTask(c, &body.Vm, check, func(ctx *simulator.Context, pair ftPair) (types.AnyType, *problem) {
		if host := body.Host; host != nil {
			to := s.placer.placementOf(pair.secondary)
			to.host = *host
			s.vms.moveCompute(ctx, pair.secondary, to)
		}
		s.setFTState(ctx, pair.secondary, ftEnabled)
		s.settle(ctx, pair)
		s.events.post(ctx, &types.VmSecondaryEnabledEvent{VmEvent: s.events.vmEvent(pair.primary)})

		return s.startSecondary(ctx, pair), nil
	})
}

// mayEnable refuses a host that cannot run the secondary, where one is named.
func (s *ftStore) mayEnable(pair ftPair, host *types.ManagedObjectReference) *problem {
	if p := s.ftRules.checkFTAllowed(pair.primary); p != nil {
		return p
	}
	if host == nil || *host == *pair.secondary.Runtime.Host {
		return nil
	}

	return s.ftRules.chooseFTHost(&secondaryPlan{primary: pair.primary}, host)
}

// planMakePrimary plans MakePrimaryVM_Task: the VMs swap roles.
func (s *ftStore) planMakePrimary(c *call) (taskPlan, *problem) {
	vm := bodyOf[types.MakePrimaryVM_Task](c).Vm

	return s.pairTask(c, &vm, checkRunning, func(ctx *simulator.Context, pair ftPair) (types.AnyType, *problem) {
		s.swapRoles(ctx, pair)

		return nil, nil
	})
}

// checkRunning refuses a pair that is not running.
func checkRunning(pair ftPair) *problem {
	if pair.primary.Runtime.FaultToleranceState != ftRunning {
		return invalidState("Fault tolerance of '%s' is not running: it is %s.",
			literalName(pair.primary.Name), pair.primary.Runtime.FaultToleranceState)
	}

	return nil
}

// swapRoles makes the secondary the primary, and the primary its secondary.
func (s *ftStore) swapRoles(ctx *simulator.Context, pair ftPair) ftPair {
	swapped := ftPair{primary: pair.secondary, secondary: pair.primary}
	s.link(ctx, swapped)
	s.settle(ctx, swapped)

	return swapped
}

// planTerminate plans TerminateFaultTolerantVM_Task: the secondary is lost and started again, as a test of protection.
func (s *ftStore) planTerminate(c *call) (taskPlan, *problem) {
	named := bodyOf[types.TerminateFaultTolerantVM_Task](c).Vm
	if named != nil && *named == c.this {
		return taskPlan{}, badArgument("vm", "The virtual machine is the primary.")
	}

	return s.pairTask(c, named, checkRunning, func(ctx *simulator.Context, pair ftPair) (types.AnyType, *problem) {
		if p := s.power.setPower(ctx, pair.secondary.Self, poweredOff); p != nil {
			return nil, p
		}
		s.events.post(ctx, &types.VmFaultToleranceVmTerminatedEvent{VmEvent: s.events.vmEvent(pair.secondary)})
		s.startSecondary(ctx, pair)

		return nil, nil
	})
}

// pairTask plans a task of a primary. Where secondary is set it must be the primary's; check is called for further rules.
func (s *ftStore) pairTask(
	c *call, secondary *types.ManagedObjectReference, check func(ftPair) *problem,
	act func(*simulator.Context, ftPair) (types.AnyType, *problem),
) (taskPlan, *problem) {
	find := func() (ftPair, *problem) {
		pair, p := s.pairFor(c.this, secondary)
		if p == nil && check != nil {
			if pair.secondary == nil {
				return pair, invalidState("'%s' has lost its secondary.", literalName(pair.primary.Name))
			}
			p = check(pair)
		}

		return pair, p
	}
	vm, ok := s.inventory.vm(c.this)
	if !ok {
		return taskPlan{}, notFound(c.this)
	}
	if p := s.tasks.checkBusy(vm); p != nil {
		return taskPlan{}, p
	}
	if _, p := find(); p != nil {
		return taskPlan{}, p
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		pair, p := find()
		if p != nil {
			return nil, p
		}

		return act(ctx, pair)
	}}, nil
}

// pairFor returns the pair that a method called on its primary means.
func (s *ftStore) pairFor(ref types.ManagedObjectReference, secondary *types.ManagedObjectReference) (ftPair, *problem) {
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return ftPair{}, notFound(ref)
	}
	if vm.Runtime.ConnectionState != types.VirtualMachineConnectionStateConnected {
		return ftPair{}, invalidState("'%s' is %s.", literalName(vm.Name), vm.Runtime.ConnectionState)
	}
	if isSecondary(vm) {
		return ftPair{}, onSecondary(vm)
	}
	pair, ok := s.inventory.pairOf(vm)
	if !ok {
		return pair, invalidState("'%s' is not fault tolerant.", literalName(vm.Name))
	}
	if secondary != nil && (pair.secondary == nil || *secondary != pair.secondary.Self) {
		uuid := ""
		if other, ok := s.inventory.vm(*secondary); ok {
			uuid = other.Config.InstanceUuid
		}

		return pair, explained(&types.SecondaryVmNotRegistered{InstanceUuid: uuid}, errorInvalidArgument,
			secondary.Value+" is not a secondary of '"+literalName(vm.Name)+"'.")
	}

	return pair, nil
}

// holdStarting keeps starting pairs from running, and with false lets all of them run.
func (s *ftStore) holdStarting(held bool) {
	s.held.Store(held)
	if held {
		return
	}
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	for _, entity := range s.inventory.registry.All("VirtualMachine") {
		s.protect(ctx, entity.Reference())
	}
}
