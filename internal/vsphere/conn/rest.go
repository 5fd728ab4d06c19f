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

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	sessionPath   = "/api/session"
	sessionHeader = "vmware-api-session-id"
)

// Request is one request to vCenter's REST API, in the form that it has from 7.0 U2 on; see [Conn.WholeREST]. In is sent and Out decoded as
// JSON; each may be nil.
type Request struct {
	httpapi.Call

	Method string
	Path   string
	ID     string // the end of the path, where that is an id
	Query  url.Values
	In     any
	Out    any

	older bool // it has the form of vCenter before 7.0 U2
}

// REST makes one REST call with session, request timeout, retries and errors.
func (c *Conn) REST(ctx context.Context, request Request) error {
	for attempts := c.attempts(request.Effect); ; {
		err := c.restOnce(ctx, request)
		if err == nil || !attempts.Again(ctx, err) {
			return err
		}
	}
}

// restSession is a token and the number of the login that gave it.
type restSession struct {
	token      string
	generation int // 0 is no session
}

func (r restSession) authorize(request *http.Request) { request.Header.Set(sessionHeader, r.token) }

// restOnce makes the call, and makes it again under a new session when vCenter no longer knows the old one.
func (c *Conn) restOnce(ctx context.Context, request Request) error {
	if ctx.Err() != nil {
		return request.Interrupted(ctx, nil)
	}
	current, err := c.ensureREST(ctx, 0)
	if err != nil {
		return err
	}
	err = c.exchangeREST(ctx, request, current.authorize)
	if !apierr.Is(err, apierr.Unauthenticated) {
		return err
	}
	if current, err = c.ensureREST(ctx, current.generation); err != nil {
		return err
	}

	return c.exchangeREST(ctx, request, current.authorize)
}

// ensureREST returns a REST session newer than the generation that the caller found wanting.
func (c *Conn) ensureREST(ctx context.Context, wanting int) (restSession, error) {
	if _, err := c.Content(ctx); err != nil {
		return restSession{}, err
	}
	for {
		if current := c.currentREST(); current.generation > wanting {
			return current, nil
		}
		err := c.restLogin.Do(ctx, &c.Life, func(ctx context.Context) error {
			if c.currentREST().generation > wanting {
				return nil
			}

			lingering, release := httpapi.Lingering(ctx, answerGrace) // else a login on its way leaves a session that no logout ends
			defer release()

			return c.loginREST(lingering)
		})
		if err != nil {
			return restSession{}, httpapi.Call{Op: "POST " + sessionPath}.Shared(ctx, err)
		}
	}
}

func (c *Conn) currentREST() restSession {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.token
}

func (c *Conn) loginREST(ctx context.Context) error {
	if err := c.refusal(); err != nil {
		return err
	}
	var token string
	err := c.authorized(ctx, Request{
		Call:   httpapi.Call{Op: "POST " + sessionPath, Object: c.endpoint.Host},
		Method: http.MethodPost, Path: sessionPath, Out: &token,
	}, func(r *http.Request) { r.SetBasicAuth(c.username, c.password) })
	if err == nil && token == "" {
		err = httpapi.Call{Op: "POST " + sessionPath, Object: c.endpoint.Host}.Error(apierr.Internal, apierr.CodeMalformedAnswer)
	}
	if err != nil {
		if failure, ok := errors.AsType[*apierr.Error](err); ok && failure.Kind == apierr.Unauthenticated && failure.Thumbprint == "" {
			failure.Code = apierr.CodeInvalidLogin
		}

		return c.remember(err)
	}
	c.mu.Lock()
	c.token = restSession{token: token, generation: c.token.generation + 1}
	c.mu.Unlock()
	c.keep(ctx)

	return nil
}

// endREST ends the REST session; see [Conn.endSOAP].
func (c *Conn) endREST(ctx context.Context, current restSession) error {
	err := c.exchangeREST(ctx, Request{
		Call: httpapi.Call{Op: "DELETE " + sessionPath}, Method: http.MethodDelete, Path: sessionPath,
	}, current.authorize)
	if apierr.Is(err, apierr.Unauthenticated) {
		return nil
	}

	return err
}

// authorized makes a call that begins a session, which may be repeated.
func (c *Conn) authorized(ctx context.Context, request Request, authorize func(*http.Request)) error {
	for attempts := c.attempts(httpapi.Reads); ; {
		err := c.exchangeREST(ctx, request, authorize)
		if err == nil || !attempts.Again(ctx, err) {
			return err
		}
	}
}

// exchangeREST sends the request once and decodes the answer.
func (c *Conn) exchangeREST(ctx context.Context, request Request, authorize func(*http.Request)) error {
	request, err := c.formed(ctx, request)
	if err != nil {
		return err
	}
	bounded, x, cancel := c.bound(ctx, request.Call, c.timeout)
	defer cancel()
	message, err := c.newREST(bounded, request)
	if err != nil {
		return request.Error(apierr.Internal, "").Wrap(err)
	}
	authorize(message)
	answer, err := c.http.Do(message)
	if err != nil {
		return request.NetworkError(ctx, x, c.endpoint.Host, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return request.NetworkError(ctx, x, c.endpoint.Host, err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return decodeError(request.Call, answer.StatusCode, body)
	}
	if request.Out == nil {
		return nil
	}
	if body, err = unwrapped(request, body); err == nil {
		err = json.Unmarshal(body, request.Out)
	}
	if err != nil {
		failure := request.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(err)
		failure.AnswerLost = request.Effect == httpapi.Changes

		return failure
	}

	return nil
}

func (c *Conn) newREST(ctx context.Context, request Request) (*http.Request, error) {
	address := url.URL{Scheme: c.endpoint.Scheme, Host: c.endpoint.Host, Path: request.Path, RawQuery: request.Query.Encode()}
	if request.ID != "" {
		address.Path += "/" + request.ID
	}
	var body io.Reader
	if request.In != nil {
		text, err := json.Marshal(request.In)
		if err != nil {
			return nil, fmt.Errorf("request body: %w", err)
		}
		body = bytes.NewReader(text)
	}
	message, err := http.NewRequestWithContext(ctx, request.Method, address.String(), body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if body != nil {
		message.Header.Set("Content-Type", "application/json")
	}
	message.Header.Set("Accept", "application/json")
	message.Header.Set("User-Agent", c.soap.UserAgent)

	return message, nil
}
