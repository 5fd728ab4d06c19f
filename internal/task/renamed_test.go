package task_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// renamedTask is a task that is sent anew while it is waited for, and has another id from then on.
type renamedTask struct {
	id  string
	err error // of the question after that; nil: it never ends
}

func (h *renamedTask) ID() string                 { return h.id }
func (*renamedTask) Cancel(context.Context) error { return nil }

func (h *renamedTask) Next(ctx context.Context) (task.Update[string], error) {
	h.id = "second"
	if h.err != nil {
		return task.Update[string]{}, h.err
	}
	<-ctx.Done()

	return task.Update[string]{}, ctx.Err()
}

// TestWaitForRenamedTask wants an error that names the task as it is called now.
func TestWaitForRenamedTask(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]error{
		"out of time": nil, "unknown": &apierr.Error{Kind: apierr.NotFound}, "can't be asked": &apierr.Error{Kind: apierr.Denied},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				_, err := task.Wait(ctx, &renamedTask{id: "first", err: answer})
				failure, ok := errors.AsType[*apierr.Error](err)
				if !ok || failure.TaskID != "second" || !errors.Is(err, task.ErrUnfinished) {
					t.Errorf("got %v of task %q", err, failure.TaskID)
				}
			})
		})
	}
}
