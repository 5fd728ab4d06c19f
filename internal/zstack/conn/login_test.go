package conn

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// loginServer answers logins by a script, and everything else with a VM.
type loginServer struct {
	*fakeServer

	bodies  []string // of logins
	leaving []string // paths of DELETEs
}

func newLogin(t *testing.T, logins ...reply) (testConn, *loginServer) {
	t.Helper()
	next := script(logins...)
	server := new(loginServer)
	var c testConn
	c, server.fakeServer = connect(t, byAccount, func(r *http.Request) reply {
		switch {
		case r.Method == http.MethodDelete:
			server.leaving = append(server.leaving, r.URL.Path)
		case strings.HasSuffix(r.URL.Path, "/login"):
			body, _ := io.ReadAll(r.Body)
			server.bodies = append(server.bodies, string(body))

			return next()
		}

		return ok(`{"inventories":[{"uuid":"` + golden + `"}]}`)
	})

	return c, server
}

func TestLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newLogin(t, ok(loggedIn))
		if err := c.readVM(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		const digest = "b109f3bbbc244eb82441917ed06d618b9008dd09b3befd1b5e07394c706a8bb9" +
			"80b1d7785e5976ec049b46df5f1326af5a2ea6d103fd07c95385ffab0cacbc86"
		if want := `{"logInByAccount":{"accountName":"admin","password":"` + digest + `"}}`; len(server.bodies) != 1 || server.bodies[0] != want {
			t.Errorf("logged in by %q, want %s", server.bodies, want)
		}
		if len(server.leaving) != 1 || server.leaving[0] != "/zstack/v1/accounts/sessions/b86c9016b4f24953a9edefb53ca0678c" {
			t.Errorf("logged out by %q", server.leaving)
		}
	})
}

// TestLogin_answers logs in twenty callers at once against what a login may meet. However many they are, each refusal is met
// once.
func TestLogin_answers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		logins []reply
		kind   apierr.Kind
		code   string
		sent   int // -1: any number
	}{
		"success":           {logins: []reply{ok(loggedIn)}, sent: 1},
		"wrong password":    {logins: []reply{failed(`{"code":"ID.1000"}`)}, kind: apierr.Unauthenticated, code: "ID.1000", sent: 1},
		"too many sessions": {logins: []reply{failed(`{"code":"ID.1006"}`), failed(`{"code":"ID.1006"}`), ok(loggedIn)}, sent: 3},
		"always too many":   {logins: []reply{failed(`{"code":"ID.1006"}`)}, kind: apierr.Busy, code: "ID.1006", sent: -1},
		"starting":          {logins: []reply{{status: 503, body: "starting"}, ok(loggedIn)}, sent: 2},
		"no session told":   {logins: []reply{ok(`{"inventory":{}}`)}, kind: apierr.Internal, code: apierr.CodeMalformedAnswer, sent: -1},
		"a web page":        {logins: []reply{ok(`<html>`)}, kind: apierr.Unsupported, code: apierr.CodeNotZStack, sent: -1},
		"another server":    {logins: []reply{{status: 404}}, kind: apierr.Unsupported, code: apierr.CodeNotZStack, sent: -1},
		"unreachable":       {logins: []reply{{unsent: true}}, kind: apierr.Unavailable, code: apierr.CodeUnreachable, sent: -1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, server := newLogin(t, tt.logins...)
				var callers sync.WaitGroup
				for range 20 {
					callers.Go(func() {
						_, err := c.credentials(t.Context(), 0)
						if tt.code == "" {
							if err != nil {
								t.Errorf("error %v", err)
							}

							return
						}
						if failure := asFailure(t, err); failure.Kind != tt.kind || failure.Code != tt.code || failure.Object != "zstack.test" {
							t.Errorf("error %v", err)
						}
					})
				}
				begin := time.Now()
				callers.Wait()
				if took := time.Since(begin); took > 3*time.Minute {
					t.Errorf("took %s", took)
				}
				if len(server.bodies) != tt.sent && tt.sent >= 0 {
					t.Errorf("%d logins, want %d", len(server.bodies), tt.sent)
				}
			})
		})
	}
}

// TestLogin_interrupted ends the wait of a caller with its own ctx, and the login goes on for the others.
func TestLogin_interrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newLogin(t, failed(`{"code":"ID.1006"}`), failed(`{"code":"ID.1006"}`), failed(`{"code":"ID.1006"}`), ok(loggedIn))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		var callers sync.WaitGroup
		callers.Go(func() {
			if _, err := c.credentials(ctx, 0); !apierr.Is(err, apierr.TimedOut) {
				t.Errorf("the impatient caller: %v", err)
			}
		})
		callers.Go(func() {
			if _, err := c.credentials(t.Context(), 0); err != nil {
				t.Errorf("the patient caller: %v", err)
			}
		})
		callers.Wait()
		if len(server.bodies) != 4 {
			t.Errorf("%d logins", len(server.bodies))
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.credentials(t.Context(), 0); !errors.Is(err, httpapi.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}
