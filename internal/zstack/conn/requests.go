package conn

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// pollOp is the API method of a poll.
const pollOp = "GET /v1/api-jobs/{uuid}"

// Read makes one synchronous call and decodes its answer into out. It is repeated after a failure that passes by itself, and once
// under a new login when ZStack no longer knows the session.
func (c *Conn) Read(ctx context.Context, r Request, out any) error {
	first, err := c.enter(ctx, r.Call)
	if err != nil {
		return err
	}
	reply, err := c.do(ctx, r, 0)
	if err == nil {
		err = c.decode(r.Call, reply.Body, out)
	}

	return c.leave(first, err)
}

// Send sends the request of an asynchronous call under a login later than the one of number after. It is sent again only where it
// had no effect for certain. The answer tells how often it was sent also beside an error.
func (c *Conn) Send(ctx context.Context, r Request, after int) (Answer, error) {
	first, err := c.enter(ctx, r.Call)
	if err != nil {
		return Answer{}, err
	}
	reply, err := c.do(ctx, r, after)
	if err == nil {
		c.spoken.Store(true)
	}

	return reply, c.leave(first, err)
}

// Poll asks once for the job of a uuid (GET /v1/api-jobs/{uuid}), which needs no credentials. The status of the answer is 202
// while the job runs, and 200 with its result.
func (c *Conn) Poll(ctx context.Context, uuid, object string) (Answer, error) {
	return c.exchange(ctx, Request{Call: PollCall(object), Method: http.MethodGet, Path: "/v1/api-jobs/" + uuid}, nil)
}

// PollCall is a poll for a job on an object, for errors.
func PollCall(object string) httpapi.Call { return httpapi.Call{Op: pollOp, Object: object} }

// do authorizes a request and sends it. Logging in has its own attempts, whose failure is final.
func (c *Conn) do(ctx context.Context, r Request, after int) (Answer, error) {
	if ctx.Err() != nil {
		return Answer{}, r.Interrupted(ctx, nil)
	}
	as, err := c.credentials(ctx, after)
	if err != nil {
		return Answer{}, err
	}
	reply, err := c.repeat(ctx, r, as)
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok || failure.Code != codeInvalidSession || r.Effect == httpapi.Changes || as.number == 0 {
		return reply, err
	}
	if as, err = c.credentials(ctx, as.number); err != nil {
		return Answer{}, err
	}

	return c.repeat(ctx, r, as)
}

// repeat sends a request until its answer is none that the policy repeats.
func (c *Conn) repeat(ctx context.Context, r Request, as *credentials) (Answer, error) {
	attempts := c.attempts(r.Effect)
	for sent := 1; ; sent++ {
		reply, err := c.exchange(ctx, r, as)
		reply.Sent = sent
		if as != nil {
			reply.Login = as.number
		}
		if err == nil || !attempts.Again(ctx, err) {
			return reply, err
		}
	}
}

// decode reads the body of a 200 into out.
func (c *Conn) decode(what httpapi.Call, body []byte, out any) error {
	if err := json.Unmarshal(body, out); err != nil {
		return c.malformed(what, err)
	}
	c.spoken.Store(true)

	return nil
}
