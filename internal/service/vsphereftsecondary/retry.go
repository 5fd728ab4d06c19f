package vsphereftsecondary

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// The pause before something is tried again: it doubles from the first to the longest.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
)

// run starts one task and sees it through, within the limit of concurrent tasks. A VM that is busy is tried again until ctx
// ends; a request whose answer was lost is sent once more, which every task can take that only switches something. A task
// that can't be waited for any longer is asked to cancel; when it succeeds all the same, so does the step.
func run[T any](ctx context.Context, r *secondaryResource, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	resent := false
	for length := firstPause; ; length = min(2*length, longestPause) {
		result, err := runOnce(ctx, r, start)
		again := busy(err)
		if apierr.IsAnswerLost(err) && !resent {
			resent, again = true, true
		}
		if !again || pause(ctx, length) != nil {
			return result, err
		}
	}
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
	settled, outcome, own := task.Settle(ctx, handle, interruptGrace, task.WithLogger(r.logger))
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

// busy reports whether vCenter refused or failed something since something else works on the VM: then nothing was done.
func busy(err error) bool {
	return apierr.Is(err, apierr.Busy) && !errors.Is(err, task.ErrUnfinished)
}

// pause lets time pass, about as long as it says. Its error says that ctx ended before.
func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length/2 + rand.N(length/2)) //nolint:gosec // jitter needs no cryptographic randomness
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting for %s: %w", length, ctx.Err())
	case <-timer.C:
		return nil
	}
}
