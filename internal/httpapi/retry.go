package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

const (
	readAttempts   = 5               // attempts at a read that meets a passing failure
	busyPatience   = 2 * time.Minute // with an object that is busy, when ctx has no deadline of its own
	refusePatience = 2 * time.Minute // with a service that refuses work
)

// Pauses are those between the attempts at one request.
var Pauses = backoff.Series{First: 200 * time.Millisecond, Longest: 5 * time.Second}

// Verdict is what the retry policy says about a failed attempt.
type Verdict int

// The verdicts.
const (
	GiveUp       Verdict = iota
	RetryBriefly         // the way or the service failed; a few more attempts
	RetryRefused         // the service takes no work now; patiently
	RetryBusy            // another operation holds the object; as long as the caller's deadline allows
)

// Repeater repeats what the policy allows to be repeated.
type Repeater struct {
	Platform  string // for the log: "vCenter"
	Logger    *slog.Logger
	Connected func() bool // whether the server has ever answered
	// Refusals are the platform's own codes of kind Unavailable for a service that takes no work now, each with what may be
	// repeated after it: Reads, or Changes as well.
	Refusals map[string]Effect
}

// Judge is the whole policy of what may be repeated. A read may be repeated after any passing failure. A request with an
// effect is repeated only when the answer itself proves that it had none: the service or the object refused to begin
// (503, 429, busy), or the request never left. It is never repeated after a lost answer. A server that has never answered is
// asked a few times only, whatever it says: nothing has begun that is worth waiting for, and a plan should not wait.
func (r Repeater) Judge(failure *apierr.Error, what Effect) Verdict {
	if failure.AnswerLost || failure.Code == apierr.CodeInterrupted {
		return GiveUp
	}
	patient := func(verdict Verdict) Verdict {
		if !r.Connected() {
			return RetryBriefly
		}

		return verdict
	}
	widest, refused := r.Refusals[failure.Code]
	switch {
	case failure.Kind == apierr.Busy:
		return patient(RetryBusy)
	case failure.Kind == apierr.TimedOut && what == Reads && failure.Code != apierr.CodeNoAnswer:
		return RetryBriefly
	case failure.Kind != apierr.Unavailable: // no other kind passes by itself
		return GiveUp
	case failure.Code == apierr.CodeUnreachable && !r.Connected():
		return GiveUp // a host that never answered is most likely misspelt: say so at once
	case failure.Code == apierr.CodeUnreachable:
		return RetryBriefly
	case failure.Code == "HTTP 503", refused && what <= widest:
		return patient(RetryRefused)
	case what == Reads && passing(failure.Code):
		return RetryBriefly
	default:
		return GiveUp
	}
}

// passing reports whether an unavailable service is likely to be back at once. An inaccessible datastore or a host that
// is not connected is unavailable as well, but stays so.
func passing(code string) bool {
	return code == apierr.CodeConnectionLost || code == "HTTP 502"
}

// Attempts are the attempts at one request.
type Attempts struct {
	Repeater

	what  Effect
	made  int
	began time.Time
}

// Begin returns the attempts at a request, the first of which begins now.
func (r Repeater) Begin(what Effect) *Attempts {
	return &Attempts{Repeater: r, what: what, began: time.Now()}
}

// Again waits after an attempt that ended with err and reports whether another is due. A request with an effect is not repeated
// when ctx ends so soon that the deadline might cut it off. When the time is up the caller returns err: what the platform said last
// tells more than that.
func (a *Attempts) Again(ctx context.Context, err error) bool {
	if _, over := errors.AsType[ContactError](err); over {
		return false
	}
	failure, ours := errors.AsType[*apierr.Error](err)
	if !ours {
		return false
	}
	a.made++
	if !Patient(ctx, a.Judge(failure, a.what), a.made, time.Since(a.began)) {
		return false
	}
	pause, due := timeToRepeat(ctx, a.what, Pauses.After(a.made), askedPause(err))
	if !due {
		return false
	}
	a.Logger.WarnContext(ctx, a.Platform+" could not do it now, trying again", "op", failure.Op, "object", failure.Object,
		"code", failure.Code, "attempt", a.made, "pause", pause)

	return backoff.Pause(ctx, pause)
}

// Do makes the attempts and returns the last one's error.
func (r Repeater) Do(ctx context.Context, what Effect, attempt func() error) error {
	for attempts := r.Begin(what); ; {
		err := attempt()
		if !attempts.Again(ctx, err) {
			if over, ok := errors.AsType[ContactError](err); ok {
				return over.Unwrap()
			}

			return err
		}
	}
}

// timeToRepeat returns the pause before another attempt: the policy's, or what the server asked for if that is longer. It reports false
// where ctx leaves no time for it.
func timeToRepeat(ctx context.Context, what Effect, ours, asked time.Duration) (time.Duration, bool) {
	pause := max(ours, asked)
	if what == Reads {
		return pause, true
	}
	pause, due := backoff.BeforeChange(ctx, pause)

	return pause, due && pause >= asked
}

// Patient reports whether attempt n+1 is due after elapsed.
func Patient(ctx context.Context, v Verdict, n int, elapsed time.Duration) bool {
	switch v {
	case RetryBriefly:
		return n < readAttempts
	case RetryRefused:
		return elapsed < refusePatience
	case RetryBusy:
		_, bounded := ctx.Deadline()

		return bounded || elapsed < busyPatience
	case GiveUp:
	}

	return false
}
