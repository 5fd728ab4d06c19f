package lifecycle

import (
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// The times of a life cycle that no argument sets.
const (
	// interruptGrace is how long an interrupted operation waits for its task: a second Ctrl-C kills the provider, and what it
	// has not returned by then is forgotten.
	interruptGrace = 2 * time.Second
	// deadlineGrace is how long an operation that is out of time waits for its task, beyond its timeout.
	deadlineGrace = 30 * time.Second
	// secondLook is the pause between two searches for a lost object, if the first found nothing.
	secondLook = 2 * time.Second
	// detachedRead bounds a read after the operation's own context has ended.
	detachedRead = 5 * time.Second
	// glance bounds how long a refresh looks at the task of a pending object.
	glance = 5 * time.Second
)

// pauses are those between the attempts at a change or a search.
var pauses = backoff.Series{First: 500 * time.Millisecond, Longest: 15 * time.Second}
