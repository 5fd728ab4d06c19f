package vcenter

import (
	"net/http"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// getPower answers GET /api/vcenter/vm/{vm}/power.
func (s *restAPI) getPower(c *restCall) (int, any, *problem) {
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	vm, p := s.findVM(c)
	if p != nil {
		return 0, nil, p
	}
	answer := map[string]any{}
	s.inventory.registry.WithLock(c.ctx, vm, func() {
		answer["state"] = powerWords[string(vm.Runtime.PowerState)]
		if vm.Runtime.PowerState == poweredOff {
			answer["clean_power_off"] = true
		}
	})

	return http.StatusOK, answer, nil
}

// startVM answers POST /api/vcenter/vm/{vm}/power?action=start.
func (s *restAPI) startVM(c *restCall) (int, any, *problem) {
	return s.runREST(c, "PowerOnVM_Task", descriptions["PowerOnVM_Task"], privilegePowerOn, s.restPower(poweredOn))
}

// stopVM answers POST /api/vcenter/vm/{vm}/power?action=stop.
func (s *restAPI) stopVM(c *restCall) (int, any, *problem) {
	return s.runREST(c, "PowerOffVM_Task", descriptions["PowerOffVM_Task"], privilegePowerOff, s.restPower(poweredOff))
}

func (s *restAPI) restPower(state types.VirtualMachinePowerState) func(*simulator.VirtualMachine) (effect, *problem) {
	return func(vm *simulator.VirtualMachine) (effect, *problem) {
		if p := checkPower(vm, state); p != nil {
			return nil, p
		}

		return s.power.powerEffect(vm.Self, state), nil
	}
}
