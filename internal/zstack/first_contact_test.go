package zstack

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// firstServer answers the first requests by a script, whose last answer goes on, and then as a ZStack does. One without a
// status never comes.
type firstServer struct {
	mu      sync.Mutex
	answers []reply
	asked   int
}

// RoundTrip implements http.RoundTripper.
func (s *firstServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked++
	answer := ok(`{"inventories":[{"uuid":"` + golden + `"}]}`)
	if strings.HasSuffix(r.URL.Path, "/login") {
		answer = ok(loggedIn)
	}
	if len(s.answers) > 0 {
		answer = s.answers[0]
		if len(s.answers) > 1 || answer.status == http.StatusOK {
			s.answers = s.answers[1:]
		}
	}
	s.mu.Unlock()
	httptrace.ContextClientTrace(r.Context()).WroteHeaders()
	if answer.status == 0 {
		<-r.Context().Done()

		return nil, context.Cause(r.Context())
	}

	return &http.Response{StatusCode: answer.status, Body: io.NopCloser(strings.NewReader(answer.body)), Request: r}, nil
}

// logins are the ways to log in.
func logins() map[string]Config {
	return map[string]Config{
		"account": {Endpoint: "zstack.test", AccountName: "admin", Password: "password"},
		"key":     {Endpoint: "zstack.test", AccessKeyID: "id", AccessKeySecret: "secret"},
	}
}

func meetFirst(t *testing.T, config Config, answers ...reply) (*Client, *firstServer) {
	t.Helper()
	client, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := &firstServer{answers: answers}
	client.http.Transport = server
	t.Cleanup(func() { _ = client.Close(context.WithoutCancel(t.Context())) })

	return client, server
}

// many asks for different things, as a plan does: ten at a time, twenty times.
func many(ctx context.Context, client *Client, each func(error)) {
	for range 20 {
		var callers sync.WaitGroup
		for range 5 {
			callers.Go(func() {
				_, err := client.VirtualMachine(ctx, golden)
				each(err)
			})
			callers.Go(func() {
				_, err := client.SnapshotGroup(ctx, made)
				each(err)
			})
		}
		callers.Wait()
	}
}

// A management node that is down or hangs is asked a few times, once for all, and then left alone for a while: a plan with
// many resources fails in seconds. It is asked again later.
func TestFirstContact_down(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer reply
		kind   apierr.Kind
		code   string
		asked  int // at most
	}{
		"refuses work":   {reply{status: 503, body: "starting"}, apierr.Unavailable, "HTTP 503", 5},
		"still starting": {failed(`{"code":"SYS.1010"}`), apierr.Unavailable, "SYS.1010", 5},
		"gateway":        {reply{status: 502}, apierr.Unavailable, "HTTP 502", 5},
		"too many":       {reply{status: 429}, apierr.Busy, "HTTP 429", 5},
		"hangs":          {reply{}, apierr.TimedOut, apierr.CodeNoAnswer, 1},
	}
	for name, tt := range tests {
		for login, config := range logins() {
			t.Run(name+", "+login, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, server := meetFirst(t, config, tt.answer)
					begin := time.Now()
					many(t.Context(), client, func(err error) {
						if failure := asFailure(t, err); failure.Kind != tt.kind || failure.Code != tt.code {
							t.Errorf("error %v", err)
						}
					})
					if took := time.Since(begin); took > 25*time.Second {
						t.Errorf("took %s", took)
					}
					if server.asked > tt.asked {
						t.Errorf("asked %d times, want %d at most", server.asked, tt.asked)
					}
					time.Sleep(time.Minute) //nolint:forbidigo // synctest's time
					server.answers = nil
					if _, err := client.VirtualMachine(t.Context(), golden); err != nil {
						t.Errorf("later: %v", err)
					}
				})
			})
		}
	}
}

// An outage that ends within the attempts goes unnoticed.
func TestFirstContact_passing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusTooManyRequests} {
		for login, config := range logins() {
			t.Run(http.StatusText(status)+", "+login, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					// The last answer of the script serves as a session and as a list.
					fine := ok(`{"inventory":{"uuid":"` + made + `"},"inventories":[{"uuid":"` + golden + `"}]}`)
					client, _ := meetFirst(t, config, reply{status: status}, reply{status: status}, fine)
					if _, err := client.VirtualMachine(t.Context(), golden); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// Who gives up waiting for the first contact of another gets his own end, and says nothing of the node.
func TestFirstContact_interrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := meetFirst(t, logins()["key"], reply{}, ok(`{"inventories":[]}`))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(func() {
				r := request{Call: httpapi.Call{Op: queryVMOp}, method: http.MethodGet, path: vmPath}
				if err := client.read(ctx, r, nil); !apierr.Is(err, apierr.TimedOut) {
					t.Errorf("error %v", err)
				}
			})
		}
		callers.Wait()
		if err := client.contact.Refusal(); err != nil {
			t.Errorf("remembered %v", err)
		}
	})
}
