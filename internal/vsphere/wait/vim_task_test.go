package wait

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

func TestVimTask_outcomes(t *testing.T) {
	t.Parallel()
	failed := func(fault types.BaseMethodFault) map[string]any {
		return map[string]any{
			taskState: types.TaskInfoStateError,
			taskError: types.LocalizedMethodFault{Fault: fault, LocalizedMessage: "it failed"},
		}
	}
	tests := []struct {
		name   string
		values map[string]any
		state  task.State
		kind   apierr.Kind
	}{
		{"success", succeededTask, task.StateSucceeded, 0},
		{"fault", failed(&types.InvalidPowerState{}), task.StateFailed, apierr.InvalidState},
		{"cancelled", failed(&types.RequestCanceled{}), task.StateCancelled, apierr.Cancelled},
		{"failed without a word", map[string]any{taskState: types.TaskInfoStateError}, task.StateFailed, apierr.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, server := newFakeWatch(t)
				server.set(taskRef(7), tt.values)
				update, err := taskHandle(c, 7).Next(t.Context())
				if err != nil || update.State != tt.state {
					t.Fatalf("news = %+v, %v", update, err)
				}
				if failure, ok := errors.AsType[*apierr.Error](update.Err); tt.state != task.StateSucceeded &&
					(!ok || failure.Kind != tt.kind || failure.TaskID != "task-7" || failure.Op != "Foo_Task") {
					t.Errorf("error %+v", update.Err)
				}
			})
		})
	}
}
