package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// pauses are those before something is tried again.
var pauses = backoff.Series{First: 500 * time.Millisecond, Longest: 15 * time.Second}

// ErrOutOfTime is in the chain of an error that was worth another attempt, for which there was no time.
var ErrOutOfTime = errors.New("there was no time for another attempt")

// outOfTimeError is one that reads as the last attempt's does.
type outOfTimeError struct{ error }

// Unwrap returns the last attempt's error, and [ErrOutOfTime].
func (o outOfTimeError) Unwrap() []error { return []error{o.error, ErrOutOfTime} }

// Again calls try, which changes something, until it succeeds or fails with an error that is not worth another attempt, or until ctx
// ends so soon that the deadline might cut another attempt off. Then the error that was tried again counts, with [ErrOutOfTime] in its
// chain: it says more than that time ran out in the middle of another attempt.
func Again(ctx context.Context, worth func(err error) bool, try func(ctx context.Context) error) error {
	return again(ctx, worth, try, backoff.PauseBeforeChange)
}

// AskAgain calls ask, which only reads, until there is an answer, or ctx ends: as long as the platform can't be asked, and what broke
// the connection a moment ago may still be there.
func AskAgain(ctx context.Context, ask func(ctx context.Context) error) error {
	away := func(err error) bool { return apierr.Is(err, apierr.Unavailable, apierr.Busy) }

	return again(ctx, away, ask, backoff.Pause)
}

func again(
	ctx context.Context, worth func(err error) bool, try func(ctx context.Context) error, pause func(context.Context, time.Duration) bool,
) error {
	var before error
	for n := 1; ; n++ {
		err := try(ctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil && before != nil && errors.Is(err, ctx.Err()) && !errors.Is(err, task.ErrUnfinished):
			return outOfTimeError{before}
		case ctx.Err() != nil || !worth(err):
			return err
		case !pause(ctx, pauses.After(n)):
			return outOfTimeError{err}
		}
		before = err
	}
}

// Pause lets time pass. Its error says that ctx ended before.
func Pause(ctx context.Context, length time.Duration) error {
	if !backoff.Pause(ctx, length) {
		return fmt.Errorf("waiting for %s: %w", length, ctx.Err())
	}

	return nil
}

// Busy reports whether the platform refused or failed something since something else works on the object: then nothing was
// done, and it is worth trying again.
func Busy(err error) bool {
	return apierr.Is(err, apierr.Busy) && !errors.Is(err, task.ErrUnfinished)
}

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
