package job

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// resends is how often a request is sent again after its job failed for want of a management node.
const resends = 4

// Jobs are the asynchronous calls of a client.
type Jobs struct {
	conn  *conn.Conn
	paces poll.Paces

	mu    sync.Mutex
	calls map[string]*cloneCall // that still take names, by settings
}

// NewJobs returns the jobs of a connection.
func NewJobs(c *conn.Conn) *Jobs { return &Jobs{conn: c, calls: make(map[string]*cloneCall)} }

// Job is one asynchronous call, which several callers may wait for. ZStack knows it by the uuid that went along with the request,
// so it can be asked for also when the answer to the request was lost.
type Job struct {
	jobs    *Jobs
	polling httpapi.Flight
	sent    chan struct{} // closed when it is known what became of the request

	mu       sync.Mutex
	request  conn.Request // without a method for a job that another process started
	uuid     string
	began    time.Time // when the request had been sent
	pace     *poll.Pace
	login    int           // the number of the login that it was sent under
	renewed  bool          // sent once more under another login
	resent   int           // how often, because there was no management node to begin it
	unproven *apierr.Error // what an answer said that may belong to an earlier attempt which did arrive
	state    State
}

// State is what is known of a job.
type State struct {
	Running bool // ZStack knows it
	Ended   bool
	Result  json.RawMessage
	Failure *apierr.Error // each caller has its own copy
}

// New returns the job of a request that is not sent yet.
func (s *Jobs) New(r conn.Request) *Job {
	r.Effect = httpapi.Changes
	r.Job = conn.NewUUID()

	return &Job{jobs: s, request: r, uuid: r.Job, sent: make(chan struct{})}
}

// Resume returns a job that another process started.
func (s *Jobs) Resume(what httpapi.Call, uuid string) *Job {
	what.Effect = httpapi.Changes
	j := &Job{jobs: s, request: conn.Request{Call: what}, uuid: uuid, pace: poll.NewPace(resumePause), sent: make(chan struct{})}
	close(j.sent)

	return j
}

// ID returns the job's uuid (X-Job-UUID). It changes when the request is sent anew because ZStack did not begin the job.
func (j *Job) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()

	return j.uuid
}

// Send sends the request, under a login later than the one of number after. Its error is a refusal, which ends the job; an answer
// that was lost is none, since the job can be asked for. Only a request that had no effect for certain is sent again, with the same
// job uuid: should an attempt have arrived after all, ZStack refuses the next one.
func (j *Job) Send(ctx context.Context, after int) error {
	r := j.request
	reply, err := j.jobs.conn.Send(ctx, r, after)
	select {
	case <-j.sent: // before
	default:
		defer close(j.sent)
	}
	failure := failureOf(r.Call, err)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.began, j.login, j.pace = time.Now(), reply.Login, j.jobs.paces.Started(r.Op)
	switch {
	case err == nil:
		j.accepted(reply)
	case failure.AnswerLost:
		j.jobs.conn.Logger.WarnContext(ctx, "The answer of ZStack was lost, asking for the job", "op", r.Op, "object", r.Object,
			"job", r.Job, "error", failure.Error())
	case reply.Sent > 1 && failure.Code == "HTTP 400":
		j.unproven = failure // "Duplicate job uuid", unless the request was never right
	default:
		j.state = State{Ended: true, Failure: failure}

		return failure
	}

	return nil
}

// failureOf returns a copy of the failure that err holds, or one of kind Internal. It is nil without an error.
func failureOf(what httpapi.Call, err error) *apierr.Error {
	failure, ok := errors.AsType[*apierr.Error](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return what.Error(apierr.Internal, "").Wrap(err)
	}
	own := *failure

	return &own
}

// accepted notes the answer to the request: 202 with the job's location, of which only the uuid is of use, since the host is the
// management node's own address; or 200 with the result at once.
func (j *Job) accepted(reply conn.Answer) {
	if reply.Status == http.StatusOK {
		j.state = State{Running: true, Ended: true, Result: reply.Body}

		return
	}
	j.state.Running = true
	var told struct {
		Location string `json:"location"`
	}
	if err := json.Unmarshal(reply.Body, &told); err != nil {
		return
	}
	if uuid := told.Location[strings.LastIndexByte(told.Location, '/')+1:]; conn.IsUUID(uuid) {
		j.uuid = uuid // it differs where ZStack is too old to take ours
	}
}

// sendAgain sends the request once more, as a job of another uuid, after a failure that proves that the first had no effect: the
// session had ended, or there was no management node to begin. It reports whether it did.
func (j *Job) sendAgain(ctx context.Context, failure *apierr.Error) bool {
	after, pause := 0, time.Duration(0)
	switch {
	case j.request.Method == "": // it is not known what the other process sent
		return false
	case conn.NoSession(failure) && j.login > 0 && !j.renewed:
		j.renewed, after = true, j.login
	case conn.NotBegun(failure) && j.resent < resends:
		j.resent++
		pause = httpapi.Pauses.After(j.resent)
	default:
		return false
	}
	j.mu.Lock()
	j.request.Job = conn.NewUUID()
	j.uuid, j.state.Running = j.request.Job, false
	j.mu.Unlock()
	j.jobs.conn.Logger.WarnContext(ctx, "ZStack did not begin the job, sending it again", "op", j.request.Op,
		"object", j.request.Object, "code", failure.Code, "job", j.request.Job)
	if !backoff.Pause(ctx, pause) {
		return false
	}
	_ = j.Send(ctx, after) // a refusal is the job's end

	return true
}
