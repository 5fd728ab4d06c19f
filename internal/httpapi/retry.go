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

// Judge is the whole policy of what may be repeated. A read may be repeated after any passing failure. A request with an
// effect is repeated only when the answer itself proves that it had none: the service or the object refused to begin
// (503, 429, busy), or the request never left. It is never repeated after a lost answer. A server that has never answered is
// asked a few times only, whatever it says: nothing has begun that patience could save, and a plan should not wait.
func Judge(failure *apierr.Error, what Effect, connected bool) Verdict {
	if failure.AnswerLost || failure.Code == apierr.CodeInterrupted {
		return GiveUp
	}
	switch failure.Kind { //nolint:exhaustive // no other kind passes by itself
	case apierr.Busy:
		if !connected {
			return RetryBriefly
		}

		return RetryBusy
	case apierr.Unavailable:
		switch failure.Code {
		case apierr.CodeUnreachable:
			// A host that never answered is most likely misspelt: say so at once.
			if !connected {
				return GiveUp
			}

			return RetryBriefly
		case "SERVICE_UNAVAILABLE", "HTTP 503":
			if !connected {
				return RetryBriefly
			}

			return RetryRefused
		case "SYS.1009", "SYS.1010", "SYS.1011", "SYS.1012": // ZStack has no node to work, as while it fails over
			// Of a request with an effect they may come from the midst of its work.
			switch {
			case what != Reads:
				return GiveUp
			case !connected:
				return RetryBriefly
			default:
				return RetryRefused
			}
		}
		if what == Reads && passing(failure.Code) {
			return RetryBriefly
		}
	case apierr.TimedOut:
		if what == Reads && failure.Code != apierr.CodeNoAnswer {
			return RetryBriefly
		}
	}

	return GiveUp
}

// passing reports whether an unavailable service is likely to be back at once. An inaccessible datastore or a host that
// is not connected is unavailable as well, but stays so.
func passing(code string) bool {
	return code == apierr.CodeConnectionLost || code == "HTTP 502"
}

// Repeater repeats what the policy allows to be repeated.
type Repeater struct {
	Platform  string // for the log: "vCenter"
	Logger    *slog.Logger
	Connected func() bool // whether the server has ever answered
}

// Do repeats attempt as the policy allows and returns its last error. A request with an effect is not repeated when ctx ends
// so soon that the deadline might cut it off.
func (r Repeater) Do(ctx context.Context, what Effect, attempt func() error) error {
	start := time.Now()
	for n := 1; ; n++ {
		err := attempt()
		if over, ok := errors.AsType[ContactError](err); ok {
			return over.Unwrap()
		}
		failure, ours := errors.AsType[*apierr.Error](err)
		if !ours {
			return err
		}
		if !Patient(ctx, Judge(failure, what, r.Connected()), n, time.Since(start)) {
			return err
		}
		pause, due := timeToRepeat(ctx, what, Pauses.After(n), askedPause(err))
		if !due {
			return err
		}
		r.Logger.WarnContext(ctx, r.Platform+" could not do it now, trying again", "op", failure.Op, "object", failure.Object,
			"code", failure.Code, "attempt", n, "pause", pause)
		if !backoff.Pause(ctx, pause) {
			return err // what the platform said last tells more than that the time is up
		}
	}
}

// timeToRepeat returns the pause before another attempt: ours, or what the server asked for if that is longer. It reports false
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
