package vcenter

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// PowerOnSecondary is the method of a [Fault] that fails the power-on of a secondary, which does not fail the task that
// tries it: the fault's Where is FaultInTask.
const PowerOnSecondary = "PowerOnSecondary"

// startSecondary powers the secondary on where the primary is on: at once, or by a recommendation where DRS is manual.
// The result is that of the task; a failure to power on is part of it.
func (s *ftStore) startSecondary(ctx *simulator.Context, pair ftPair) types.FaultToleranceSecondaryOpResult {
	result := types.FaultToleranceSecondaryOpResult{Vm: pair.secondary.Self}
	if pair.primary.Runtime.PowerState != poweredOn || pair.secondary.Runtime.PowerState == poweredOn {
		return result
	}
	result.PowerOnAttempted = true
	result.PowerOnResult = &types.ClusterPowerOnVmResult{}
	cluster, ok := s.inventory.clusterOf(pair.secondary)
	if ok && drsBehaviour(cluster) == types.DrsBehaviorManual {
		recommendation := s.drs.recommendPowerOn(ctx, cluster, pair.secondary)
		result.PowerOnResult.Recommendations = []types.ClusterRecommendation{recommendation}

		return result
	}
	if p := s.powerOnSecondary(ctx, pair); p != nil {
		result.PowerOnResult.NotAttempted = []types.ClusterNotAttemptedVmInfo{{
			Vm: pair.secondary.Self, Fault: *p.localized(),
		}}

		return result
	}
	result.PowerOnResult.Attempted = []types.ClusterAttemptedVmInfo{{Vm: pair.secondary.Self}}

	return result
}

// powerOnSecondary powers a secondary on, which its host, the licence or an injected fault can prevent.
func (s *ftStore) powerOnSecondary(ctx *simulator.Context, pair ftPair) *problem {
	if fault := s.faults.Take(PowerOnSecondary, FaultInTask); fault != nil {
		return fault.problem()
	}
	if p := s.placer.checkHost(*pair.secondary.Runtime.Host); p != nil {
		plan := &secondaryPlan{primary: pair.primary}
		if refused := s.ftRules.chooseFTHost(plan, nil); refused != nil {
			return refused
		}
		to := s.placer.placementOf(pair.secondary)
		to.host = plan.host
		s.vms.moveCompute(ctx, pair.secondary, to)
	}
	if p := s.power.setPower(ctx, pair.secondary.Self, poweredOn); p != nil {
		return p
	}
	s.events.post(ctx, &types.VmSecondaryStartedEvent{VmEvent: s.events.vmEvent(pair.primary)})

	return nil
}

// powerChanged brings a pair in line after the power of one of its VMs changed: an enabled secondary follows its
// primary. The inventory must be locked for writing.
func (s *ftStore) powerChanged(ctx *simulator.Context, vm *simulator.VirtualMachine, state types.VirtualMachinePowerState) {
	pair, ok := s.inventory.pairOf(vm)
	if !ok {
		return
	}
	if pair.secondary != nil {
		if pair.secondary.Runtime.PowerState != poweredOn && pair.secondary.Runtime.FaultToleranceState != ftDisabled {
			s.setFTState(ctx, pair.secondary, ftEnabled)
		}
		s.drs.forgetRecommendations(ctx, pair.secondary.Self, state == poweredOn && vm == pair.primary)
	}
	s.settle(ctx, pair)
	if pair.secondary == nil || vm != pair.primary {
		return
	}
	switch {
	case state != poweredOn && pair.secondary.Runtime.PowerState == poweredOn:
		_ = s.power.setPower(ctx, pair.secondary.Self, poweredOff)
	case state == poweredOn && pair.secondary.Runtime.FaultToleranceState != ftDisabled:
		s.startSecondary(ctx, pair)
	}
}

// removeSecondary ends a pair: the secondary is powered off and deleted with its files.
func (s *ftStore) removeSecondary(ctx *simulator.Context, pair ftPair) *problem {
	secondary := pair.secondary
	s.unlink(ctx, pair.primary)
	if secondary == nil {
		return nil
	}
	s.drs.forgetRecommendations(ctx, secondary.Self, false)
	s.unlink(ctx, secondary)
	if secondary.Runtime.PowerState == poweredOn {
		if p := s.power.setPower(ctx, secondary.Self, poweredOff); p != nil {
			return p
		}
	}

	return s.vms.destroy(ctx, secondary.Self)
}

// leavePair takes a VM that is deleted out of its pair: with a primary its secondary is deleted, without a secondary the
// primary needs one.
func (s *ftStore) leavePair(ctx *simulator.Context, vm *simulator.VirtualMachine) *problem {
	pair, ok := s.inventory.pairOf(vm)
	if !ok {
		return nil
	}
	if vm == pair.primary {
		return s.removeSecondary(ctx, pair)
	}
	s.drs.forgetRecommendations(ctx, vm.Self, false)
	s.setFTInfo(ctx, vm, nil)
	info, _ := pair.primary.Config.FtInfo.(*types.FaultTolerancePrimaryConfigInfo)
	alone := &types.FaultTolerancePrimaryConfigInfo{}
	alone.Role = primaryRole
	if info != nil {
		alone.InstanceUuids, alone.ConfigPaths = info.InstanceUuids[:1], info.ConfigPaths[:1]
	}
	s.setFTInfo(ctx, pair.primary, alone)
	s.settle(ctx, ftPair{primary: pair.primary})

	return nil
}

// failOver fails the host of a primary: its secondary becomes the primary, and the old primary the secondary, which
// is started again where DRS is automatic. The pair must be running.
func (s *ftStore) failOver(id string) error {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	ctx := s.inventory.newContext(administrator)
	pair, p := s.pairFor(vmRef(id), nil)
	if p == nil {
		if pair.secondary == nil {
			return fmt.Errorf("fail over VM %s: it has lost its secondary", id)
		}
		p = checkRunning(pair)
	}
	if p != nil {
		return fmt.Errorf("fail over VM %s: %s", id, strings.Join(p.messages, " "))
	}
	swapped := s.swapRoles(ctx, pair)
	if p := s.power.setPower(ctx, swapped.secondary.Self, poweredOff); p != nil {
		return fmt.Errorf("fail over VM %s: %s", id, p.message())
	}
	s.startSecondary(ctx, swapped)

	return nil
}

// applyRecommendation answers ApplyRecommendation: it returns at once, the VM is powered on in a task.
func (s *ftStore) applyRecommendation(c *call) soap.HasFault {
	recommendation, p := s.drs.takeRecommendation(c, bodyOf[types.ApplyRecommendation](c).Key)
	if p != nil {
		return p.body()
	}
	vm := recommendedVM(recommendation)
	s.tasks.start(c.ctx, taskSpec{
		method: "PowerOnVM_Task", name: "PowerOnVM_Task", description: descriptions["PowerOnVM_Task"], entity: vm,
		user: c.user, session: c.ctx.Session, effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
			secondary, ok := s.inventory.vm(vm)
			if !ok {
				return nil, notFound(vm)
			}
			pair, ok := s.inventory.pairOf(secondary)
			if !ok || pair.secondary == nil {
				return nil, invalidState("%s is no secondary any more.", vm.Value)
			}

			return nil, s.powerOnSecondary(ctx, pair)
		},
	})

	return &methods.ApplyRecommendationBody{Res: &types.ApplyRecommendationResponse{}}
}
