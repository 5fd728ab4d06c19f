// Package backoff is the time that passes between two attempts: how long a pause is, and whether the time that is left is
// enough for another attempt.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// ChangeReserve is the least time before the deadline at which a change is sent again. A later attempt could be cut off by the
// deadline before its answer arrives, and its outcome would be unknown: the platform may create a VM although Terraform was told
// that none was created.
const ChangeReserve = 5 * time.Second

// Series are pauses of which each is twice as long as the one before.
type Series struct {
	First, Longest time.Duration
}

// After returns the pause after attempt n, the first of which is 1: between half of its length and all of it, so that callers that
// failed at the same time do not retry at the same time.
func (s Series) After(n int) time.Duration {
	length := s.First
	for ; n > 1 && length < s.Longest; n-- {
		length *= 2
	}
	length = min(length, s.Longest)

	return length/2 + rand.N(length/2+1) //nolint:gosec // jitter needs no cryptographic randomness
}

// Pause lets time pass and reports whether ctx lasted.
func Pause(ctx context.Context, length time.Duration) bool {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// BeforeChange returns the pause before something that changes the platform is tried once more: length, or less where ctx ends
// soon, so that [ChangeReserve] is left for the attempt. It reports false when there is no time for one.
func BeforeChange(ctx context.Context, length time.Duration) (time.Duration, bool) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return length, ctx.Err() == nil
	}
	spare := time.Until(deadline) - ChangeReserve

	return min(length, spare), spare > 0 && ctx.Err() == nil
}

// PauseBeforeChange is [Pause] for as long as [BeforeChange] says, and reports whether there is time for another attempt.
func PauseBeforeChange(ctx context.Context, length time.Duration) bool {
	length, due := BeforeChange(ctx, length)

	return due && Pause(ctx, length)
}
