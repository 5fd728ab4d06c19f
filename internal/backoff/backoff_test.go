package backoff_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

func TestSeries(t *testing.T) {
	t.Parallel()
	pauses := backoff.Series{First: 200 * time.Millisecond, Longest: 5 * time.Second}
	for n, length := range map[int]time.Duration{
		0: pauses.First, 1: pauses.First, 2: 2 * pauses.First, 5: 16 * pauses.First, 6: pauses.Longest, 7: pauses.Longest, 1 << 40: pauses.Longest,
	} {
		for range 100 {
			if pause := pauses.After(n); pause < length/2 || pause > length {
				t.Fatalf("after attempt %d: %s, want between %s and %s", n, pause, length/2, length)
			}
		}
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		began := time.Now()
		if !backoff.Pause(ctx, 40*time.Second) || time.Since(began) != 40*time.Second {
			t.Errorf("a pause of 40 s ended after %s", time.Since(began))
		}
		if backoff.Pause(ctx, 40*time.Second) || time.Since(began) != time.Minute {
			t.Errorf("a pause that ctx does not outlast ended after %s", time.Since(began))
		}
	})
}

// TestPauseBeforeChange tries again and again: no attempt begins when less than the reserve is left, and the last one exactly
// then.
func TestPauseBeforeChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit    time.Duration // 0: none
		lasts    time.Duration // each attempt
		attempts int
		ends     time.Duration
	}{
		"pauses of 4 s":               {time.Minute, 0, 15, 55 * time.Second},
		"pauses that leave more":      {20 * time.Second, time.Second, 4, 16 * time.Second},
		"an attempt takes the rest":   {20 * time.Second, 15 * time.Second, 1, 15 * time.Second},
		"no time for another":         {5 * time.Second, 0, 1, 0},
		"no deadline, until it tires": {0, 0, 100, 396 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				if test.limit > 0 {
					ctx, stop = context.WithTimeout(ctx, test.limit)
				}
				defer stop()
				began, attempts := time.Now(), 0
				for {
					attempts++
					<-time.After(test.lasts)
					if attempts == 100 || !backoff.PauseBeforeChange(ctx, 4*time.Second) {
						break
					}
					if left := test.limit - time.Since(began); test.limit > 0 && left < backoff.ChangeReserve {
						t.Errorf("attempt %d begins with %s left", attempts+1, left)
					}
				}
				if took := time.Since(began); attempts != test.attempts || took != test.ends {
					t.Errorf("%d attempts in %s, want %d in %s", attempts, took, test.attempts, test.ends)
				}
			})
		})
	}
}

func TestPauseBeforeChange_interrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if _, due := backoff.BeforeChange(ctx, time.Second); due || backoff.PauseBeforeChange(ctx, time.Second) {
		t.Error("another attempt after an interruption")
	}
}
