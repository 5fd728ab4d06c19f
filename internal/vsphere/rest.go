package vsphere

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

// restRequest is one request to vCenter's REST API. in is sent and out decoded as JSON; each may be nil.
type restRequest struct {
	httpapi.Call

	method string
	path   string
	query  url.Values
	in     any
	out    any
}

// rest makes one REST call with session, request timeout, retries and errors as this package has them.
func (s *session) rest(ctx context.Context, request restRequest) error {
	return s.repeater().Do(ctx, request.Effect, func() error { return s.restOnce(ctx, request) })
}

// restSession is a token, and how many logins it took to come by.
type restSession struct {
	token      string
	generation int // 0 is no session
}

func (r restSession) authorize(request *http.Request) { request.Header.Set(sessionHeader, r.token) }

// restOnce makes the call, and makes it again under a new session when vCenter no longer knows the old one.
func (s *session) restOnce(ctx context.Context, request restRequest) error {
	if ctx.Err() != nil {
		return request.Interrupted(ctx, nil)
	}
	current, err := s.ensureREST(ctx, 0)
	if err != nil {
		return err
	}
	err = s.exchangeREST(ctx, request, current.authorize)
	if !apierr.Is(err, apierr.Unauthenticated) {
		return err
	}
	if current, err = s.ensureREST(ctx, current.generation); err != nil {
		return err
	}

	return s.exchangeREST(ctx, request, current.authorize)
}

// ensureREST returns a REST session newer than the generation that the caller found wanting.
func (s *session) ensureREST(ctx context.Context, wanting int) (restSession, error) {
	if _, err := s.identify(ctx); err != nil {
		return restSession{}, err
	}
	for {
		if current := s.currentREST(); current.generation > wanting {
			return current, nil
		}
		err := s.restLogin.Do(ctx, s.life, func(ctx context.Context) error {
			if s.currentREST().generation > wanting {
				return nil
			}

			return s.loginREST(ctx)
		})
		if err != nil {
			return restSession{}, httpapi.Call{Op: "POST " + sessionPath}.Shared(ctx, err)
		}
	}
}

func (s *session) currentREST() restSession {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.token
}

func (s *session) loginREST(ctx context.Context) error {
	if err := s.refusal(); err != nil {
		return err
	}
	var token string
	request := restRequest{
		Call:   httpapi.Call{Op: "POST " + sessionPath, Object: s.endpoint.Host},
		method: http.MethodPost, path: sessionPath, out: &token,
	}
	err := s.repeater().Do(ctx, httpapi.Reads, func() error {
		return s.exchangeREST(ctx, request, func(r *http.Request) { r.SetBasicAuth(s.username, s.password) })
	})
	if err == nil && token == "" {
		err = request.Error(apierr.Internal, apierr.CodeMalformedAnswer)
	}
	if err != nil {
		if failure, ok := errors.AsType[*apierr.Error](err); ok && failure.Kind == apierr.Unauthenticated && failure.Thumbprint == "" {
			failure.Code = apierr.CodeInvalidLogin
		}

		return s.remember(err)
	}
	s.mu.Lock()
	s.token = restSession{token: token, generation: s.token.generation + 1}
	s.mu.Unlock()
	s.keep(ctx)

	return nil
}

// endREST ends the REST session; see [session.endSOAP].
func (s *session) endREST(ctx context.Context, current restSession) error {
	request := restRequest{
		Call: httpapi.Call{Op: "DELETE " + sessionPath}, method: http.MethodDelete, path: sessionPath,
	}
	err := s.repeater().Do(ctx, request.Effect, func() error {
		return s.exchangeREST(ctx, request, current.authorize)
	})
	if apierr.Is(err, apierr.Unauthenticated) {
		return nil
	}

	return err
}

// exchangeREST sends the request once and decodes the answer.
func (s *session) exchangeREST(ctx context.Context, request restRequest, authorize func(*http.Request)) error {
	bounded, x, cancel := s.bound(ctx, request.Call, s.timeout)
	defer cancel()
	message, err := s.newREST(bounded, request)
	if err != nil {
		return request.Error(apierr.Internal, "").Wrap(err)
	}
	authorize(message)
	answer, err := s.http.Do(message)
	if err != nil {
		return request.NetworkError(ctx, x, s.endpoint.Host, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return request.NetworkError(ctx, x, s.endpoint.Host, err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return decodeError(request.Call, answer.StatusCode, body)
	}
	if request.out == nil {
		return nil
	}
	if err := json.Unmarshal(body, request.out); err != nil {
		failure := request.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(err)
		failure.AnswerLost = request.Effect == httpapi.Changes

		return failure
	}

	return nil
}

func (s *session) newREST(ctx context.Context, request restRequest) (*http.Request, error) {
	address := url.URL{
		Scheme: s.endpoint.Scheme, Host: s.endpoint.Host, Path: request.path, RawQuery: request.query.Encode(),
	}
	var body io.Reader
	if request.in != nil {
		text, err := json.Marshal(request.in)
		if err != nil {
			return nil, fmt.Errorf("request body: %w", err)
		}
		body = bytes.NewReader(text)
	}
	message, err := http.NewRequestWithContext(ctx, request.method, address.String(), body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if body != nil {
		message.Header.Set("Content-Type", "application/json")
	}
	message.Header.Set("Accept", "application/json")
	message.Header.Set("User-Agent", s.soap.UserAgent)

	return message, nil
}
