package httpapi

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// logoutAttempts is how often a logout that a platform refuses is sent.
const logoutAttempts = 5

// logoutPauses fit into the two seconds that a CLI gives its providers to end.
var logoutPauses = backoff.Series{First: 100 * time.Millisecond, Longest: 500 * time.Millisecond}

// EndSession calls logOut, which sends one request that ends a session, until it succeeds: at most a few times, and as long as ctx lasts. A
// refused logout leaves a session that counts against the platform's limit until it expires, and to send it again does no harm, whatever the
// reason was. A platform that asks for a pause gets a short one: the process ends before a longer one is over.
func EndSession(ctx context.Context, logOut func(ctx context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := logOut(ctx)
		if err == nil || attempt == logoutAttempts || !backoff.Pause(ctx, logoutPauses.After(attempt)) {
			return err
		}
	}
}
