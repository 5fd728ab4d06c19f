package zstack

import (
	"encoding/json"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"
)

// drive runs a job from its start to its end.
func (j *jobStore) drive(running *job, c *call, work effect) {
	if c.timeout > 0 {
		defer time.AfterFunc(c.timeout, func() {
			j.finish(running, nil, newError(codeTimeout, "%s did not end within %v; it goes on", running.method, c.timeout))
		}).Stop()
	}
	serving.Wait(j.duration, running.abandon, j.stopped)
	if j.hold(running) {
		select {
		case <-running.release:
		case <-running.abandon:
		case <-j.stopped:
		}
	}
	select {
	case <-j.stopped:
		return
	default:
	}
	result, failure := j.act(running, c, work)
	j.finish(running, result, failure)
}

// hold reports whether the job is to be held now, and records it.
func (j *jobStore) hold(running *job) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	running.held = running.mayHold && !running.lost

	return running.held
}

// unhold records that the job is not held any more, and reports whether it was abandoned.
func (j *jobStore) unhold(running *job) (abandoned bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	running.held = false

	return running.abandoned
}

// act runs the job's effect, or undoes what the call marked.
func (j *jobStore) act(running *job, c *call, work effect) (any, *errorCode) {
	j.inventory.Lock()
	defer j.inventory.Unlock()
	abandoned := j.unhold(running)

	var failure *errorCode
	if !abandoned {
		failure = j.faults.takeJobFault(running.method)
	}
	if failure != nil || abandoned {
		if c.undo != nil {
			c.undo()
		}

		return nil, failure
	}
	if work == nil {
		return nil, nil
	}
	result, failure := work.do()
	j.mu.Lock()
	defer j.mu.Unlock()
	running.created = c.created

	return result, failure
}

// finish records how a job ended, unless it is lost or has ended.
func (j *jobStore) finish(ended *job, result any, failure *errorCode) {
	var encoded json.RawMessage
	if failure == nil {
		var err error
		j.inventory.Lock() // the result may refer to records that other calls change
		encoded, err = json.Marshal(result)
		j.inventory.Unlock()
		if err != nil {
			failure = newError(codeInternal, "encode the result: %v", err)
		}
	}
	now := j.clock()
	j.mu.Lock()
	defer j.mu.Unlock()
	if ended.lost || ended.state == JobDone {
		return
	}
	ended.state, ended.result, ended.failure, ended.endedAt = JobDone, encoded, failure, now
}
