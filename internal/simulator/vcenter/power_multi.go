package vcenter

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// multiPower powers on many VMs at once, each by a task of its own, which clients can follow.
type multiPower struct {
	inventory *inventory
	users     *userStore
	tasks     *taskStore
	power     *powerStates
}

// methods returns the vim25 methods that this store answers.
func (s *multiPower) methods() map[string]method {
	return map[string]method{
		"Datacenter.PowerOnMultiVM_Task": {task: s.planPowerOn},
	}
}

// planPowerOn plans PowerOnMultiVM_Task. A VM that cannot be powered on does not stop the others.
func (s *multiPower) planPowerOn(c *call) (taskPlan, *problem) {
	req := bodyOf[types.PowerOnMultiVM_Task](c)
	for _, ref := range req.Vm {
		if p := s.users.require(c.user, privilegePowerOn, ref); p != nil {
			return taskPlan{}, p
		}
	}

	return taskPlan{effect: func(ctx *simulator.Context) (types.AnyType, *problem) {
		result := types.ClusterPowerOnVmResult{}
		for _, ref := range req.Vm {
			vm, ok := s.inventory.vm(ref)
			p := notFound(ref)
			if ok {
				p = checkPower(vm, poweredOn)
			}
			if p != nil {
				result.NotAttempted = append(result.NotAttempted, types.ClusterNotAttemptedVmInfo{Vm: ref, Fault: *p.localized()})

				continue
			}
			record := s.tasks.start(ctx, taskSpec{
				method: "PowerOnVM_Task", name: "PowerOnVM_Task", description: descriptions["PowerOnVM_Task"], entity: ref,
				user: c.user, session: c.ctx.Session, effect: s.power.powerEffect(ref, poweredOn),
			})
			result.Attempted = append(result.Attempted, types.ClusterAttemptedVmInfo{Vm: ref, Task: &record.object.Self})
		}

		return result, nil
	}}, nil
}
