package vcenter

import "maps"

// TaskCrowd says how many tasks of one user run at a time. Tasks that are held run.
type TaskCrowd struct {
	Running int `json:"running"` // now
	Most    int `json:"most"`    // at any one time since the server started
}

// TaskCrowds returns the crowd of each user who ever started a task, by the name that the user logged in with.
func (s *Server) TaskCrowds() map[string]TaskCrowd {
	s.tasks.mu.Lock()
	defer s.tasks.mu.Unlock()
	crowds := map[string]TaskCrowd{} // an empty object and not null, also as JSON
	maps.Copy(crowds, s.tasks.crowds)

	return crowds
}

// enter counts a task that starts. The engine's mutex must be held.
func (e *taskEngine) enter(user string) {
	if e.crowds == nil {
		e.crowds = map[string]TaskCrowd{}
	}
	crowd := e.crowds[user]
	crowd.Running++
	crowd.Most = max(crowd.Most, crowd.Running)
	e.crowds[user] = crowd
}

// leave counts a task that has ended. The engine's mutex must be held.
func (e *taskEngine) leave(user string) {
	crowd := e.crowds[user]
	crowd.Running--
	e.crowds[user] = crowd
}
