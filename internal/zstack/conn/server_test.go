package conn

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

const (
	golden   = "20debd9bc9594d70b1ec81d7d31b29cc"
	made     = "327b60d6b8cd31489ade6f4830bcec16"
	loggedIn = `{"inventory":{"uuid":"b86c9016b4f24953a9edefb53ca0678c"}}`
)

var errReset = errors.New("connection reset by peer")

// reply is what the server says: a status and a body. One without a status never comes.
type reply struct {
	status int
	body   string
	header http.Header
	unsent bool // the connection broke before the request was sent
}

func ok(body string) reply { return reply{status: http.StatusOK, body: body} }

func failed(body string) reply {
	return reply{status: http.StatusServiceUnavailable, body: `{"error":` + body + `}`}
}

// fakeServer stands where the network is, so that time may be synctest's.
type fakeServer struct {
	answer func(*http.Request) reply // is called with the lock held

	mu       sync.Mutex
	requests []*http.Request
}

// RoundTrip implements http.RoundTripper.
func (s *fakeServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	answer := s.answer(r)
	s.mu.Unlock()
	if answer.unsent {
		return nil, errReset
	}
	httptrace.ContextClientTrace(r.Context()).WroteHeaders()
	if answer.status == 0 {
		<-r.Context().Done()

		return nil, context.Cause(r.Context())
	}

	return &http.Response{
		StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(strings.NewReader(answer.body)), Request: r,
	}, nil
}

// testConn is a connection to a [fakeServer].
type testConn struct{ *Conn }

func connect(t *testing.T, config Config, answer func(*http.Request) reply) (testConn, *fakeServer) {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := &fakeServer{answer: answer}
	c.HTTP.Transport = server
	t.Cleanup(func() { _ = c.Close(context.WithoutCancel(t.Context())) })

	return testConn{c}, server
}

// readVM reads one VM.
func (c testConn) readVM(ctx context.Context) error {
	var found struct{ Inventories []struct{ UUID string } }

	return c.Read(ctx, Request{Call: httpapi.Call{Op: "QueryVmInstance"}, Method: http.MethodGet, Path: "/v1/vm-instances"}, &found)
}

// script returns the replies in turn; the last goes on.
func script(replies ...reply) func() reply {
	return func() reply {
		next := replies[0]
		if len(replies) > 1 {
			replies = replies[1:]
		}

		return next
	}
}

func asFailure(t *testing.T, err error) *apierr.Error {
	t.Helper()
	failure, isOurs := errors.AsType[*apierr.Error](err)
	if !isOurs {
		t.Fatalf("error %v is no apierr.Error", err)
	}

	return failure
}
