package httpapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestEndSession(t *testing.T) {
	t.Parallel()
	refusal := errors.New("refused")
	for name, tt := range map[string]struct {
		refusals int
		within   time.Duration
		sent     int
		fails    bool
	}{
		"at once":          {0, time.Minute, 1, false},
		"refused twice":    {2, time.Minute, 3, false},
		"refused for ever": {100, time.Minute, logoutAttempts, true},
		"out of time":      {100, 40 * time.Millisecond, 1, true},
		"in a CLI's time":  {3, time.Second, 4, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.within)
				defer cancel()
				sent := 0
				err := EndSession(ctx, func(context.Context) error {
					if sent++; sent > tt.refusals {
						return nil
					}

					return refusal
				})
				if sent != tt.sent || (err != nil) != tt.fails {
					t.Errorf("sent %d times: %v", sent, err)
				}
			})
		})
	}
}
