package zstacksnapshot

import (
	"context"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
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
	busyInJob              // it finds the VM in a wrong state
	gaveUp                 // ZStack's own time is over, and nothing came of it
	gaveUpDone             // ZStack's own time is over, although the work was done
	unknown                // the request never arrived
	unknownDone            // it did its work, and was purged
)

// fakeJob is a job on the fake's VM. Its fields are guarded by the fake's mutex.
type fakeJob struct {
	uuid   string
	fake   *fakeZStack
	goes   behaviour
	effect func() any // its result, or an error
	over   chan struct{}
	ended  bool
	result any
	err    error
	askErr error
}

// start begins a job that goes as the next of its method should. The mutex is held.
func (f *fakeZStack) start(method string, effect func() any) *fakeJob {
	f.nextID++
	j := &fakeJob{
		uuid: fmt.Sprintf("job-%d", f.nextID), fake: f, goes: f.goes[method], effect: effect, over: make(chan struct{}),
	}
	delete(f.goes, method)
	f.jobs[j.uuid] = j
	f.concurrent++
	f.most = max(f.most, f.concurrent)
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
	case fails:
		j.err = fault(apierr.Internal, "SYS.1006")
	case failsDone:
		j.effect()
		j.err = fault(apierr.Internal, "SYS.1006")
	case busyInJob:
		j.err = fault(apierr.InvalidState, "VM.1010")
	case gaveUp, gaveUpDone:
		lost := fault(apierr.TimedOut, "SYS.1001")
		lost.AnswerLost = true
		j.err = lost
		if j.goes == gaveUpDone {
			j.effect()
		}
	default:
		j.result = j.effect()
		if err, failed := j.result.(error); failed {
			j.err = err
		}
	}
	j.ended = true
	j.fake.concurrent--
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
func (j *fakeJob) Cancel(ctx context.Context) error { return j.fake.note(ctx, "Cancel") }

// wait returns how the job stands, once there is news.
func (j *fakeJob) wait(ctx context.Context) (task.State, error, error) {
	j.fake.mutex.Lock()
	goes, askErr := j.goes, j.askErr
	j.fake.mutex.Unlock()
	switch {
	case askErr != nil:
		return 0, nil, askErr
	case goes == unknown, goes == unknownDone:
		select {
		case <-time.After(2 * jobLength): // the client gives a request that is under way some time
			return 0, nil, gone("GET /v1/api-jobs/{uuid}", j.uuid)
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

// making is a job that results in a group.
type making struct{ *fakeJob }

func (m making) Next(ctx context.Context) (task.Update[zstack.SnapshotGroup], error) {
	state, failure, err := m.wait(ctx)
	update := task.Update[zstack.SnapshotGroup]{State: state, Percent: -1, Err: failure}
	if state == task.StateSucceeded {
		update.Result, _ = m.result.(zstack.SnapshotGroup)
	}

	return update, err
}

// removal is a job that results in what became of each snapshot.
type removal struct{ *fakeJob }

func (r removal) Next(ctx context.Context) (task.Update[[]zstack.SnapshotResult], error) {
	state, failure, err := r.wait(ctx)
	update := task.Update[[]zstack.SnapshotResult]{State: state, Percent: -1, Err: failure}
	if state == task.StateSucceeded {
		update.Result, _ = r.result.([]zstack.SnapshotResult)
	}

	return update, err
}
