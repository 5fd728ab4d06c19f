package conn

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

var (
	byAccount = Config{Endpoint: "zstack.test", AccountName: "admin", Password: "password"}
	byKey     = Config{Endpoint: "zstack.test", AccessKeyID: "id", AccessKeySecret: "secret"}
	logins    = map[string]Config{"account": byAccount, "key": byKey}
)

// fine serves as a session and as a list.
var fine = ok(`{"inventory":{"uuid":"` + made + `"},"inventories":[{"uuid":"` + golden + `"}]}`)

// meetFirst connects to a server that answers as a ZStack does after the first requests, which it answers by a script until an
// answer of it is 200.
func meetFirst(t *testing.T, config Config, answers ...reply) (testConn, *fakeServer) {
	t.Helper()
	next, over := script(answers...), false

	return connect(t, config, func(r *http.Request) reply {
		switch {
		case !over:
			answer := next()
			over = answer.status == http.StatusOK

			return answer
		case strings.HasSuffix(r.URL.Path, "/login"):
			return ok(loggedIn)
		default:
			return ok(`{"inventories":[{"uuid":"` + golden + `"}]}`)
		}
	})
}

// many asks as a plan does: ten at a time, twenty times.
func many(ctx context.Context, c testConn, each func(error)) {
	for range 20 {
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() { each(c.readVM(ctx)) })
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
		for login, config := range logins {
			t.Run(name+", "+login, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, server := meetFirst(t, config, tt.answer)
					begin := time.Now()
					many(t.Context(), c, func(err error) {
						if failure := asFailure(t, err); failure.Kind != tt.kind || failure.Code != tt.code {
							t.Errorf("error %v", err)
						}
					})
					if took := time.Since(begin); took > 25*time.Second {
						t.Errorf("took %s", took)
					}
					if len(server.requests) > tt.asked {
						t.Errorf("asked %d times, want %d at most", len(server.requests), tt.asked)
					}
					time.Sleep(time.Minute) //nolint:forbidigo // synctest's time
					server.answer = func(*http.Request) reply { return fine }
					if err := c.readVM(t.Context()); err != nil {
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
		for login, config := range logins {
			t.Run(http.StatusText(status)+", "+login, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, _ := meetFirst(t, config, reply{status: status}, reply{status: status}, fine)
					if err := c.readVM(t.Context()); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// A caller that gives up waiting for the first contact of another fails with its own ctx, which says nothing of the node.
func TestFirstContact_interrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := meetFirst(t, byKey, reply{}, ok(`{"inventories":[]}`))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(func() {
				if err := c.readVM(ctx); !apierr.Is(err, apierr.TimedOut) {
					t.Errorf("error %v", err)
				}
			})
		}
		callers.Wait()
		if err := c.contact.Refusal(); err != nil {
			t.Errorf("remembered %v", err)
		}
	})
}
