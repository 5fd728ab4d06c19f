package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	pollOp = "GET /v1/api-jobs/{uuid}"
	// appearance is how long after a request was sent its job may still be unknown: the request may be under way.
	appearance = 10 * time.Second
	// resumePause is before a job that another process started is first asked for: it may be over.
	resumePause = 25 * time.Millisecond
)

// job is one asynchronous call, which several callers may wait for. ZStack knows it by the uuid that we chose and sent with
// the request, so it can be asked for also when the answer to the request was lost.
type job struct {
	client  *Client
	request request // without a method for a job that another process started
	polling httpapi.Flight
	sent    chan struct{} // closed when it is known what became of the request

	mu         sync.Mutex
	uuid       string
	began      time.Time // when the request was sent
	pace       *httpapi.Pace
	generation int           // of the session that it was sent under
	renewed    bool          // sent once more under a new session
	attempts   int           // sent, to a management node that could not take it
	unproven   *apierr.Error // what an answer said that may belong to an earlier attempt which did arrive
	running    bool          // ZStack knows it
	ended      bool
	result     json.RawMessage
	failure    *apierr.Error
}

// newJob makes the job of a request that is not sent yet.
func (c *Client) newJob(r request) *job {
	r.Effect = httpapi.Changes
	r.job = NewUUID()

	return &job{client: c, request: r, uuid: r.job, began: time.Now(), pace: httpapi.StartedPace(), sent: make(chan struct{})}
}

// resumedJob is a job that another process started.
func (c *Client) resumedJob(what httpapi.Call, uuid string) *job {
	what.Effect = httpapi.Changes
	j := &job{client: c, request: request{Call: what}, uuid: uuid, pace: httpapi.NewPace(resumePause), sent: make(chan struct{})}
	close(j.sent)

	return j
}

func (j *job) id() string {
	j.mu.Lock()
	defer j.mu.Unlock()

	return j.uuid
}

// start sends the request. Its error is a refusal; an answer that was lost is none, since the job can be asked for.
func (j *job) start(ctx context.Context) error {
	err := j.send(ctx, 0)
	if err != nil {
		j.mu.Lock()
		j.ended, j.failure = true, ownFailure(j.request.Call, err)
		j.mu.Unlock()
	}
	close(j.sent)

	return err
}

// ownFailure returns the failure that err holds, or one of kind Internal.
func ownFailure(what httpapi.Call, err error) *apierr.Error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		own := *failure

		return &own
	}

	return what.Error(apierr.Internal, "").Wrap(err)
}

// send sends the request under a session newer than the one that was found wanting. Only a request that had no effect for
// certain is sent again, with the same job uuid: should an attempt have arrived after all, ZStack refuses the next one.
func (j *job) send(ctx context.Context, wanting int) error {
	c, attempts := j.client, 0

	return c.repeater().Do(ctx, httpapi.Changes, func() error {
		if ctx.Err() != nil {
			return j.request.Interrupted(ctx, nil)
		}
		authorize, generation, err := c.authorizer(ctx, wanting)
		if err != nil {
			return err
		}
		j.mu.Lock()
		r := j.request
		j.began, j.generation = time.Now(), generation
		j.mu.Unlock()
		attempts++
		reply, err := c.exchange(ctx, r, authorize)
		if err == nil {
			return j.accepted(reply)
		}
		failure := ownFailure(r.Call, err)
		switch {
		case failure.AnswerLost:
			c.config.Logger.WarnContext(ctx, "The answer of ZStack was lost, asking for the job", "op", r.Op, "object", r.Object,
				"job", r.job, "error", failure.Error())

			return nil
		case attempts > 1 && failure.Code == "HTTP 400":
			j.mu.Lock()
			j.unproven = failure // "Duplicate job uuid", unless the request was never right
			j.mu.Unlock()

			return nil
		}

		return failure
	})
}

// accepted notes the answer to a request: 202 with the job's location, of which only the uuid counts, since the host is the
// management node's own address; or 200 with the result at once.
func (j *job) accepted(reply answer) error {
	j.client.spoken.Store(true)
	j.mu.Lock()
	defer j.mu.Unlock()
	if reply.status == http.StatusOK {
		j.ended, j.result = true, reply.body

		return nil
	}
	j.running = true
	var told struct {
		Location string `json:"location"`
	}
	if err := json.Unmarshal(reply.body, &told); err == nil && isUUID(lastSegment(told.Location)) {
		j.uuid = lastSegment(told.Location) // it differs where ZStack is too old to take ours
	}

	return nil
}

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
			failure := ownFailure(what, shared(ctx, what, err))
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
	if !httpapi.Pause(ctx, time.Until(j.pace.Due())) {
		return httpapi.Call{Op: pollOp, Object: j.request.Object}.Interrupted(ctx, nil)
	}
	uuid := j.id()
	what := httpapi.Call{Op: pollOp, Object: j.request.Object}
	reply, err := j.client.exchange(ctx, request{Call: what, method: http.MethodGet, path: "/v1/api-jobs/" + uuid}, nil)
	j.pace.Asked(time.Now())
	if err != nil {
		return j.judge(ctx, ownFailure(what, err))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running = true
	if reply.status == http.StatusOK {
		j.ended, j.result = true, reply.body
	}

	return nil
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
		pause = httpapi.BackOff(j.attempts)
	default:
		j.mu.Unlock()

		return false
	}
	j.request.job = NewUUID()
	j.uuid, j.running = j.request.job, false
	j.mu.Unlock()
	j.client.config.Logger.WarnContext(ctx, "ZStack did not begin the job, sending it again", "op", j.request.Op,
		"object", j.request.Object, "code", failure.Code, "job", j.request.job)
	if !httpapi.Pause(ctx, pause) {
		return false
	}
	if err := j.send(ctx, wanting); err != nil {
		j.end(ownFailure(j.request.Call, err))

		return true
	}
	j.mu.Lock()
	j.pace = httpapi.StartedPace()
	j.mu.Unlock()

	return true
}
