package vsphereftsecondary

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// run starts one task and sees it through, within the limit of concurrent tasks. A VM that is busy is tried again until ctx
// ends; a request whose answer was lost is sent once more, which every task can take that only switches something. A task
// that can't be waited for any longer is asked to cancel; when it succeeds all the same, so does the step.
func run[T any](ctx context.Context, r *secondaryResource, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	var result T
	err := lifecycle.Again(ctx, lifecycle.BusyOrLostOnce(), func(ctx context.Context) error {
		var err error
		result, err = runOnce(ctx, r, start)

		return err
	})

	return result, err
}

func runOnce[T any](ctx context.Context, r *secondaryResource, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	var none T
	release, err := r.client.AcquireTaskSlot(ctx)
	if err != nil {
		return none, fmt.Errorf("waiting for a task slot: %w", err)
	}
	defer release()
	handle, err := start(ctx)
	if err != nil {
		return none, err
	}
	result, err := task.Wait(ctx, handle, task.WithLogger(r.logger))
	if !errors.Is(err, task.ErrUnfinished) || ctx.Err() == nil {
		return result, err
	}
	settled, outcome, own := task.Settle(ctx, handle, lifecycle.InterruptGrace, task.WithLogger(r.logger))
	switch {
	case outcome == task.Adopted:
		return settled, nil
	case outcome == task.Unsettled:
		return none, err
	case own != nil:
		return none, own
	default:
		return none, fmt.Errorf("task %s was cancelled: %w", handle.ID(), ctx.Err())
	}
}
