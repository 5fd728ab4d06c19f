package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// Steps runs tasks that change what is there already.
type Steps struct {
	Logger *slog.Logger
	// Slot waits until one more task may run. Nil: there is no limit.
	Slot func(ctx context.Context) (release func(), err error)
	// Worth returns what judges, for one task, whether another attempt is worth it: [BusyOrLostOnce], for one.
	Worth func() func(err error) bool
}

// RunStep starts one task and sees it through, again and again as [Steps.Worth] says and until ctx ends. A task that can't be
// waited for any longer is asked to cancel; when it succeeds all the same, so does the step.
func RunStep[T any](ctx context.Context, s Steps, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	var result T
	err := Again(ctx, s.Worth(), func(ctx context.Context) error {
		var err error
		result, err = runOnce(ctx, s, start)

		return err
	})

	return result, err
}

func runOnce[T any](ctx context.Context, s Steps, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	var none T
	if s.Slot != nil {
		release, err := s.Slot(ctx)
		if err != nil {
			return none, fmt.Errorf("waiting for a task slot: %w", err)
		}
		defer release()
	}

	handle, err := start(ctx)
	if err != nil {
		return none, err
	}
	result, err := task.Wait(ctx, handle, task.WithLogger(s.Logger))
	if errors.Is(err, task.ErrUnfinished) && ctx.Err() != nil {
		return settleStep(ctx, s, handle, err)
	}

	return result, err
}

// settleStep asks to cancel a task that can't be waited for any longer, and returns what became of the step. unfinished is the
// error of the wait, which counts when nobody knows.
func settleStep[T any](ctx context.Context, s Steps, handle task.Handle[T], unfinished error) (T, error) {
	result, outcome, err := task.Settle(ctx, handle, InterruptGrace, task.WithLogger(s.Logger))
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
