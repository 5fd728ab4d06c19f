package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/vmware/govmomi/vim25"
)

// rest is a session of vCenter's REST API. It shows answers as they came: the questions are about those.
type rest struct {
	client *vim25.Client
	token  string
}

// restAnswer is an answer of the REST API.
type restAnswer struct {
	status int
	body   []byte
}

// openREST logs in (POST /api/session).
func openREST(ctx context.Context, client *vim25.Client, as login) (*rest, error) {
	r := &rest{client: client}
	request, err := r.request(ctx, http.MethodPost, "/api/session", nil)
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth(as.user, as.password)
	answer, err := r.send(request)
	if err != nil {
		return nil, err
	}
	if err := answer.into(&r.token); err != nil {
		return nil, fmt.Errorf("log in to the REST API: %w", err)
	}

	return r, nil
}

// close logs out.
func (r *rest) close(ctx context.Context) error {
	if r == nil {
		return nil
	}
	_, err := r.call(ctx, http.MethodDelete, "/api/session", nil)

	return err
}

// call sends a request, with a body in JSON unless that is nil.
func (r *rest) call(ctx context.Context, method, path string, body any) (restAnswer, error) {
	request, err := r.request(ctx, method, path, body)
	if err != nil {
		return restAnswer{}, err
	}

	return r.send(request)
}

func (r *rest) request(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write a request: %w", err)
		}
		content = bytes.NewReader(text)
	}
	address := r.client.URL()
	request, err := http.NewRequestWithContext(ctx, method, address.Scheme+"://"+address.Host+path, content)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("vmware-api-session-id", r.token)

	return request, nil
}

func (r *rest) send(request *http.Request) (restAnswer, error) {
	var answer restAnswer
	err := r.client.Do(request.Context(), request, func(response *http.Response) error {
		body, err := io.ReadAll(response.Body)
		answer = restAnswer{status: response.StatusCode, body: body}
		if err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}

		return nil
	})
	if err != nil {
		return answer, fmt.Errorf("call the REST API: %w", err)
	}

	return answer, nil
}

// into decodes what the API answered. An answer that tells of an error is one.
func (a restAnswer) into(out any) error {
	if a.status >= http.StatusMultipleChoices {
		return fmt.Errorf("the REST API answers %s", a.problem())
	}
	if err := json.Unmarshal(a.body, out); err != nil {
		return fmt.Errorf("decode an answer of the REST API: %w", err)
	}

	return nil
}

// problem is the type of an error, such as "NOT_FOUND (404)".
func (a restAnswer) problem() string {
	var told struct {
		Type string `json:"error_type"`
	}
	if err := json.Unmarshal(a.body, &told); err != nil || told.Type == "" {
		return fmt.Sprintf("no error type (%d)", a.status)
	}

	return fmt.Sprintf("%s (%d)", told.Type, a.status)
}
