package vcenter

import "maps"

// TaskCrowd says how many tasks of one user run at a time. Tasks that are held run.
type TaskCrowd struct {
	Running int `json:"running"` // now
	Most    int `json:"most"`    // at any one time since the server started
}

// running returns the crowd of each user who ever started a task, by the name that the user logged in with.
func (s *taskStore) running() map[string]TaskCrowd {
	s.mu.Lock()
	defer s.mu.Unlock()
	crowds := map[string]TaskCrowd{} // an empty object and not null, also as JSON
	maps.Copy(crowds, s.crowds)

	return crowds
}

// enter counts a task that starts. The engine's mutex must be held.
func (s *taskStore) enter(user string) {
	if s.crowds == nil {
		s.crowds = map[string]TaskCrowd{}
	}
	crowd := s.crowds[user]
	crowd.Running++
	crowd.Most = max(crowd.Most, crowd.Running)
	s.crowds[user] = crowd
}

// leave counts a task that has ended. The engine's mutex must be held.
func (s *taskStore) leave(user string) {
	crowd := s.crowds[user]
	crowd.Running--
	s.crowds[user] = crowd
}
