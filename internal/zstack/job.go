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
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
)

// resumePause is before a job that another process started is first asked for: it may be over.
const resumePause = 25 * time.Millisecond

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
	pace       *poll.Pace
	generation int           // of the session that it was sent under
	renewed    bool          // sent once more under a new session
	attempts   int           // sent, to a management node that could not take it
	unproven   *apierr.Error // what an answer said that may belong to an earlier attempt which did arrive
	running    bool          // ZStack knows it
	ended      bool
	result     json.RawMessage
	failure    *apierr.Error
	waiters    map[*httpapi.Waiter]struct{} // those who wait for it
}

// newJob makes the job of a request that is not sent yet.
func (c *Client) newJob(r request) *job {
	r.Effect = httpapi.Changes
	r.job = NewUUID()

	return &job{client: c, request: r, uuid: r.job, began: time.Now(), pace: c.paces.Started(r.Op), sent: make(chan struct{})}
}

// resumedJob is a job that another process started.
func (c *Client) resumedJob(what httpapi.Call, uuid string) *job {
	what.Effect = httpapi.Changes
	j := &job{client: c, request: request{Call: what}, uuid: uuid, pace: poll.NewPace(resumePause), sent: make(chan struct{})}
	close(j.sent)

	return j
}

// wait counts a caller that waits for the job, until he leaves.
func (j *job) wait(ctx context.Context) (leave func()) {
	w := j.client.life.Enter(ctx)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.waiters == nil {
		j.waiters = make(map[*httpapi.Waiter]struct{})
	}
	j.waiters[w] = struct{}{}

	return func() {
		j.mu.Lock()
		delete(j.waiters, w)
		j.mu.Unlock()
		w.Leave()
	}
}

// asking has those who wait for the job leave the crowd while it is asked for: they are about to go on. They return where that
// was too early.
func (j *job) asking() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for w := range j.waiters {
		w.Leave()
	}
}

func (j *job) runsOn() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for w := range j.waiters {
		w.Return()
	}
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
	return j.client.meet(ctx, j.request.Call, func() error { return j.sendNow(ctx, wanting) })
}

func (j *job) sendNow(ctx context.Context, wanting int) error {
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
