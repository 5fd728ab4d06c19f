package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// checkBusy refuses work on a VM that another task works on. Tasks of the methods that are named do not count.
func (s *taskStore) checkBusy(vm *simulator.VirtualMachine, besides ...string) *problem {
	running, busy := s.runningOn(vm.Self, besides)
	if s.conditions.of(vm.Self).busy {
		running, busy = types.ManagedObjectReference{Type: "Task", Value: "task-of-another-client"}, true
	}
	if !busy {
		return nil
	}

	return explained(&types.TaskInProgress{Task: running}, errorResourceBusy,
		"Another task is already in progress.",
		fmt.Sprintf("%s works on the virtual machine '%s'.", running.Value, literalName(vm.Name)))
}

// runningOn finds a task that works on an object, of another method than those that are named.
func (s *taskStore) runningOn(ref types.ManagedObjectReference, besides []string) (types.ManagedObjectReference, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, record := range slices.Backward(s.records) {
		if record.entity == ref && record.state == types.TaskInfoStateRunning && !slices.Contains(besides, record.name) {
			return types.ManagedObjectReference{Type: "Task", Value: record.id}, true
		}
	}

	return types.ManagedObjectReference{}, false
}
