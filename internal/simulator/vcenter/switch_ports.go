package vcenter

import (
	"github.com/vmware/govmomi/vim25/types"
)

// mostPorts is how many ports a distributed switch may have, as vCenter's configuration maximums say.
const mostPorts = 60_000

// switchPorts limits the ports of port groups: govmomi makes as many as it is asked for, one by one.
type switchPorts struct{ stock *stockMethods }

// methods returns the vim25 methods that this store answers.
func (s *switchPorts) methods() map[string]method {
	return map[string]method{"DistributedVirtualSwitch.AddDVPortgroup_Task": {task: s.planAdd}}
}

// planAdd plans AddDVPortgroup_Task.
func (s *switchPorts) planAdd(c *call) (taskPlan, *problem) {
	ports := 0
	for _, spec := range bodyOf[types.AddDVPortgroup_Task](c).Spec {
		if ports += int(spec.NumPorts); spec.NumPorts < 0 || ports > mostPorts {
			return taskPlan{}, invalidArgument("spec.numPorts", "A switch may have %d ports.", mostPorts)
		}
	}

	return s.stock.planStock(c)
}
