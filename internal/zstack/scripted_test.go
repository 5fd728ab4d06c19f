package zstack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

const (
	golden   = "20debd9bc9594d70b1ec81d7d31b29cc"
	made     = "327b60d6b8cd31489ade6f4830bcec16"
	loggedIn = `{"inventory":{"uuid":"b86c9016b4f24953a9edefb53ca0678c"}}`
)

// message is one request as the server saw it.
type message struct {
	line   string // method, path and query
	header http.Header
	body   string
	at     time.Time
}

// reply is what the server says: a status and a body, or that the connection broke.
type reply struct {
	status int
	body   string
	header http.Header
	err    error // after the request was sent
	unsent bool  // before
}

var errReset = errors.New("connection reset by peer")

// scriptedServer stands where the network is, so that time may be synctest's. It logs in by itself.
type scriptedServer struct {
	answer func(m message) reply

	mu       sync.Mutex
	messages []message // all but logins and logouts
	logins   int
	logouts  int
}

// RoundTrip implements http.RoundTripper.
func (s *scriptedServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	m := message{line: r.Method + " " + r.URL.RequestURI(), header: r.Header, at: time.Now()}
	if r.Body != nil {
		text, _ := io.ReadAll(r.Body)
		m.body = string(text)
	}
	s.mu.Lock()
	var answer reply
	switch {
	case r.URL.Path == "/zstack/v1/accounts/login":
		s.logins++
		answer = reply{status: http.StatusOK, body: loggedIn}
		s.mu.Unlock()
	case r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "/accounts/sessions/"):
		s.logouts++
		answer = reply{status: http.StatusOK, body: "{}"}
		s.mu.Unlock()
	default:
		s.messages = append(s.messages, m)
		s.mu.Unlock()
		answer = s.answer(m)
	}
	if answer.unsent {
		return nil, errReset
	}
	httptrace.ContextClientTrace(r.Context()).WroteHeaders()
	if answer.err != nil {
		return nil, answer.err
	}
	if answer.header == nil {
		answer.header = http.Header{}
	}

	return &http.Response{
		StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(strings.NewReader(answer.body)), Request: r,
	}, nil
}

func (s *scriptedServer) sent() []message {
	s.mu.Lock()
	defer s.mu.Unlock()

	return append([]message(nil), s.messages...)
}

// lines returns method, path and query of what was sent.
func (s *scriptedServer) lines() []string {
	var lines []string
	for _, m := range s.sent() {
		lines = append(lines, m.line)
	}

	return lines
}

// newScripted makes a client of a scripted server.
func newScripted(t *testing.T, answer func(m message) reply) (*Client, *scriptedServer) {
	t.Helper()

	return newScriptedWith(t, Config{Endpoint: "zstack.test", AccountName: "admin", Password: "password"}, answer)
}

func newScriptedWith(t *testing.T, config Config, answer func(m message) reply) (*Client, *scriptedServer) {
	t.Helper()
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := &scriptedServer{answer: answer}
	client.conn.HTTP.Transport = server
	t.Cleanup(func() {
		if err := client.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("Close: %v", err)
		}
	})

	return client, server
}

// polled reports whether a request asks for a job.
func (m message) polled() bool { return strings.HasPrefix(m.line, "GET /zstack/v1/api-jobs/") }

// acceptedReply is the answer to an asynchronous request. Its location can't be reached.
func acceptedReply(m message) reply {
	return reply{
		status: http.StatusAccepted,
		body:   `{"location":"http://10.255.255.1:8080/zstack/v1/api-jobs/` + m.header.Get(conn.JobHeader) + `"}`,
	}
}

func ok(body string) reply { return reply{status: http.StatusOK, body: body} }

func failed(body string) reply {
	return reply{status: http.StatusServiceUnavailable, body: `{"error":` + body + `}`}
}

var (
	processing = reply{status: http.StatusAccepted, body: "{}"}
	purged     = reply{status: http.StatusNotFound, body: "the job has been expired"}
)

const vmResult = `{"inventory":{"uuid":"` + made + `","name":"web","state":"Running"}}`

func asFailure(t *testing.T, err error) *apierr.Error {
	t.Helper()
	failure, isOurs := errors.AsType[*apierr.Error](err)
	if !isOurs {
		t.Fatalf("error %v is no apierr.Error", err)
	}

	return failure
}
