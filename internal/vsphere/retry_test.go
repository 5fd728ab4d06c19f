package vsphere

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	lost := &apierr.Error{Kind: apierr.Unavailable, Code: codeConnectionLost, AnswerLost: true}
	tests := []struct {
		name         string
		failure      *apierr.Error
		read, change verdict
	}{
		{"lost answer", lost, giveUp, giveUp},
		{"connection lost", &apierr.Error{Kind: apierr.Unavailable, Code: codeConnectionLost}, retryBriefly, giveUp},
		{"gateway", &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 502"}, retryBriefly, giveUp},
		{"gateway timeout", &apierr.Error{Kind: apierr.TimedOut, Code: "HTTP 504"}, retryBriefly, giveUp},
		{"service unavailable", &apierr.Error{Kind: apierr.Unavailable, Code: "SERVICE_UNAVAILABLE"}, retryRefused, retryRefused},
		{"bare 503", &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}, retryRefused, retryRefused},
		{"busy object", &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}, retryBusy, retryBusy},
		{"too many requests", &apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}, retryBusy, retryBusy},
		{"never sent", &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable}, retryBriefly, retryBriefly},
		{"datastore", &apierr.Error{Kind: apierr.Unavailable, Code: "RESOURCE_INACCESSIBLE"}, giveUp, giveUp},
		{"host", &apierr.Error{Kind: apierr.Unavailable, Code: "HostNotConnected"}, giveUp, giveUp},
		{"no answer in time", &apierr.Error{Kind: apierr.TimedOut, Code: codeNoAnswer}, giveUp, giveUp},
		{"caller gave up", &apierr.Error{Kind: apierr.TimedOut, Code: codeInterrupted}, giveUp, giveUp},
		{"certificate", &apierr.Error{Kind: apierr.Unauthenticated, Code: apierr.CodeUntrustedCertificate}, giveUp, giveUp},
		{"not found", &apierr.Error{Kind: apierr.NotFound, Code: "NOT_FOUND"}, giveUp, giveUp},
		{"invalid", &apierr.Error{Kind: apierr.InvalidArgument, Code: "InvalidName"}, giveUp, giveUp},
		{"internal", &apierr.Error{Kind: apierr.Internal, Code: "ERROR"}, giveUp, giveUp},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := judge(tt.failure, reads, true); got != tt.read {
				t.Errorf("a read: %v, want %v", got, tt.read)
			}
			if got := judge(tt.failure, changes, true); got != tt.change {
				t.Errorf("a change: %v, want %v", got, tt.change)
			}
		})
	}
	if got := judge(&apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeUnreachable}, reads, false); got != giveUp {
		t.Errorf("a host that never answered: %v, want to give up at once", got)
	}
	for _, code := range []string{"HTTP 503", "HTTP 502", "SERVICE_UNAVAILABLE"} {
		if got := judge(&apierr.Error{Kind: apierr.Unavailable, Code: code}, reads, false); got != retryBriefly {
			t.Errorf("%s before anything else: %v, want a few attempts", code, got)
		}
	}
	if got := judge(&apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}, reads, false); got != retryBriefly {
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
		{"busy for ever, no deadline", 1 << 30, busy, 0, busy, -1, busyPatience + 2*longestPause},
		{"busy until the deadline", 1 << 30, busy, 10 * time.Minute, busy, -1, 10 * time.Minute},
		{"a gateway that stays down", 1 << 30, gateway, 0, gateway, readAttempts, 10 * time.Second},
		{"another error", 1 << 30, errClosed, 0, errClosed, 1, 0},
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
				err := retry(ctx, slog.New(slog.DiscardHandler), reads, always, func() error {
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

func always() bool { return true }

func TestBackOff(t *testing.T) {
	t.Parallel()
	for n := 1; n < 70; n++ {
		if pause := backOff(n); pause < firstPause/2 || pause > longestPause {
			t.Errorf("backOff(%d) = %s", n, pause)
		}
	}
}
