package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	lost := &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost, AnswerLost: true}
	tests := []struct {
		name         string
		failure      *apierr.Error
		read, change Verdict
	}{
		{"lost answer", lost, GiveUp, GiveUp},
		{"connection lost", &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost}, RetryBriefly, GiveUp},
		{"gateway", &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502"}, RetryBriefly, GiveUp},
		{"gateway timeout", &apierr.Error{Kind: apierr.TimedOut, Code: "HTTP 504"}, RetryBriefly, GiveUp},
		{"service unavailable", &apierr.Error{Kind: apierr.Unavailable, Code: "SERVICE_UNAVAILABLE"}, RetryRefused, RetryRefused},
		{"bare 503", &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}, RetryRefused, RetryRefused},
		{"no ZStack node", &apierr.Error{Kind: apierr.Unavailable, Code: "SYS.1010"}, RetryRefused, GiveUp},
		{"busy object", &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}, RetryBusy, RetryBusy},
		{"too many requests", &apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}, RetryBusy, RetryBusy},
		{"never sent", &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable}, RetryBriefly, RetryBriefly},
		{"datastore", &apierr.Error{Kind: apierr.Unavailable, Code: "RESOURCE_INACCESSIBLE"}, GiveUp, GiveUp},
		{"host", &apierr.Error{Kind: apierr.Unavailable, Code: "HostNotConnected"}, GiveUp, GiveUp},
		{"no answer in time", &apierr.Error{Kind: apierr.TimedOut, Code: apierr.CodeNoAnswer}, GiveUp, GiveUp},
		{"caller gave up", &apierr.Error{Kind: apierr.TimedOut, Code: apierr.CodeInterrupted}, GiveUp, GiveUp},
		{"certificate", &apierr.Error{Kind: apierr.Unauthenticated, Code: apierr.CodeUntrustedCertificate}, GiveUp, GiveUp},
		{"not found", &apierr.Error{Kind: apierr.NotFound, Code: "NOT_FOUND"}, GiveUp, GiveUp},
		{"invalid", &apierr.Error{Kind: apierr.InvalidArgument, Code: "InvalidName"}, GiveUp, GiveUp},
		{"internal", &apierr.Error{Kind: apierr.Internal, Code: "ERROR"}, GiveUp, GiveUp},
	}
	unconnected := repeater
	unconnected.Connected = func() bool { return false }
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := repeater.Judge(tt.failure, Reads); got != tt.read {
				t.Errorf("a read: %v, want %v", got, tt.read)
			}
			if got := repeater.Judge(tt.failure, Changes); got != tt.change {
				t.Errorf("a change: %v, want %v", got, tt.change)
			}
		})
	}
	if got := unconnected.Judge(&apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable}, Reads); got != GiveUp {
		t.Errorf("a host that never answered: %v, want to give up at once", got)
	}
	for _, code := range []string{"HTTP 503", "HTTP 502", "SERVICE_UNAVAILABLE", "SYS.1010"} {
		if got := unconnected.Judge(&apierr.Error{Kind: apierr.Unavailable, Code: code}, Reads); got != RetryBriefly {
			t.Errorf("%s before anything else: %v, want a few attempts", code, got)
		}
	}
	if got := unconnected.Judge(&apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}, Reads); got != RetryBriefly {
		t.Errorf("429 before anything else: %v, want a few attempts", got)
	}
}

func TestRetry(t *testing.T) {
	t.Parallel()
	busy := &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}
	gateway := &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502"}
	tests := []struct {
		name     string
		failures int // before it succeeds
		failure  error
		deadline time.Duration
		want     error
		attempts int
		longest  time.Duration
	}{
		{"success", 0, busy, 0, nil, 1, 0},
		{"busy for a while", 3, busy, 0, nil, 4, 3 * time.Second},
		{"busy for ever, no deadline", 1 << 30, busy, 0, busy, -1, busyPatience + 2*Pauses.Longest},
		{"busy until the deadline", 1 << 30, busy, 10 * time.Minute, busy, -1, 10 * time.Minute},
		{"a gateway that stays down", 1 << 30, gateway, 0, gateway, readAttempts, 10 * time.Second},
		{"another error", 1 << 30, ErrClosed, 0, ErrClosed, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				attempts, start := 0, time.Now()
				err := repeater.Do(ctx, Reads, func() error {
					attempts++
					if attempts > tt.failures {
						return nil
					}

					return fmt.Errorf("wrapped: %w", tt.failure)
				})
				if !errors.Is(err, tt.want) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if tt.attempts >= 0 && attempts != tt.attempts {
					t.Errorf("%d attempts, want %d", attempts, tt.attempts)
				}
				if took := time.Since(start); took > tt.longest {
					t.Errorf("took %s, want at most %s", took, tt.longest)
				}
			})
		})
	}
}

// TestRepeater_reserve has a change refused for ever: the last attempt has time to be answered, and none is made before the server
// wants it. A read is repeated to the end.
func TestRepeater_reserve(t *testing.T) {
	t.Parallel()
	busy := &apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}
	later := (&apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}).Wrap(&RetryAfterError{Pause: 20 * time.Second})
	tests := map[string]struct {
		what    Effect
		failure error
		limit   time.Duration
		ends    time.Duration
	}{
		"a change":                         {Changes, busy, time.Minute, time.Minute - backoff.ChangeReserve},
		"a read":                           {Reads, busy, time.Minute, time.Minute},
		"a change, of little time":         {Changes, busy, backoff.ChangeReserve, 0},
		"a change, asked to come too late": {Changes, later, 70 * time.Second, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithTimeout(t.Context(), test.limit)
				defer stop()
				began := time.Now()
				err := repeater.Do(ctx, test.what, func() error { return test.failure })
				if !errors.Is(err, test.failure) || time.Since(began) != test.ends {
					t.Errorf("%v after %s, want %s", err, time.Since(began), test.ends)
				}
			})
		})
	}
}

var repeater = Repeater{
	Platform: "the platform", Logger: slog.New(slog.DiscardHandler), Connected: func() bool { return true },
	Refusals: map[string]Effect{"SERVICE_UNAVAILABLE": Changes, "SYS.1010": Reads},
}
