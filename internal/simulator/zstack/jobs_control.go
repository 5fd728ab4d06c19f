package zstack

import "slices"

// JobInfo is one job. Every asynchronous call has one.
type JobInfo struct {
	ID           string   `json:"id"`
	Method       string   `json:"method"` // as in [Server.Requests]
	State        JobState `json:"state"`
	Held         bool     `json:"held"`
	Lost         bool     `json:"lost"`           // the job is shown as processing, without end
	Purged       bool     `json:"purged"`         // the API does not know the job any more
	ResourceUUID string   `json:"resource_uuid"`  // the uuid in the path of the call
	Error        string   `json:"error"`          // the code; empty without an error
	Made         []string `json:"made,omitempty"` // the names of the VMs and snapshot groups that the job created
}

// HoldJobs stops jobs of a method that start from now on before their effect, until ReleaseJobs is called. The
// method is spelled as in [Server.Requests]; empty means every method.
func (j *jobStore) HoldJobs(method string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.holds[method] = true
}

// ReleaseJobs lets held jobs continue and removes all holds.
func (j *jobStore) ReleaseJobs() {
	j.mu.Lock()
	defer j.mu.Unlock()
	clear(j.holds)
	for _, held := range j.jobs {
		held.endHold()
	}
}

// LoseJobs does to the jobs that are processing what a restart of the management node does: they are shown as processing
// without end. withEffect is whether they take effect nonetheless; a hold does not stop them then.
func (j *jobStore) LoseJobs(withEffect bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, running := range j.jobs {
		if running.state != JobProcessing || running.lost {
			continue
		}
		running.lost = true
		if withEffect {
			running.endHold()
		} else {
			running.abandoned = true
			close(running.abandon)
		}
	}
}

// TimeOutJobs ends the jobs that are processing as the platform does after their timeout: with SYS.1001, which does not tell
// the outcome. Their work continues, once no hold stops it.
func (j *jobStore) TimeOutJobs() {
	j.mu.Lock()
	running := slices.DeleteFunc(slices.Clone(j.jobs), func(one *job) bool { return one.state != JobProcessing })
	j.mu.Unlock()
	for _, one := range running {
		j.finish(one, nil, newError(codeTimeout, "%s did not end in time; it goes on", one.method))
	}
}

// PurgeJobs removes all jobs, running ones too, from what the API knows, as the platform does with old ones. Their work
// continues.
func (j *jobStore) PurgeJobs() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, old := range j.jobs {
		j.purge(old)
	}
}

// Jobs returns all jobs since the server started, oldest first.
func (j *jobStore) Jobs() []JobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	infos := make([]JobInfo, len(j.jobs))
	for i, one := range j.jobs {
		infos[i] = one.info()
	}

	return infos
}
