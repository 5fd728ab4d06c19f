package vmlifecycle

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// The pause before something is tried again: it doubles from the first to the longest.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
)

// again calls try until it succeeds, fails with an error that is not worth another attempt, or ctx ends. Then the error that
// was tried again counts: it says more than that time ran out in the middle of another attempt.
func again(ctx context.Context, worth func(err error) bool, try func(ctx context.Context) error) error {
	var before error
	for length := firstPause; ; length = min(2*length, longestPause) {
		err := try(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil && before != nil && errors.Is(err, ctx.Err()) && !errors.Is(err, task.ErrUnfinished):
			return before
		case ctx.Err() != nil || !worth(err):
			return err
		}
		before = err
		jittered := length/2 + rand.N(length/2) //nolint:gosec // jitter needs no cryptographic randomness
		if pause(ctx, jittered) != nil {
			return err
		}
	}
}

// pause lets time pass. Its error says that ctx ended before.
func pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting for %s: %w", length, ctx.Err())
	case <-timer.C:
		return nil
	}
}
