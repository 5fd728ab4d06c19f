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

// ErrOutOfTime is in the chain of an error that was worth another attempt for which there was no time.
var ErrOutOfTime = errors.New("there was no time for another attempt")

// outOfTimeError reads as the last attempt's error.
type outOfTimeError struct{ error }

// Unwrap returns the last attempt's error and [ErrOutOfTime].
func (o outOfTimeError) Unwrap() []error { return []error{o.error, ErrOutOfTime} }

// Retry judges the failures of one operation. It may remember what it has judged.
type Retry interface {
	// Worth reports whether the operation is worth another attempt after it failed with err. It may ask the platform.
	Worth(ctx context.Context, err error) bool
}

// attempts counts the attempts at one operation. next says what follows a failure.
type attempts struct {
	retry  Retry
	count  int
	before error // of the last attempt that was worth another one
	over   bool  // the operation has failed
	reads  bool  // the operation changes nothing, so a deadline may cut it off
}

// next pauses before another attempt, or sets over. The error is what to report then: of several failures the one that says most,
// since the last attempt may only say that time ran out. A change is not attempted again so late that the deadline might cut it off.
func (a *attempts) next(ctx context.Context, err error) error {
	a.count++
	switch {
	case ctx.Err() != nil && a.before != nil && errors.Is(err, ctx.Err()) && !errors.Is(err, task.ErrUnfinished):
		a.over, err = true, outOfTimeError{a.before}
	case ctx.Err() != nil || a.retry == nil || !a.retry.Worth(ctx, err):
		a.over = true
	case !a.pause(ctx):
		a.over, err = true, outOfTimeError{err}
	default:
		a.before = err
	}

	return err
}

func (a *attempts) pause(ctx context.Context) bool {
	if a.reads {
		return backoff.Pause(ctx, pauses.After(a.count))
	}

	return backoff.PauseBeforeChange(ctx, pauses.After(a.count))
}

// Again calls try, which changes something, until it succeeds, fails with an error that is not worth another attempt, or ctx ends
// so soon that its deadline might cut another attempt off. Then the error has [ErrOutOfTime] in its chain.
func Again(ctx context.Context, retry Retry, try func(ctx context.Context) error) error {
	return again(ctx, attempts{retry: retry}, try)
}

// AskAgain calls ask, which only reads, until there is an answer or ctx ends, while the platform is unavailable or busy.
func AskAgain(ctx context.Context, ask func(ctx context.Context) error) error {
	return again(ctx, attempts{retry: whileAway{}, reads: true}, ask)
}

func again(ctx context.Context, all attempts, try func(ctx context.Context) error) error {
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if err = all.next(ctx, err); all.over {
			return err
		}
	}
}

// whileAway retries while the platform can't be asked.
type whileAway struct{}

// Worth implements [Retry].
func (whileAway) Worth(_ context.Context, err error) bool {
	return apierr.Is(err, apierr.Unavailable, apierr.Busy)
}

// Busy reports whether the platform refused or failed something because other work holds the object: nothing was done then.
func Busy(err error) bool {
	return apierr.Is(err, apierr.Busy) && !errors.Is(err, task.ErrUnfinished)
}

// WhileBusy retries as long as the object is busy.
type WhileBusy struct{}

// Worth implements [Retry].
func (WhileBusy) Worth(_ context.Context, err error) bool { return Busy(err) }

// BusyOrLostOnce retries as long as the object is busy, and once after a lost answer: for what may be repeated.
type BusyOrLostOnce struct{ resent bool }

// Worth implements [Retry].
func (b *BusyOrLostOnce) Worth(_ context.Context, err error) bool {
	if apierr.IsAnswerLost(err) && !b.resent {
		b.resent = true

		return true
	}

	return Busy(err)
}

// Pause lets time pass. Its error says that ctx ended before.
func Pause(ctx context.Context, length time.Duration) error {
	if !backoff.Pause(ctx, length) {
		return fmt.Errorf("waiting for %s: %w", length, ctx.Err())
	}

	return nil
}
