package httpapi

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 19, 26, 16, 0, time.UTC)
	tests := []struct {
		header string
		want   time.Duration // -1 is none
	}{
		{"", -1},
		{"7", 7 * time.Second},
		{" 0 ", 0},
		{"-1", -1},
		{"1.5", -1},
		{"99999999999", -1},
		{"soon", -1},
		{"Sat, 21 Nov 2026 19:26:46 GMT", 30 * time.Second},
		{"Sat, 21 Nov 2026 19:00:00 GMT", 0},
	}
	for _, tt := range tests {
		got := RetryAfter(http.Header{"Retry-After": {tt.header}}, now)
		switch {
		case tt.want < 0 && got != nil:
			t.Errorf("%q: %s, want none", tt.header, got)
		case tt.want >= 0 && (got == nil || got.Pause != tt.want):
			t.Errorf("%q: %v, want %s", tt.header, got, tt.want)
		}
	}
}

// TestRepeater_retryAfter comes back when the server said, and sooner than a server that asks for an hour would like.
func TestRepeater_retryAfter(t *testing.T) {
	t.Parallel()
	for asked, want := range map[time.Duration]time.Duration{
		10 * time.Second: 10 * time.Second, time.Hour: longestAsked,
	} {
		synctest.Test(t, func(t *testing.T) {
			attempts, begin := 0, time.Now()
			err := repeater.Do(t.Context(), Changes, func() error {
				if attempts++; attempts > 1 {
					return nil
				}

				return (&apierr.Error{Kind: apierr.Busy, Code: "HTTP 429"}).Wrap(&RetryAfterError{Pause: asked})
			})
			if took := time.Since(begin); err != nil || took != want {
				t.Errorf("asked for %s: came back after %s, %v", asked, took, err)
			}
		})
	}
}
