package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

const (
	readAttempts   = 5                      // attempts at a read that meets a passing failure
	firstPause     = 200 * time.Millisecond // doubled after each attempt
	longestPause   = 5 * time.Second
	busyPatience   = 2 * time.Minute // with an object that is busy, when ctx has no deadline of its own
	refusePatience = 2 * time.Minute // with a service that refuses work
)

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

// Do repeats attempt as the policy allows and returns its last error.
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
		pause := max(BackOff(n), askedPause(err))
		r.Logger.WarnContext(ctx, r.Platform+" could not do it now, trying again", "op", failure.Op, "object", failure.Object,
			"code", failure.Code, "attempt", n, "pause", pause)
		if !Pause(ctx, pause) {
			return err // what the platform said last tells more than that the time is up
		}
	}
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

// BackOff returns the pause after attempt n: exponential, with jitter so that callers do not come back all at once.
func BackOff(n int) time.Duration {
	pause := longestPause
	if n < 6 {
		pause = min(pause, firstPause<<(n-1))
	}

	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no cryptographic randomness
}

// Pause waits and reports whether ctx lasted.
func Pause(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
