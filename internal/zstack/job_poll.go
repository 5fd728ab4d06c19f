package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	pollOp = "GET /v1/api-jobs/{uuid}"
	// appearance is how long after a request was sent its job may still be unknown: the request may be under way.
	appearance = 10 * time.Second
)

// standing is what is known of a job.
type standing struct {
	running bool
	ended   bool
	result  json.RawMessage
	failure *apierr.Error
}

func (j *job) standing() standing {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := standing{running: j.running, ended: j.ended, result: j.result}
	if j.failure != nil {
		own := *j.failure // each caller gets a copy
		own.TaskID = j.uuid
		s.failure = &own
	}

	return s
}

// next blocks until there is news for somebody who knows that the job runs, or not even that. Its error means that nothing
// could be learned.
func (j *job) next(ctx context.Context, knowsRunning bool) (standing, error) {
	defer j.wait(ctx)()
	what := httpapi.Call{Op: pollOp, Object: j.request.Object}
	select {
	case <-j.sent:
	case <-ctx.Done():
		return standing{}, what.Interrupted(ctx, nil)
	}
	for {
		if now := j.standing(); now.ended || now.running && !knowsRunning {
			return now, nil
		}
		if ctx.Err() != nil {
			return standing{}, what.Interrupted(ctx, nil)
		}
		if err := j.polling.Do(ctx, &j.client.life, j.poll); err != nil {
			failure := ownFailure(what, what.Shared(ctx, err))
			failure.TaskID = j.id()

			return standing{}, failure
		}
	}
}

// poll asks for the job once, when that is due.
func (j *job) poll(ctx context.Context) error {
	if j.standing().ended {
		return nil // the attempt before this one saw it
	}
	if !j.client.appointments.keep(ctx, j.pace.Due()) {
		return httpapi.Call{Op: pollOp, Object: j.request.Object}.Interrupted(ctx, nil)
	}
	uuid := j.id()
	what := httpapi.Call{Op: pollOp, Object: j.request.Object}
	j.asking()
	reply, err := j.client.exchange(ctx, request{Call: what, method: http.MethodGet, path: "/v1/api-jobs/" + uuid}, nil)
	if err == nil && reply.status == http.StatusOK {
		j.pace.Ended(time.Now())
		j.mu.Lock()
		defer j.mu.Unlock()
		j.running, j.ended, j.result = true, true, reply.body

		return nil
	}
	j.pace.Asked(time.Now())
	if err != nil {
		err = j.judge(ctx, ownFailure(what, err))
	} else {
		j.mu.Lock()
		j.running = true
		j.mu.Unlock()
	}
	if err == nil && !j.standing().ended {
		j.runsOn()
	}

	return err
}

// judge finds out whether an answer without a result is the job's end.
func (j *job) judge(ctx context.Context, failure *apierr.Error) error {
	if _, told := errorCode(failure); told {
		failure = codeOf(j.request.Call, failure)
		if !j.again(ctx, failure) {
			j.end(failure)
		}

		return nil
	}
	if failure.Code != "HTTP 404" {
		return failure // the way failed, and so did nothing else
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case time.Since(j.began) < appearance:
		return nil // the request may be under way
	case j.unproven != nil && !j.running:
		j.ended, j.failure = true, j.unproven

		return nil
	default:
		return failure
	}
}

func (j *job) end(failure *apierr.Error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended, j.failure = true, failure
}

// errorCode returns what ZStack itself told.
func errorCode(failure *apierr.Error) (*CodeError, bool) {
	return errors.AsType[*CodeError](failure)
}

// codeOf tells a failure of a poll as one of the call that the job does.
func codeOf(what httpapi.Call, failure *apierr.Error) *apierr.Error {
	code, _ := errorCode(failure)

	return codeError(what, code)
}

// again sends the request once more, as a job of another uuid, after a failure that proves that the first had no effect: the
// session had ended, or the management node was not there to begin. It reports whether it did.
func (j *job) again(ctx context.Context, failure *apierr.Error) bool {
	j.mu.Lock()
	wanting, pause := 0, time.Duration(0)
	switch {
	case j.request.method == "": // another process's: we don't know what it sent
		j.mu.Unlock()

		return false
	case neverLookedAt(failure) && j.client.key == nil && !j.renewed:
		j.renewed, wanting = true, j.generation
	case notBegun(failure) && httpapi.Patient(ctx, httpapi.RetryBriefly, j.attempts+1, 0):
		j.attempts++
		pause = httpapi.Pauses.After(j.attempts)
	default:
		j.mu.Unlock()

		return false
	}
	j.request.job = NewUUID()
	j.uuid, j.running = j.request.job, false
	j.mu.Unlock()
	j.client.config.Logger.WarnContext(ctx, "ZStack did not begin the job, sending it again", "op", j.request.Op,
		"object", j.request.Object, "code", failure.Code, "job", j.request.job)
	if !backoff.Pause(ctx, pause) {
		return false
	}
	if err := j.send(ctx, wanting); err != nil {
		j.end(ownFailure(j.request.Call, err))

		return true
	}
	j.mu.Lock()
	j.pace = j.client.paces.Started(j.request.Op)
	j.mu.Unlock()

	return true
}
