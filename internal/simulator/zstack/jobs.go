package zstack

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

const (
	// internalURL is the management node's own idea of where it is. Nobody can reach it, as nobody can reach the internal
	// address of a real one from outside.
	internalURL = "http://management-node.invalid:8080/zstack"
	// jobRetention is how long a finished job can be asked for.
	jobRetention = 3 * time.Hour
)

// JobState is the state of a job as the platform knows it.
type JobState string

// The states of a job.
const (
	JobProcessing JobState = "processing"
	JobDone       JobState = "done"
)

// job is one asynchronous call. Its fields change under the store's mutex.
type job struct {
	id           string
	method       string
	resourceUUID string // what stands in the path
	state        JobState
	mayHold      bool // a hold on its method stood when it started
	held         bool
	lost         bool // it stays processing for ever
	abandoned    bool // it was lost before it had its effect, which therefore does not come
	purged       bool
	endedAt      time.Time
	result       json.RawMessage
	failure      *errorCode
	made         []string // names

	abandon chan struct{} // closed with abandoned
	release chan struct{} // closed when nothing holds the job any more
}

type jobStore struct {
	mu    sync.Mutex
	all   []*job
	byID  map[string]*job
	holds map[string]bool
}

// startJob makes the job of a call and returns where it can be asked for. With a failure the job fails at once.
func (s *Server) startJob(c *call, failure *errorCode) (string, *refusal) {
	if c.jobUUID == "" {
		c.jobUUID = newUUID()
	}
	started, refused := s.jobs.add(c)
	if refused != nil {
		return "", refused
	}
	var work effect
	if failure == nil {
		s.world.mu.Lock()
		work, failure = c.begin()
		s.world.mu.Unlock()
	}
	if failure != nil {
		s.finish(started, nil, failure)
	} else {
		s.background.Go(func() { s.drive(started, c, work) })
	}

	return internalURL + "/v1/api-jobs/" + started.id, nil
}

func (j *jobStore) add(c *call) (*job, *refusal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, taken := j.byID[c.jobUUID]; taken {
		return nil, refuse(http.StatusBadRequest, "Duplicate job uuid[%s]", c.jobUUID)
	}
	if j.byID == nil {
		j.byID = map[string]*job{}
	}
	made := &job{
		id: c.jobUUID, method: c.operation.name, resourceUUID: c.values["uuid"], state: JobProcessing,
		mayHold: j.holds[c.operation.name] || j.holds[""], abandon: make(chan struct{}), release: make(chan struct{}),
	}
	j.all = append(j.all, made)
	j.byID[made.id] = made

	return made, nil
}

// drive takes a job from its start to its end.
func (s *Server) drive(j *job, c *call, work effect) {
	if c.timeout > 0 {
		defer time.AfterFunc(c.timeout, func() {
			s.finish(j, nil, newError(codeTimeout, "%s did not end within %v; it goes on", j.method, c.timeout))
		}).Stop()
	}
	s.wait(s.options.TaskDuration, j.abandon)
	if s.jobs.hold(j) {
		select {
		case <-j.release:
		case <-j.abandon:
		case <-s.stopped:
		}
	}
	select {
	case <-s.stopped:
		return
	default:
	}
	result, failure := s.act(j, c, work)
	s.finish(j, result, failure)
}

// hold reports whether the job has to wait now, and notes it.
func (j *jobStore) hold(waiting *job) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	waiting.held = waiting.mayHold && !waiting.lost

	return waiting.held
}

// act lets the job have its effect, or takes back what the call marked.
func (s *Server) act(j *job, c *call, work effect) (any, *errorCode) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	s.jobs.mu.Lock()
	j.held = false
	abandoned := j.abandoned
	s.jobs.mu.Unlock()

	var failure *errorCode
	if !abandoned {
		if fault := s.faults.Take(j.method, FaultInTask); fault != nil {
			failure = fault.failure()
		}
	}
	switch {
	case failure == nil && !abandoned && work != nil:
		result, failure := work.do()
		s.jobs.mu.Lock()
		j.made = c.made
		s.jobs.mu.Unlock()

		return result, failure
	case (failure != nil || abandoned) && c.undo != nil:
		c.undo()
	}

	return nil, failure
}

// finish notes how a job ended, unless it was lost or ended before.
func (s *Server) finish(j *job, result any, failure *errorCode) {
	var encoded json.RawMessage
	if failure == nil {
		var err error
		s.world.mu.Lock() // the result may hold what others change
		encoded, err = json.Marshal(result)
		s.world.mu.Unlock()
		if err != nil {
			failure = newError(codeInternal, "encode the result: %v", err)
		}
	}
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	if j.lost || j.state == JobDone {
		return
	}
	j.state, j.result, j.failure, j.endedAt = JobDone, encoded, failure, s.options.Clock()
}

// answerJob is GET /v1/api-jobs/{uuid}, which needs no session and renews none.
func (s *Server) answerJob(w http.ResponseWriter, uuid string) *refusal {
	now := s.options.Clock()
	s.jobs.mu.Lock()
	found, known := s.jobs.byID[uuid]
	if known && found.state == JobDone && now.Sub(found.endedAt) > jobRetention {
		s.jobs.purge(found)
		known = false
	}
	if !known {
		s.jobs.mu.Unlock()

		return refuse(http.StatusNotFound, "the job has been expired")
	}
	state, result, failure := found.state, found.result, found.failure
	s.jobs.mu.Unlock()
	switch {
	case state != JobDone:
		s.answer(w, http.StatusAccepted, nil)
	case failure != nil:
		s.answer(w, http.StatusServiceUnavailable, failed(failure))
	case string(result) == "null":
		s.answer(w, http.StatusOK, nil)
	default:
		s.answer(w, http.StatusOK, result)
	}

	return nil
}

// purge makes a job unknown. The store's mutex must be held.
func (j *jobStore) purge(old *job) {
	old.purged = true
	delete(j.byID, old.id)
}
