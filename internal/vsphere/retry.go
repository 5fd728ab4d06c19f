package vsphere

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

// verdict is what the retry policy says about a failed attempt.
type verdict int

const (
	giveUp       verdict = iota
	retryBriefly         // the way or the service failed; a few more attempts
	retryRefused         // the service takes no work now; patiently
	retryBusy            // another operation holds the object; as long as the caller's deadline allows
)

// judge is the whole policy of what may be repeated. A read may be repeated after any passing failure. A request with an
// effect is repeated only when the answer itself proves that it had none: the service or the object refused to begin
// (503, 429, busy), or the request never left. It is never repeated after a lost answer. A server that has never answered is
// asked a few times only, whatever it says: nothing has begun that patience could save, and a plan should not wait.
func judge(failure *apierr.Error, what effect, connected bool) verdict {
	if failure.AnswerLost || failure.Code == codeInterrupted {
		return giveUp
	}
	switch failure.Kind { //nolint:exhaustive // no other kind passes by itself
	case apierr.Busy:
		if !connected {
			return retryBriefly
		}

		return retryBusy
	case apierr.Unavailable:
		switch failure.Code {
		case apierr.CodeUnreachable:
			// A host that never answered is most likely misspelt: say so at once.
			if !connected {
				return giveUp
			}

			return retryBriefly
		case "SERVICE_UNAVAILABLE", "HTTP 503":
			if !connected {
				return retryBriefly
			}

			return retryRefused
		}
		if what == reads && passing(failure.Code) {
			return retryBriefly
		}
	case apierr.TimedOut:
		if what == reads && failure.Code != codeNoAnswer {
			return retryBriefly
		}
	}

	return giveUp
}

// passing reports whether an unavailable service is likely to be back at once. An inaccessible datastore or a host that
// is not connected is unavailable as well, but stays so.
func passing(code string) bool {
	return code == codeConnectionLost || code == "HTTP 502"
}

// retry repeats attempt as the policy allows and returns its last error. connected tells whether the server ever answered.
func retry(ctx context.Context, logger *slog.Logger, what effect, connected func() bool, attempt func() error) error {
	start := time.Now()
	for n := 1; ; n++ {
		err := attempt()
		if over, ok := errors.AsType[contactError](err); ok {
			return over.Unwrap()
		}
		failure, ours := errors.AsType[*apierr.Error](err)
		if !ours {
			return err
		}
		if !patient(ctx, judge(failure, what, connected()), n, time.Since(start)) {
			return err
		}
		pause := backOff(n)
		logger.WarnContext(ctx, "vCenter could not do it now, trying again", "op", failure.Op, "object", failure.Object,
			"code", failure.Code, "attempt", n, "pause", pause)
		if !sleep(ctx, pause) {
			return err // what vCenter said last tells more than that the time is up
		}
	}
}

// patient reports whether attempt n+1 is due after elapsed.
func patient(ctx context.Context, v verdict, n int, elapsed time.Duration) bool {
	switch v {
	case retryBriefly:
		return n < readAttempts
	case retryRefused:
		return elapsed < refusePatience
	case retryBusy:
		_, bounded := ctx.Deadline()

		return bounded || elapsed < busyPatience
	case giveUp:
	}

	return false
}

// backOff returns the pause after attempt n: exponential, with jitter so that callers do not come back all at once.
func backOff(n int) time.Duration {
	pause := longestPause
	if n < 6 {
		pause = min(pause, firstPause<<(n-1))
	}

	return pause/2 + rand.N(pause/2+1) //nolint:gosec // jitter needs no cryptographic randomness
}

// sleep pauses and reports whether ctx lasted.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
