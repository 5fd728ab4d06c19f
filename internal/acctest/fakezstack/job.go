package fakezstack

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// JobLength is how long a job takes that ends.
const JobLength = time.Second

// Behaviour says how a job goes.
type Behaviour int

// The ways that a job goes.
const (
	Succeeds       Behaviour = iota
	Immortal                 // it stays running for ever, and does nothing
	ImmortalDone             // it stays running for ever, although it has done its work
	Fails                    // it fails and leaves nothing
	FailsDone                // it fails, although it has done its work
	Refuses                  // it fails, and that proves that nothing came of it
	WrongState               // it finds the VM in a wrong state
	GaveUp                   // ZStack's own time is over, and nothing came of it
	GaveUpDone               // ZStack's own time is over, although the work was done
	UnreadableDone           // it did its work, and its result can't be read
	Unknown                  // the request never arrived
	UnknownDone              // it did its work, and was purged
)

// Job is a job of a [Node]. The node's mutex guards it.
type Job struct {
	// AskErr is the answer to every query of the job, where it is not nil.
	AskErr error

	uuid   string
	node   *Node
	goes   Behaviour
	effect func() any // its result, or an error
	worked bool
	over   chan struct{}
	ended  bool
	result any
	err    error
}

// work does the job's work, once.
func (j *Job) work() {
	if !j.worked {
		j.worked, j.result = true, j.effect()
	}
}

// finish ends the job as it goes. The mutex is held.
func (j *Job) finish() {
	if j.ended {
		return
	}
	switch j.goes {
	case Immortal, Unknown:
		return
	case ImmortalDone, UnknownDone:
		j.work()

		return
	case Fails, FailsDone:
		j.err = Fault(apierr.Internal, "SYS.1006", j.node.Subject)
	case Refuses:
		j.err = Fault(apierr.Insufficient, "HOST_ALLOCATION.1001", j.node.Subject)
	case WrongState:
		j.err = Fault(apierr.InvalidState, "VM.1010", j.node.Subject)
	case GaveUp, GaveUpDone:
		lost := Fault(apierr.TimedOut, "SYS.1001", j.node.Subject)
		lost.AnswerLost = true
		j.err = lost
	case UnreadableDone:
		unread := Fault(apierr.Internal, apierr.CodeMalformedAnswer, j.node.Subject)
		unread.AnswerLost = true
		j.err = unread
	case Succeeds:
		j.work()
		if err, failed := j.result.(error); failed {
			j.err = err
		}
	}
	if j.goes == FailsDone || j.goes == GaveUpDone || j.goes == UnreadableDone {
		j.work()
	}
	j.ended = true
	j.node.concurrent--
	close(j.over)
}

// Release lets a job that is immortal end in a certain way.
func (j *Job) Release(goes Behaviour) {
	j.node.Mutex.Lock()
	defer j.node.Mutex.Unlock()
	j.goes = goes
	j.finish()
}

// ID is part of task.Handle.
func (j *Job) ID() string { return j.uuid }

// Cancel does nothing, as ZStack can't cancel a job.
func (j *Job) Cancel(ctx context.Context) error { return j.node.Note(ctx, "Cancel", "") }

// wait returns how the job stands, once there is news.
func (j *Job) wait(ctx context.Context) (state task.State, failure, err error) {
	j.node.Mutex.Lock()
	goes, askErr := j.goes, j.AskErr
	j.node.Mutex.Unlock()
	switch {
	case askErr != nil:
		return 0, nil, askErr
	case goes == Unknown, goes == UnknownDone:
		select {
		case <-time.After(2 * JobLength): // the client gives a request that is under way some time
			return 0, nil, Missing("GET /v1/api-jobs/{uuid}", j.uuid)
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
	select {
	case <-j.over:
	case <-time.After(100 * time.Millisecond):
		return task.StateRunning, nil, nil
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	if j.err != nil {
		return task.StateFailed, j.err, nil
	}

	return task.StateSucceeded, nil, nil
}

// Result is a job that results in a T.
type Result[T any] struct{ *Job }

// Next is part of task.Handle.
func (r Result[T]) Next(ctx context.Context) (task.Update[T], error) {
	state, failure, err := r.wait(ctx)
	update := task.Update[T]{State: state, Percent: -1, Err: failure}
	if state == task.StateSucceeded {
		update.Result, _ = r.result.(T)
	}

	return update, err
}
