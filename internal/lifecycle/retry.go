package lifecycle

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

// Again calls try until it succeeds, fails with an error that is not worth another attempt, or ctx ends. Then the error that
// was tried again counts: it says more than that time ran out in the middle of another attempt.
func Again(ctx context.Context, worth func(err error) bool, try func(ctx context.Context) error) error {
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
		if Pause(ctx, jittered) != nil {
			return err
		}
	}
}

// Pause lets time pass. Its error says that ctx ended before.
func Pause(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("waiting for %s: %w", length, ctx.Err())
	case <-timer.C:
		return nil
	}
}

// Busy reports whether the platform refused or failed something since something else works on the object: then nothing was
// done, and it is worth trying again.
func Busy(err error) bool {
	return apierr.Is(err, apierr.Busy) && !errors.Is(err, task.ErrUnfinished)
}

// Away reports whether the platform can't be asked now: what broke the connection a moment ago may still be there.
func Away(err error) bool { return apierr.Is(err, apierr.Unavailable, apierr.Busy) }

// BusyOrLostOnce returns what judges whether something that may be repeated is worth another attempt: as long as the object
// is busy, and once after a lost answer.
func BusyOrLostOnce() func(err error) bool {
	resent := false

	return func(err error) bool {
		if apierr.IsAnswerLost(err) && !resent {
			resent = true

			return true
		}

		return Busy(err)
	}
}
