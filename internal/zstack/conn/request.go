package conn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	// contextPath is where a management node serves the API; access keys sign what comes after it.
	contextPath = "/zstack"
	// largestAnswer bounds what is read of one answer in bytes, unless configured. A page of a thousand VMs fits many times.
	largestAnswer = 64 << 20
	// JobHeader names the job of an asynchronous call.
	JobHeader = "X-Job-UUID"
)

// Request is one request to the API.
type Request struct {
	httpapi.Call

	Method string
	Path   string // from /v1 on, with segments that need no escaping
	Query  string // encoded
	In     any    // sent as JSON, unless nil
	Job    string // the uuid that names the job of an asynchronous call
}

// Answer is what the server said. An answer that tells of an error is returned as one.
type Answer struct {
	Status int // 200 or 202
	Body   []byte
	Sent   int // how often the request was sent
	Login  int // the number of the login that authorized it; 0 with an access key
}

// exchange sends the request once, without credentials where as is nil. The error is of every answer but 200 and 202.
func (c *Conn) exchange(ctx context.Context, r Request, as *credentials) (Answer, error) {
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
		return Answer{}, r.Error(apierr.Internal, "").Wrap(err)
	}
	switch {
	case as == nil:
	case c.key != nil:
		c.key.sign(message)
	default:
		message.Header.Set("Authorization", "OAuth "+as.session)
	}
	reply, err := c.HTTP.Do(message)
	if err != nil {
		return Answer{}, c.scheme(ctx, x, r.NetworkError(ctx, x, c.endpoint.Host, withoutURL(err)))
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if errors.Is(err, httpapi.ErrAnswerTooLarge) {
		return Answer{}, c.malformed(r.Call, err)
	}
	if err != nil {
		return Answer{}, r.NetworkError(ctx, x, c.endpoint.Host, err)
	}
	if reply.StatusCode == http.StatusOK || reply.StatusCode == http.StatusAccepted {
		return Answer{Status: reply.StatusCode, Body: body}, nil
	}

	return Answer{}, c.scheme(ctx, x, c.refusal(r.Call, reply, body))
}

// scheme returns the failure, or until ZStack has answered the error that the endpoint wants TLS, where that is why.
func (c *Conn) scheme(ctx context.Context, x *httpapi.Exchange, failure *apierr.Error) error {
	if c.connected() {
		return failure
	}

	return httpapi.WantsTLS(ctx, c.endpoint, x, failure)
}

// withoutURL drops the request's URL from net/http's error: op and object say it better.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}

	return err
}

func (c *Conn) newMessage(ctx context.Context, r Request) (*http.Request, error) {
	address := url.URL{
		Scheme: c.endpoint.Scheme, Host: c.endpoint.Host, Path: c.endpoint.Path + r.Path, RawQuery: r.Query,
	}
	var body io.Reader
	if r.In != nil {
		text, err := json.Marshal(r.In)
		if err != nil {
			return nil, fmt.Errorf("request body: %w", err)
		}
		body = bytes.NewReader(text)
	}
	message, err := http.NewRequestWithContext(ctx, r.Method, address.String(), body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if body != nil {
		message.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	message.Header.Set("Accept", "application/json")
	message.Header.Set("User-Agent", c.userAgent)
	if r.Job != "" {
		message.Header.Set(JobHeader, r.Job)
	}

	return message, nil
}

// malformed is the error for an answer that can't be read.
func (c *Conn) malformed(what httpapi.Call, cause error) *apierr.Error {
	failure := what.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(cause)
	failure.AnswerLost = what.Effect == httpapi.Changes
	if !c.connected() {
		failure.Kind, failure.Code, failure.Object, failure.AnswerLost = apierr.Unsupported, apierr.CodeNotZStack, c.endpoint.Host, false
	}

	return failure
}

// refusal turns an answer that is neither 200 nor 202 into an error: what ZStack said where it did (503 with an error), else
// by the status.
func (c *Conn) refusal(what httpapi.Call, reply *http.Response, body []byte) *apierr.Error {
	var told struct {
		Error *CodeError `json:"error"`
	}
	if err := json.Unmarshal(body, &told); err == nil && told.Error != nil && len(told.Error.chain()) > 0 {
		failure := Failure(what, told.Error)
		if !NotBegun(failure) { // one that has no node to work may still be starting
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
