package vcenter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// restClient speaks REST as any HTTP client would.
type restClient struct {
	http  *http.Client
	base  string
	token string
}

// reply is the answer to a REST request.
type reply struct {
	Status int
	Body   []byte
	Err    error // no answer at all
}

// anonymous returns a REST client without a session.
func anonymous(t *testing.T, server *vcenter.Server) *restClient {
	t.Helper()

	return &restClient{http: httpClient(t, server), base: "https://" + server.Endpoint()}
}

// loginREST returns a REST client with a session of the server's own user.
func loginREST(t *testing.T, server *vcenter.Server) *restClient {
	t.Helper()

	return loginRESTAs(t, server, server.Username(), server.Password())
}

func loginRESTAs(t *testing.T, server *vcenter.Server, user, password string) *restClient {
	t.Helper()
	client := anonymous(t, server)
	got := client.createSession(t.Context(), user, password)
	if got.Status != http.StatusCreated {
		t.Fatalf("POST /api/session as %s: %s", user, got)
	}
	got.decode(t, &client.token)

	return client
}

func (c *restClient) createSession(ctx context.Context, user, password string) reply {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/api/session", http.NoBody)
	if err != nil {
		return reply{Err: err}
	}
	request.SetBasicAuth(user, password)

	return c.send(request)
}

// do sends body as JSON, or no body where it is nil.
func (c *restClient) do(ctx context.Context, method, path string, body any) reply {
	var reader io.Reader = http.NoBody
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return reply{Err: err}
		}
		reader = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return reply{Err: err}
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("vmware-api-session-id", c.token)
	}

	return c.send(request)
}

func (c *restClient) send(request *http.Request) reply {
	response, err := c.http.Do(request)
	if err != nil {
		return reply{Err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)

	return reply{Status: response.StatusCode, Body: body, Err: err}
}

func (c *restClient) get(t *testing.T, path string, into any) {
	t.Helper()
	got := c.do(t.Context(), http.MethodGet, path, nil)
	if got.Status != http.StatusOK {
		t.Fatalf("GET %s: %s", path, got)
	}
	got.decode(t, into)
}

func (r reply) String() string {
	if r.Err != nil {
		return r.Err.Error()
	}

	return http.StatusText(r.Status) + ": " + string(r.Body)
}

func (r reply) decode(t *testing.T, into any) {
	t.Helper()
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if err := json.Unmarshal(r.Body, into); err != nil {
		t.Fatalf("decode %s: %v", r, err)
	}
}

// vapiError is an error body of the REST API.
type vapiError struct {
	ErrorType string `json:"error_type"`
	Messages  []struct {
		ID             string   `json:"id"`
		DefaultMessage string   `json:"default_message"`
		Args           []string `json:"args"`
	} `json:"messages"`
}

// wantError asserts status and error_type, and that the error has a message.
func (r reply) wantError(t *testing.T, status int, errorType string) {
	t.Helper()
	if r.Err != nil {
		t.Fatalf("no answer: %v; want %d %s", r.Err, status, errorType)
	}
	var got vapiError
	if err := json.Unmarshal(r.Body, &got); err != nil {
		t.Fatalf("%s is no vAPI error: %v", r, err)
	}
	if r.Status != status || got.ErrorType != errorType {
		t.Fatalf("got %d %s (%s), want %d %s", r.Status, got.ErrorType, r.Body, status, errorType)
	}
	if len(got.Messages) == 0 || got.Messages[0].DefaultMessage == "" {
		t.Errorf("%s has no message", errorType)
	}
}

// wantStatus asserts a status and ignores the body.
func (r reply) wantStatus(t *testing.T, status int) {
	t.Helper()
	if r.Err != nil || r.Status != status {
		t.Fatalf("got %d %s, want %d", r.Status, r, status)
	}
}
