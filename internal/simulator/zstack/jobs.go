package zstack

import (
	"net/http"
	"sync"
	"time"
)

// jobStore holds the jobs of the asynchronous calls and runs them. It has its own lock. A job also locks the inventory while
// its call begins and while it takes effect; the inventory's lock comes first.
type jobStore struct {
	inventory sync.Locker
	faults    *faultStore
	clock     clock
	duration  time.Duration   // how long a job runs before its effect
	stopped   <-chan struct{} // closed when the server ends
	running   sync.WaitGroup

	mu    sync.Mutex
	jobs  []*job
	byID  map[string]*job
	holds map[string]bool // by method
}

func newJobStore(inventory sync.Locker, faults *faultStore, clock clock, duration time.Duration, stopped <-chan struct{}) *jobStore {
	return &jobStore{
		inventory: inventory, faults: faults, clock: clock, duration: duration, stopped: stopped,
		byID: map[string]*job{}, holds: map[string]bool{},
	}
}

// startJob starts the job of a call and returns the job's location. With a failure the job fails at once.
func (j *jobStore) startJob(c *call, failure *errorCode) (string, *refusal) {
	if c.jobUUID == "" {
		c.jobUUID = newUUID()
	}
	started, refused := j.add(c)
	if refused != nil {
		return "", refused
	}
	var work effect
	if failure == nil {
		j.inventory.Lock()
		work, failure = c.begin()
		j.inventory.Unlock()
	}
	if failure != nil {
		j.finish(started, nil, failure)
	} else {
		j.running.Go(func() { j.drive(started, c, work) })
	}

	return internalURL + "/v1/api-jobs/" + started.id, nil
}

// add records the job of a call. A job uuid that is in use is refused.
func (j *jobStore) add(c *call) (*job, *refusal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, taken := j.byID[c.jobUUID]; taken {
		return nil, refuse(http.StatusBadRequest, "Duplicate job uuid[%s]", c.jobUUID)
	}
	added := &job{
		id: c.jobUUID, method: c.operation.name, resourceUUID: c.values["uuid"], state: JobProcessing,
		mayHold: j.holds[c.operation.name] || j.holds[""], abandon: make(chan struct{}), release: make(chan struct{}),
	}
	j.jobs = append(j.jobs, added)
	j.byID[added.id] = added

	return added, nil
}

// findJob returns a copy of a job that the API still knows.
func (j *jobStore) findJob(uuid string) (job, bool) {
	now := j.clock()
	j.mu.Lock()
	defer j.mu.Unlock()
	found, known := j.byID[uuid]
	if !known {
		return job{}, false
	}
	if found.state == JobDone && now.Sub(found.endedAt) > jobRetention {
		j.purge(found)

		return job{}, false
	}

	return *found, true
}

// purge removes a job from what the API knows. The lock must be held.
func (j *jobStore) purge(old *job) {
	old.purged = true
	delete(j.byID, old.id)
}

// waitForJobs waits until no job runs any more.
func (j *jobStore) waitForJobs() { j.running.Wait() }
