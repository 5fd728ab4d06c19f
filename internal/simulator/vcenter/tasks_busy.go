package vcenter

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// checkBusy refuses work on a VM that another task works on.
func (s *taskStore) checkBusy(vm *simulator.VirtualMachine) *problem {
	running, busy := s.runningOn(vm.Self)
	if s.conditions.of(vm.Self).busy {
		running, busy = types.ManagedObjectReference{Type: "Task", Value: "task-of-somebody-else"}, true
	}
	if !busy {
		return nil
	}

	return explained(&types.TaskInProgress{Task: running}, errorResourceBusy,
		"Another task is already in progress.",
		fmt.Sprintf("%s works on the virtual machine '%s'.", running.Value, literalName(vm.Name)))
}

// runningOn finds a task that works on an object.
func (s *taskStore) runningOn(ref types.ManagedObjectReference) (types.ManagedObjectReference, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, record := range slices.Backward(s.records) {
		if record.entity == ref && record.state == types.TaskInfoStateRunning {
			return types.ManagedObjectReference{Type: "Task", Value: record.id}, true
		}
	}

	return types.ManagedObjectReference{}, false
}
