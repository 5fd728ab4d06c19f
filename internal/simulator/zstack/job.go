package zstack

import (
	"encoding/json"
	"time"
)

const (
	// internalURL is the management node's own address, as jobs' locations name it. As with a real management node behind
	// a gateway, a client cannot reach it.
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

// job is one asynchronous call. The store's lock guards its fields.
type job struct {
	id           string
	method       string
	resourceUUID string // the uuid in the path of the call
	state        JobState
	mayHold      bool // a hold on its method existed when the job started
	held         bool
	lost         bool // the job remains processing
	abandoned    bool // the job was lost before its effect, which is skipped
	purged       bool
	endedAt      time.Time
	result       json.RawMessage
	failure      *errorCode
	created      []string // names of the created objects

	abandon chan struct{} // closed with abandoned
	release chan struct{} // closed when no hold applies to the job any more
}

// endHold releases the job from its hold. The store's lock must be held.
func (j *job) endHold() {
	if j.mayHold {
		j.mayHold = false
		close(j.release)
	}
}

// info returns the job as the control endpoint shows it. The store's lock must be held.
func (j *job) info() JobInfo {
	info := JobInfo{
		ID: j.id, Method: j.method, State: j.state, Held: j.held, Lost: j.lost, Purged: j.purged, ResourceUUID: j.resourceUUID, Made: j.created,
	}
	if j.failure != nil {
		info.Error = j.failure.Code
	}

	return info
}
