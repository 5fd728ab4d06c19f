package httpapi

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// logoutAttempts is how often a logout that a platform refuses is sent.
const logoutAttempts = 4

// EndSession calls logOut, which ends a session, until it succeeds: at most a few times, and as long as ctx lasts. A refused logout leaves a
// session that counts against the platform's limit until it expires, and to send it again does no harm, whatever the reason was.
func EndSession(ctx context.Context, logOut func(ctx context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := logOut(ctx)
		if err == nil || attempt == logoutAttempts || !backoff.Pause(ctx, Pauses.After(attempt)) {
			return err
		}
	}
}
