package job

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// known returns the job's state.
func (j *Job) known() State {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.state
	if s.Failure != nil {
		own := *s.Failure
		own.TaskID = j.uuid
		s.Failure = &own
	}

	return s
}

// end notes how the job ended.
func (j *Job) end(s State) {
	j.mu.Lock()
	defer j.mu.Unlock()
	s.Ended = true
	j.state = s
}

// Next blocks until the job has ended, or where the caller does not know that it runs, until ZStack knows the job. Its error means
// that nothing could be learned; it is of kind NotFound when ZStack does not know the job: it was purged, about three hours
// after it ended, or its request never arrived.
func (j *Job) Next(ctx context.Context, knowsRunning bool) (State, error) {
	what := conn.PollCall(j.request.Object)
	select {
	case <-j.sent:
	case <-ctx.Done():
		return State{}, what.Interrupted(ctx, nil)
	}
	for {
		if now := j.known(); now.Ended || now.Running && !knowsRunning {
			return now, nil
		}
		if ctx.Err() != nil {
			return State{}, what.Interrupted(ctx, nil)
		}
		if err := j.polling.Do(ctx, &j.jobs.conn.Life, j.poll); err != nil {
			failure := failureOf(what, err)
			if _, ours := errors.AsType[*apierr.Error](err); !ours && ctx.Err() != nil {
				failure = what.Interrupted(ctx, nil)
			}
			failure.TaskID = j.ID()

			return State{}, failure
		}
	}
}

// poll asks for the job once, when that is due. All callers that wait for the job share it.
func (j *Job) poll(ctx context.Context) error {
	if j.known().Ended {
		return nil // the poll before this one saw it
	}
	if !backoff.Pause(ctx, time.Until(j.pace.Due())) {
		return conn.PollCall(j.request.Object).Interrupted(ctx, nil)
	}
	asked := time.Now()
	reply, err := j.jobs.conn.Poll(ctx, j.ID(), j.request.Object)
	if err == nil && reply.Status == http.StatusOK {
		j.pace.Ended(asked)
		j.end(State{Running: true, Result: reply.Body})

		return nil
	}
	j.pace.Asked(asked)
	if err != nil {
		return j.judge(ctx, failureOf(j.request.Call, err))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.state.Running = true

	return nil
}

// judge finds out whether an answer without a result is the job's end.
func (j *Job) judge(ctx context.Context, failure *apierr.Error) error {
	code, told := errors.AsType[*conn.CodeError](failure)
	switch {
	case told: // ZStack told how the job failed, so the failure is one of the call that the job does
		failure = conn.Failure(j.request.Call, code)
		if !j.sendAgain(ctx, failure) {
			j.end(State{Failure: failure})
		}
	case failure.Code != "HTTP 404":
		return failure // the poll failed, which says nothing of the job
	case time.Since(j.began) < appearance:
	case j.unproven != nil && !j.state.Running:
		j.end(State{Failure: j.unproven})
	default:
		return failure
	}

	return nil
}
