package conn

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// pollOp is the API method of a poll.
const pollOp = "GET /v1/api-jobs/{uuid}"

// Read makes one synchronous call and decodes its answer into out. It is repeated after a failure that passes by itself, and once
// under a new login when ZStack no longer knows the session.
func (c *Conn) Read(ctx context.Context, r Request, out any) error {
	reply, err := c.Send(ctx, r, 0)
	if err != nil {
		return err
	}

	return c.decode(r.Call, reply.Body, out)
}

// Send sends a request, under a login later than the one of number after, until its answer is none that the policy repeats: one
// with an effect is sent again only where it had none for certain. The answer tells how often it was sent also beside an error.
// Logging in has its own attempts, whose failure is final.
func (c *Conn) Send(ctx context.Context, r Request, after int) (Answer, error) {
	tries, err := c.enter(ctx, r.Call)
	if err != nil {
		return Answer{}, err
	}
	renewed, attempts := false, c.attempts(r.Effect)
	for sent := 1; ; sent++ {
		as, err := c.credentials(ctx, after)
		if err != nil {
			return Answer{}, c.leave(tries, err)
		}
		reply, err := c.exchange(ctx, r, as)
		reply.Sent, reply.Login = sent, as.number
		if !renewed && r.Effect == httpapi.Reads && as.number > 0 && noSession(err) {
			renewed, after = true, as.number

			continue
		}
		if err == nil && r.Effect == httpapi.Changes {
			c.spoken.Store(true) // what a read says has yet to be decoded
		}
		if err == nil || !attempts.Again(ctx, err) {
			return reply, c.leave(tries, err)
		}
	}
}

// Poll asks once for the job of a uuid (GET /v1/api-jobs/{uuid}), which needs no credentials. The status of the answer is 202
// while the job runs, and 200 with its result.
func (c *Conn) Poll(ctx context.Context, uuid, object string) (Answer, error) {
	return c.exchange(ctx, Request{Call: PollCall(object), Method: http.MethodGet, Path: "/v1/api-jobs/" + uuid}, nil)
}

// PollCall is a poll for a job on an object, for errors.
func PollCall(object string) httpapi.Call { return httpapi.Call{Op: pollOp, Object: object} }

// decode reads the body of a 200 into out.
func (c *Conn) decode(what httpapi.Call, body []byte, out any) error {
	if err := json.Unmarshal(body, out); err != nil {
		return c.malformed(what, err)
	}
	c.spoken.Store(true)

	return nil
}
