package vsphereclone

import (
	"context"
	"math/rand/v2"
	"time"
)

// The pause before something is tried again: it doubles from the first to the longest.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
)

// again calls try until it succeeds, fails with an error that is not worth another attempt, or ctx ends. Then the last
// error counts: it says more than that time ran out.
func again(ctx context.Context, worth func(err error) bool, try func(ctx context.Context) error) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := try(ctx)
		if err == nil || ctx.Err() != nil || !worth(err) {
			return err
		}
		timer := time.NewTimer(pause/2 + rand.N(pause/2)) //nolint:gosec // jitter needs no cryptographic randomness
		select {
		case <-ctx.Done():
			timer.Stop()

			return err
		case <-timer.C:
		}
	}
}
