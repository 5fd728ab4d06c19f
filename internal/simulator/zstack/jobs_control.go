package zstack

import "slices"

// JobInfo is one job, as the platform has for every asynchronous call.
type JobInfo struct {
	ID           string   `json:"id"`
	Method       string   `json:"method"` // as in [Server.Requests]
	State        JobState `json:"state"`
	Held         bool     `json:"held"`
	Lost         bool     `json:"lost"`           // it shows as processing for ever
	Purged       bool     `json:"purged"`         // the API does not know it any more
	ResourceUUID string   `json:"resource_uuid"`  // what it works on, as the path of the call says
	Error        string   `json:"error"`          // the code; empty without an error
	Made         []string `json:"made,omitempty"` // the names of the VMs and snapshot groups that it has made
}

// HoldJobs makes jobs of a method that start from now on stop short of their effect until ReleaseJobs is called. The
// method is spelled as in [Server.Requests]; empty means every method.
func (s *Server) HoldJobs(method string) {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	if s.jobs.holds == nil {
		s.jobs.holds = map[string]bool{}
	}
	s.jobs.holds[method] = true
}

// ReleaseJobs lets held jobs go on and removes all holds.
func (s *Server) ReleaseJobs() {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	s.jobs.holds = nil
	for _, waiting := range s.jobs.all {
		waiting.letGo()
	}
}

// letGo ends whatever holds the job. The store's mutex must be held.
func (j *job) letGo() {
	if j.mayHold {
		j.mayHold = false
		close(j.release)
	}
}

// LoseJobs does to the jobs that are processing what a restart of the management node does: they show as processing for
// ever. withEffect says whether their work is done nonetheless; a hold does not stop it.
func (s *Server) LoseJobs(withEffect bool) {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	for _, running := range s.jobs.all {
		if running.state != JobProcessing || running.lost {
			continue
		}
		running.lost = true
		if withEffect {
			running.letGo()
		} else {
			running.abandoned = true
			close(running.abandon)
		}
	}
}

// TimeOutJobs ends the jobs that are processing as the platform does when their time is over: with SYS.1001, which says nothing
// of what becomes of them. Their work goes on, as soon as no hold stops it.
func (s *Server) TimeOutJobs() {
	s.jobs.mu.Lock()
	running := slices.DeleteFunc(slices.Clone(s.jobs.all), func(j *job) bool { return j.state != JobProcessing })
	s.jobs.mu.Unlock()
	for _, job := range running {
		s.finish(job, nil, newError(codeTimeout, "%s did not end in time; it goes on", job.method))
	}
}

// PurgeJobs makes all jobs, running ones too, unknown to the API, as the platform does with old ones. Their work goes on.
func (s *Server) PurgeJobs() {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	for _, old := range s.jobs.all {
		s.jobs.purge(old)
	}
}

// Jobs returns all jobs since the server started, oldest first.
func (s *Server) Jobs() []JobInfo {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	infos := make([]JobInfo, 0, len(s.jobs.all))
	for _, job := range s.jobs.all {
		info := JobInfo{
			ID: job.id, Method: job.method, State: job.state, Held: job.held, Lost: job.lost, Purged: job.purged,
			ResourceUUID: job.resourceUUID, Made: job.made,
		}
		if job.failure != nil {
			info.Error = job.failure.Code
		}
		infos = append(infos, info)
	}

	return infos
}
