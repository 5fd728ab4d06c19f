package vsphereclone

import (
	"context"
	"errors"
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
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
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
		timer := time.NewTimer(pause/2 + rand.N(pause/2)) //nolint:gosec // jitter needs no cryptographic randomness
		select {
		case <-ctx.Done():
			timer.Stop()

			return err
		case <-timer.C:
		}
	}
}
