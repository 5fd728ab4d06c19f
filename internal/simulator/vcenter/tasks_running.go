package vcenter

import "maps"

// TaskCount counts the tasks of one user that run at a time. Tasks that are held run.
type TaskCount struct {
	Running int `json:"running"` // now
	Most    int `json:"most"`    // at any one time since the server started
}

// running counts the tasks of each user that ever started one, by the name of the login.
func (s *taskStore) running() map[string]TaskCount {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]TaskCount{} // an empty object and not null, also as JSON
	maps.Copy(counts, s.byUser)

	return counts
}

// enter counts a task that starts. The store must be locked.
func (s *taskStore) enter(user string) {
	if s.byUser == nil {
		s.byUser = map[string]TaskCount{}
	}
	count := s.byUser[user]
	count.Running++
	count.Most = max(count.Most, count.Running)
	s.byUser[user] = count
}

// leave counts a task that has ended. The store must be locked.
func (s *taskStore) leave(user string) {
	count := s.byUser[user]
	count.Running--
	s.byUser[user] = count
}
