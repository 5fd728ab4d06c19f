package vcenter

import (
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// Restart says how a vCenter comes back. The inventory is kept, and so are users and customization specifications.
type Restart struct {
	// Outage is how long every request is answered with 503, as the appliance's proxy does while the services start.
	Outage time.Duration
	// AbortTasks ends running tasks without their effect. Otherwise their work goes on: hosts finish what they were told to
	// do, also while their vCenter is away.
	AbortTasks bool
}

// restart says until when the server is away.
type restart struct {
	mu    sync.Mutex
	until time.Time
}

// away reports whether the server takes no requests now.
func (r *restart) away() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	return time.Now().Before(r.until)
}

// Restart does what a restart of vCenter's services does to its clients: all sessions end, all tasks are unknown to every
// API afterwards, and for a time nothing is answered but 503.
func (s *Server) Restart(how Restart) {
	s.restart.mu.Lock()
	s.restart.until = time.Now().Add(how.Outage)
	s.restart.mu.Unlock()
	if how.AbortTasks {
		s.tasks.abort()
	}
	s.ForgetTasks()
	s.ExpireSessions()
}

// EndOutage lets the server answer again at once.
func (s *Server) EndOutage() {
	s.restart.mu.Lock()
	defer s.restart.mu.Unlock()
	s.restart.until = time.Time{}
}

// abort ends running tasks without their effect.
func (e *taskEngine) abort() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, record := range e.records {
		if record.state == types.TaskInfoStateRunning && !record.acting && !record.aborted {
			record.aborted = true
			if !record.asked {
				close(record.wake)
			}
		}
	}
}
