package vcenter

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// maxListed is how many VMs one list may hold.
const maxListed = 4000

// vmSummary is one VM of the list (Vcenter_VM_Summary).
type vmSummary struct {
	VM         string `json:"vm"`
	Name       string `json:"name"`
	PowerState string `json:"power_state"`
	CPUCount   int32  `json:"cpu_count"`
	MemoryMiB  int32  `json:"memory_size_MiB"`
}

// powerWords are REST's names of power states.
var powerWords = map[string]string{
	string(types.VirtualMachinePowerStatePoweredOn):  "POWERED_ON",
	string(types.VirtualMachinePowerStatePoweredOff): "POWERED_OFF",
	string(types.VirtualMachinePowerStateSuspended):  "SUSPENDED",
}

// listVMs answers GET /api/vcenter/vm. Templates are not in it, as in vCenter, nor secondaries, which have their primary's name.
func (s *restAPI) listVMs(c *restCall) (int, any, *problem) {
	s.inventory.mu.RLock()
	defer s.inventory.mu.RUnlock()
	for parameter := range c.query {
		if !slices.Contains(listParameters, parameter) {
			return 0, nil, &problem{
				errorType: errorUnexpectedInput, messages: []string{"The query parameter " + parameter + " is not known."},
			}
		}
	}
	summaries := []vmSummary{}
	for _, entity := range s.inventory.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if !ok {
			continue
		}
		summary, listed := s.summary(c, vm)
		if !listed {
			continue
		}
		summaries = append(summaries, summary)
	}
	if len(summaries) > maxListed {
		return 0, nil, &problem{
			errorType: errorUnableToAllocateResource,
			messages:  []string{fmt.Sprintf("More than %d virtual machines match the filter.", maxListed)},
		}
	}
	slices.SortFunc(summaries, func(a, b vmSummary) int { return compareIDs(a.VM, b.VM) })

	return http.StatusOK, summaries, nil
}

var listParameters = []string{
	"vms", "names", "folders", "datacenters", "hosts", "clusters", "resource_pools", "power_states",
}

// compareIDs orders ids by their number.
func compareIDs(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}

	return 1
}

// summary returns a VM of the list, and whether the filters select it; the cheapest filters come first.
func (s *restAPI) summary(c *restCall, vm *simulator.VirtualMachine) (vmSummary, bool) {
	var summary vmSummary
	var host, pool, folder types.ManagedObjectReference
	template := false
	s.inventory.registry.WithLock(c.ctx, vm, func() {
		summary = vmSummary{
			VM: vm.Self.Value, Name: literalName(vm.Name), PowerState: powerWords[string(vm.Runtime.PowerState)],
			CPUCount: vm.Config.Hardware.NumCPU, MemoryMiB: vm.Config.Hardware.MemoryMB,
		}
		template = vm.Config.Template || isSecondary(vm)
		if vm.Runtime.Host != nil {
			host = *vm.Runtime.Host
		}
		if vm.ResourcePool != nil {
			pool = *vm.ResourcePool
		}
		if vm.Parent != nil {
			folder = *vm.Parent
		}
	})
	if template {
		return summary, false
	}
	for parameter, value := range map[string]string{
		"vms": summary.VM, "names": summary.Name, "folders": folder.Value, "hosts": host.Value,
		"resource_pools": pool.Value, "power_states": summary.PowerState,
	} {
		if wanted, ok := c.query[parameter]; ok && !slices.Contains(wanted, value) {
			return summary, false
		}
	}
	if wanted, ok := c.query["clusters"]; ok && !slices.Contains(wanted, s.inventory.owner(host).Value) {
		return summary, false
	}
	if wanted, ok := c.query["datacenters"]; ok {
		datacenter, _ := s.inventory.parentOf(folder, "Datacenter")
		if !slices.Contains(wanted, datacenter.Value) {
			return summary, false
		}
	}

	return summary, true
}

// findVM returns the VM that a request names.
func (s *restAPI) findVM(c *restCall) (*simulator.VirtualMachine, *problem) {
	ref := vmRef(c.params["vm"])
	vm, ok := s.inventory.vm(ref)
	if !ok {
		return nil, notFound(ref)
	}

	return vm, nil
}

// deleteVM answers DELETE /api/vcenter/vm/{vm}.
func (s *restAPI) deleteVM(c *restCall) (int, any, *problem) {
	return s.runREST(c, "Destroy_Task", "VirtualMachine.destroy", privilegeDelete, func(vm *simulator.VirtualMachine) (effect, *problem) {
		if p := s.users.requireAll(c.user, vm.Self, s.inventory.destroyNeeds(vm.Self)); p != nil {
			return nil, p
		}
		if p := mayDestroy(vm); p != nil {
			p.errorType = errorNotAllowedInCurrentState

			return nil, p
		}

		return s.vms.destroyEffect(vm.Self), nil
	})
}

// runREST runs a task on a VM behind a synchronous REST operation and waits for its end.
func (s *restAPI) runREST(
	c *restCall, name, description, privilege string, plan func(*simulator.VirtualMachine) (effect, *problem),
) (int, any, *problem) {
	record, p := s.beginREST(c, name, description, privilege, plan)
	if p != nil {
		return 0, nil, p
	}
	select {
	case <-record.done:
	case <-s.lifetime.stopped:
		return 0, nil, cancelled()
	}
	if record.problem != nil {
		return 0, nil, record.problem
	}

	return http.StatusNoContent, nil, nil
}

func (s *restAPI) beginREST(
	c *restCall, name, description, privilege string, plan func(*simulator.VirtualMachine) (effect, *problem),
) (*taskRecord, *problem) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	vm, p := s.findVM(c)
	if p != nil {
		return nil, p
	}
	if p := s.users.require(c.user, privilege, vm.Self); p != nil {
		return nil, p
	}
	if p := s.ftRules.refusedByPair(vm.Self, name, nil); p != nil {
		return nil, p
	}
	acts, p := plan(vm)
	if p != nil {
		return nil, p
	}

	return s.tasks.start(c.ctx, taskSpec{
		method: s.match(c.r).method, name: name, description: description, entity: vm.Self, user: c.user, effect: acts,
	}), nil
}
