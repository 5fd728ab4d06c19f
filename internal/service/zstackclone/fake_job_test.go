package zstackclone

import (
	"context"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// jobLength is how long a job takes that ends.
const jobLength = time.Second

// behaviour says how the jobs of a method go.
type behaviour int

const (
	succeeds     behaviour = iota
	immortal               // it stays running for ever, and does nothing
	immortalDone           // it stays running for ever, although it has done its work
	fails                  // it fails and leaves nothing
	failsDone              // it fails, although it has done its work
	refuses                // it fails, and that proves that nothing came of it
	wrongState             // it finds the VM in a wrong state
	gaveUp                 // ZStack's own time is over, and nothing came of it
	gaveUpDone             // ZStack's own time is over, although the work was done
	unknown                // the request never arrived
	unknownDone            // it did its work, and was purged
)

// fakeJob is a job. Its fields are guarded by the fake's mutex.
type fakeJob struct {
	uuid   string
	fake   *fakeZStack
	goes   behaviour
	effect func() any // its result, or an error
	over   chan struct{}
	ended  bool
	result any
	err    error
	askErr error // of every question
}

// start begins a job that goes as the next of its method should. The mutex is held.
func (f *fakeZStack) start(method string, effect func() any) *fakeJob {
	j := &fakeJob{uuid: fmt.Sprintf("job-%d", len(f.jobs)+1), fake: f, effect: effect, over: make(chan struct{})}
	if queue := f.goes[method]; len(queue) > 0 {
		j.goes, f.goes[method] = queue[0], queue[1:]
	}
	f.jobs[j.uuid] = j
	time.AfterFunc(jobLength, func() {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		j.finish()
	})

	return j
}

// finish ends the job as it goes. The mutex is held.
func (j *fakeJob) finish() {
	if j.ended {
		return
	}
	switch j.goes {
	case immortal, unknown:
		return
	case immortalDone, unknownDone:
		j.effect()

		return
	case fails, failsDone:
		j.err = fault(apierr.Internal, "SYS.1006")
	case refuses:
		j.err = fault(apierr.Insufficient, "HOST_ALLOCATION.1001")
	case wrongState:
		j.err = fault(apierr.InvalidState, "VM.1010")
	case gaveUp, gaveUpDone:
		lost := fault(apierr.TimedOut, "SYS.1001")
		lost.AnswerLost = true
		j.err = lost
	case succeeds:
		j.result = j.effect()
		if err, failed := j.result.(error); failed {
			j.err = err
		}
	}
	if j.goes == failsDone || j.goes == gaveUpDone {
		j.effect()
	}
	j.ended = true
	close(j.over)
}

// release lets a job that is immortal end in a certain way.
func (j *fakeJob) release(goes behaviour) {
	j.fake.mutex.Lock()
	defer j.fake.mutex.Unlock()
	j.goes = goes
	j.finish()
}

func (j *fakeJob) ID() string { return j.uuid }

// Cancel does nothing, as ZStack can't cancel a job.
func (j *fakeJob) Cancel(ctx context.Context) error { return j.fake.note(ctx, "Cancel", "") }

// wait returns how the job stands, once there is news.
func (j *fakeJob) wait(ctx context.Context) (state task.State, failure, err error) {
	j.fake.mutex.Lock()
	goes, askErr := j.goes, j.askErr
	j.fake.mutex.Unlock()
	switch {
	case askErr != nil:
		return 0, nil, askErr
	case goes == unknown, goes == unknownDone:
		select {
		case <-time.After(2 * jobLength): // the client gives a request that is under way some time
			return 0, nil, missing("GET /v1/api-jobs/{uuid}", j.uuid)
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

// result is a job that results in a T.
type result[T any] struct{ *fakeJob }

func (r result[T]) Next(ctx context.Context) (task.Update[T], error) {
	state, failure, err := r.wait(ctx)
	update := task.Update[T]{State: state, Percent: -1, Err: failure}
	if state == task.StateSucceeded {
		update.Result, _ = r.result.(T)
	}

	return update, err
}
