package zstack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	// contextPath is where a management node serves the API; access keys sign what comes after it.
	contextPath = "/zstack"
	// largestAnswer bounds what is read of one answer. A page of a thousand VMs fits many times.
	largestAnswer = 64 << 20
	// answerGrace is how long a request with an effect may still wait for its answer after its caller was cancelled: most
	// answers are only milliseconds away.
	answerGrace = time.Second
	jobHeader   = "X-Job-UUID"
)

// request is one request to the API. in is sent as JSON, unless nil.
type request struct {
	httpapi.Call

	method string
	path   string // from /v1 on, with segments that need no escaping
	query  string // encoded
	in     any
	job    string // what we name the job of an asynchronous call
}

// answer is what the server said. A body that is an error has been made one.
type answer struct {
	status int
	body   []byte
}

// authorizer puts credentials on a request.
type authorizer func(*http.Request)

// exchange sends the request once. The error is of every answer but 200 and 202.
func (c *Client) exchange(ctx context.Context, r request, authorize authorizer) (answer, error) {
	release := func() {}
	bounded := ctx
	if r.Effect == httpapi.Changes {
		bounded, release = httpapi.Lingering(ctx, answerGrace)
	}
	defer release()
	bounded, cancel := context.WithTimeout(bounded, c.limit())
	defer cancel()
	bounded, x := httpapi.Traced(bounded, r.Op)
	message, err := c.newMessage(bounded, r)
	if err != nil {
		return answer{}, r.Error(apierr.Internal, "").Wrap(err)
	}
	if authorize != nil {
		authorize(message)
	}
	reply, err := c.http.Do(message)
	if err != nil {
		return answer{}, r.NetworkError(ctx, x, c.endpoint.Host, withoutURL(err))
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if errors.Is(err, httpapi.ErrAnswerTooLarge) {
		return answer{}, c.malformed(r.Call, err)
	}
	if err != nil {
		return answer{}, r.NetworkError(ctx, x, c.endpoint.Host, err)
	}
	if reply.StatusCode == http.StatusOK || reply.StatusCode == http.StatusAccepted {
		return answer{reply.StatusCode, body}, nil
	}

	return answer{}, c.refusal(r.Call, reply, body)
}

// withoutURL drops the request's URL from net/http's error: op and object say it better.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}

	return err
}

func (c *Client) newMessage(ctx context.Context, r request) (*http.Request, error) {
	address := url.URL{
		Scheme: c.endpoint.Scheme, Host: c.endpoint.Host, Path: c.endpoint.Path + r.path, RawQuery: r.query,
	}
	var body io.Reader
	if r.in != nil {
		text, err := json.Marshal(r.in)
		if err != nil {
			return nil, fmt.Errorf("request body: %w", err)
		}
		body = bytes.NewReader(text)
	}
	message, err := http.NewRequestWithContext(ctx, r.method, address.String(), body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if body != nil {
		message.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	message.Header.Set("Accept", "application/json")
	message.Header.Set("User-Agent", c.userAgent)
	if r.job != "" {
		message.Header.Set(jobHeader, r.job)
	}

	return message, nil
}

// malformed is the error for an answer that can't be read.
func (c *Client) malformed(what httpapi.Call, cause error) *apierr.Error {
	failure := what.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(cause)
	failure.AnswerLost = what.Effect == httpapi.Changes
	if !c.connected() {
		failure.Kind, failure.Code, failure.Object, failure.AnswerLost = apierr.Unsupported, apierr.CodeNotZStack, c.endpoint.Host, false
	}

	return failure
}

// refusal turns an answer that is neither 200 nor 202 into an error: what ZStack said where it did (503 with an error), else
// by the status.
func (c *Client) refusal(what httpapi.Call, reply *http.Response, body []byte) *apierr.Error {
	var told struct {
		Error *CodeError `json:"error"`
	}
	if err := json.Unmarshal(body, &told); err == nil && told.Error != nil && len(told.Error.chain()) > 0 {
		failure := codeError(what, told.Error)
		if !notBegun(failure) { // one that has no node to work may still be starting
			c.spoken.Store(true)
		}

		return failure
	}
	failure := what.StatusError(reply.StatusCode)
	if text := httpapi.Printable(body); text != "" {
		failure.Messages = []string{text}
	}
	if after := httpapi.RetryAfter(reply.Header, time.Now()); after != nil {
		failure = failure.Wrap(after)
	}
	switch {
	case reply.StatusCode == http.StatusForbidden && c.key != nil:
		// The REST layer has one reason to forbid something: it does not accept the signature.
		failure.Kind, failure.Object = apierr.Unauthenticated, c.endpoint.Host
		failure.Code = apierr.CodeAccessKeyRefused
		if c.key.strays(reply.Header, time.Now()) {
			failure.Code = apierr.CodeClockSkew
		}
	case what.Op == pollOp && reply.StatusCode == http.StatusNotFound:
		// A job that is not known (any more). A poll needs no login, so it may well be the first request to this server.
	case c.connected() || reply.StatusCode >= http.StatusInternalServerError:
	case reply.StatusCode == http.StatusNotFound, reply.StatusCode == http.StatusMethodNotAllowed, reply.StatusCode < http.StatusBadRequest:
		failure.Kind, failure.Code, failure.Object = apierr.Unsupported, apierr.CodeNotZStack, c.endpoint.Host
	}

	return failure
}

// decode reads the body of a 200 into out.
func (c *Client) decode(what httpapi.Call, body []byte, out any) error {
	if err := json.Unmarshal(body, out); err != nil {
		return c.malformed(what, err)
	}
	c.spoken.Store(true)

	return nil
}

// read makes one synchronous call and decodes its answer into out. It is repeated when it meets a passing failure, and once
// under a new session when ZStack no longer knows the old one.
func (c *Client) read(ctx context.Context, r request, out any) error {
	return c.meet(ctx, r.Call, func() error { return c.readNow(ctx, r, out) })
}

func (c *Client) readNow(ctx context.Context, r request, out any) error {
	return c.repeater().Do(ctx, r.Effect, func() error {
		if ctx.Err() != nil {
			return r.Interrupted(ctx, nil)
		}
		authorize, generation, err := c.authorizer(ctx, 0)
		if err != nil {
			return err
		}
		reply, err := c.exchange(ctx, r, authorize)
		if failure, ok := errors.AsType[*apierr.Error](err); ok && sessionEnded(failure) && c.key == nil {
			if authorize, _, err = c.authorizer(ctx, generation); err != nil {
				return err
			}
			reply, err = c.exchange(ctx, r, authorize)
		}
		if err != nil {
			return err
		}

		return c.decode(r.Call, reply.body, out)
	})
}

// errMalformedUUID is in the chain of the error for a uuid that can't be one.
var errMalformedUUID = errors.New("a uuid has 32 hexadecimal digits")

// checkUUIDs returns an error of kind InvalidArgument for the first that is no uuid: it can't name anything, and must not
// become part of a path or of a comma list.
func checkUUIDs(what httpapi.Call, uuids ...string) error {
	for _, uuid := range uuids {
		if !isUUID(uuid) {
			failure := what.Error(apierr.InvalidArgument, "SYS.1007").Wrap(errMalformedUUID)
			failure.Arguments = []string{uuid}

			return failure
		}
	}

	return nil
}

// lastSegment returns what follows the last slash.
func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
