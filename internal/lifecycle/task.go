package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// Tasks runs tasks that change an object which exists.
type Tasks struct {
	Logger *slog.Logger
	// Slot waits until one more task may run. Nil: there is no limit.
	Slot func(ctx context.Context) (release func(), err error)
}

// RunTask starts one task and sees it through, again and again as retry says and until ctx ends. A task that can't be waited for any
// longer is asked to cancel; when it succeeds all the same, so does RunTask.
func RunTask[T any](
	ctx context.Context, tasks Tasks, retry Retry, start func(ctx context.Context) (task.Handle[T], error),
) (T, error) {
	var result T
	err := Again(ctx, retry, func(ctx context.Context) error {
		var err error
		result, err = runOnce(ctx, tasks, start)

		return err
	})

	return result, err
}

func runOnce[T any](ctx context.Context, tasks Tasks, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	var none T
	if tasks.Slot != nil {
		release, err := tasks.Slot(ctx)
		if err != nil {
			return none, fmt.Errorf("waiting for a task slot: %w", err)
		}
		defer release()
	}

	handle, err := start(ctx)
	if err != nil {
		return none, err
	}
	result, err := task.Wait(ctx, handle, task.WithLogger(tasks.Logger))
	if errors.Is(err, task.ErrUnfinished) && ctx.Err() != nil {
		return settleTask(ctx, tasks, handle, err)
	}

	return result, err
}

// settleTask asks to cancel a task that can't be waited for any longer, and returns what became of it. unfinished is the error of the
// wait, which is returned where the end is not known.
func settleTask[T any](ctx context.Context, tasks Tasks, handle task.Handle[T], unfinished error) (T, error) {
	result, outcome, err := task.Settle(ctx, handle, interruptGrace, task.WithLogger(tasks.Logger))
	switch {
	case outcome == task.Adopted:
		return result, nil
	case outcome == task.Unsettled:
		return result, unfinished
	case err != nil:
		return result, err
	default:
		return result, fmt.Errorf("task %s was cancelled: %w", handle.ID(), ctx.Err())
	}
}
