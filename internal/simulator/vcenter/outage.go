package vcenter

import (
	"sync"
	"time"
)

// Restart describes a restart of vCenter. The inventory is kept, and so are users and customization specifications.
type Restart struct {
	// Outage is how long every request is answered with 503, as the appliance's proxy does while the services start.
	Outage time.Duration
	// AbortTasks ends running tasks without their effect. Otherwise their work goes on: hosts finish their work
	// while vCenter is down, too.
	AbortTasks bool
}

// outage holds the time until which the server answers every request with 503.
type outage struct {
	tasks    *taskStore
	sessions *sessionStore

	mu    sync.Mutex
	until time.Time
}

// away reports whether the outage lasts.
func (s *outage) away() bool {
	s.mu.Lock()
	defer s.mu.Unlock()

	return time.Now().Before(s.until)
}

// restart ends all sessions, makes all tasks unknown, and begins an outage.
func (s *outage) restart(how Restart) {
	s.set(time.Now().Add(how.Outage))
	if how.AbortTasks {
		s.tasks.abort()
	}
	s.tasks.forget()
	s.sessions.expireAll()
}

func (s *outage) end() { s.set(time.Time{}) }

func (s *outage) set(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = until
}
