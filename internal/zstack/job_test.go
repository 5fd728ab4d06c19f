package zstack

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// TestJob runs one StartVmInstance against what may become of it.
func TestJob(t *testing.T) {
	t.Parallel()
	lost := reply{err: errReset}
	tests := map[string]struct {
		sends   []reply // to the request; the last goes on; an empty status is an acceptance
		polls   []reply // likewise
		kind    apierr.Kind
		code    string // empty is success
		unknown bool   // task.ErrUnknown
		sent    int
		longest time.Duration
	}{
		"success":                {polls: []reply{processing, processing, ok(vmResult)}, sent: 1, longest: 2 * time.Second},
		"answered at once":       {sends: []reply{ok(vmResult)}, sent: 1},
		"failed":                 {polls: []reply{failed(`{"code":"VM.1001","cause":{"code":"HOST_ALLOCATION.1000"}}`)}, kind: apierr.Insufficient, code: "HOST_ALLOCATION.1000", sent: 1},
		"refused":                {sends: []reply{{status: http.StatusBadRequest, body: "unknown action"}}, kind: apierr.InvalidArgument, code: "HTTP 400", sent: 1},
		"refused by ZStack":      {sends: []reply{failed(`{"code":"SYS.1007"}`)}, kind: apierr.InvalidArgument, code: "SYS.1007", sent: 1},
		"answer lost":            {sends: []reply{lost}, polls: []reply{purged, purged, ok(vmResult)}, sent: 1, longest: 3 * time.Second},
		"gateway lost it":        {sends: []reply{{status: http.StatusBadGateway}}, polls: []reply{ok(vmResult)}, sent: 1},
		"never arrived":          {sends: []reply{lost}, polls: []reply{purged}, unknown: true, sent: 1, longest: 13 * time.Second},
		"purged":                 {polls: []reply{processing, purged}, unknown: true, sent: 1, longest: 13 * time.Second},
		"polls fail for a while": {polls: []reply{lost, {status: http.StatusServiceUnavailable, body: "<html>"}, {status: http.StatusGatewayTimeout}, ok(vmResult)}, sent: 1},
		"proxy refuses at first": {sends: []reply{{status: http.StatusServiceUnavailable, body: "<html>"}, {}}, polls: []reply{ok(vmResult)}, sent: 2},
		"duplicate after all": {
			sends: []reply{{status: http.StatusServiceUnavailable}, {status: http.StatusBadRequest, body: "Duplicate job uuid"}},
			polls: []reply{ok(vmResult)}, sent: 2,
		},
		"wrong after all": {
			sends: []reply{{status: http.StatusServiceUnavailable}, {status: http.StatusBadRequest, body: "unknown action"}},
			polls: []reply{purged}, kind: apierr.InvalidArgument, code: "HTTP 400", sent: 2, longest: 15 * time.Second,
		},
		"session ended":        {polls: []reply{failed(`{"code":"ID.1001"}`), ok(vmResult)}, sent: 2},
		"session ended twice":  {polls: []reply{failed(`{"code":"ID.1001"}`)}, kind: apierr.Unauthenticated, code: "ID.1001", sent: 2},
		"session of another":   {polls: []reply{failed(`{"code":"SYS.1006","cause":{"code":"ID.1001"}}`)}, kind: apierr.Unauthenticated, code: "ID.1001", sent: 1},
		"node not ready":       {polls: []reply{failed(`{"code":"SYS.1010"}`), failed(`{"code":"SYS.1012"}`), ok(vmResult)}, sent: 3},
		"node never ready":     {polls: []reply{failed(`{"code":"SYS.1010"}`)}, kind: apierr.Unavailable, code: "SYS.1010", sent: 5, longest: time.Minute},
		"node lost amid work":  {polls: []reply{failed(`{"code":"SYS.1006","cause":{"code":"SYS.1012"}}`)}, kind: apierr.Unavailable, code: "SYS.1012", sent: 1},
		"result without a VM":  {polls: []reply{ok(`{}`)}, kind: apierr.Internal, code: apierr.CodeMalformedAnswer, sent: 1},
		"result that is none":  {polls: []reply{ok(`<html>`)}, kind: apierr.Internal, code: apierr.CodeMalformedAnswer, sent: 1},
		"result without a key": {polls: []reply{ok(`{"inventory":{"name":"web"}}`)}, kind: apierr.Internal, code: apierr.CodeMalformedAnswer, sent: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sends, polls := tt.sends, tt.polls
				next := func(replies *[]reply) reply {
					r := (*replies)[0]
					if len(*replies) > 1 {
						*replies = (*replies)[1:]
					}

					return r
				}
				client, server := newScripted(t, func(m message) reply {
					if m.polled() {
						return next(&polls)
					}
					if len(sends) == 0 {
						return acceptedReply(m)
					}
					if r := next(&sends); r.status != 0 || r.err != nil {
						return r
					}

					return acceptedReply(m)
				})
				begin := time.Now()
				vm, err := run(t.Context(), client)
				switch {
				case tt.unknown:
					if !errors.Is(err, task.ErrUnknown) {
						t.Errorf("error %v", err)
					}
				case tt.code == "":
					if err != nil || vm.UUID != made {
						t.Errorf("%+v, %v", vm, err)
					}
				default:
					if failure := asFailure(t, err); failure.Kind != tt.kind || failure.Code != tt.code || failure.Op != "StartVmInstance" {
						t.Errorf("error %v", err)
					}
				}
				if took := time.Since(begin); tt.longest > 0 && took > tt.longest {
					t.Errorf("took %s", took)
				}
				checkSent(t, server, tt.sent)
			})
		})
	}
}

func run(ctx context.Context, client *Client) (VirtualMachine, error) {
	handle, err := client.StartVM(ctx, golden)
	if err != nil {
		return VirtualMachine{}, err
	}

	return task.Wait(ctx, handle)
}

// checkSent checks how often the request itself was sent, and that it carried no job uuid of another attempt that may have
// had an effect.
func checkSent(t *testing.T, server *scriptedServer, want int) {
	t.Helper()
	var jobs []string
	for _, m := range server.sent() {
		switch {
		case m.polled():
			if m.header.Get("Authorization") != "" {
				t.Error("a poll is authenticated")
			}
			if last := jobs[len(jobs)-1]; !strings.HasSuffix(m.line, "/"+last) {
				t.Errorf("%s asks for another job than %s", m.line, last)
			}
		default:
			jobs = append(jobs, m.header.Get(conn.JobHeader))
			if !conn.IsUUID(jobs[len(jobs)-1]) {
				t.Errorf("job uuid %q", jobs[len(jobs)-1])
			}
		}
	}
	if len(jobs) != want {
		t.Errorf("sent %d times, want %d", len(jobs), want)
	}
}

// TestJob_immortal ends with the caller's deadline, and is asked for ever more seldom.
func TestJob_immortal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, func(m message) reply {
			if m.polled() {
				return processing
			}

			return acceptedReply(m)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := run(ctx, client)
		if !errors.Is(err, task.ErrUnfinished) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		sent := server.sent()
		if first := sent[1].at.Sub(sent[0].at); first != 200*time.Millisecond {
			t.Errorf("first asked for after %s", first)
		}
		if last := sent[len(sent)-1].at.Sub(sent[len(sent)-2].at); last != 2*time.Second {
			t.Errorf("the last pause was %s", last)
		}
	})
}

// TestJob_cancelled returns promptly when the caller gives up, with a handle that knows the job, also when the answer is late.
func TestJob_cancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		client, server := newScripted(t, func(m message) reply {
			if m.polled() {
				return ok(vmResult)
			}
			cancel()
			<-time.After(time.Second / 2) // within the grace for an answer

			return acceptedReply(m)
		})
		handle, err := client.StartVM(ctx, golden)
		if err != nil {
			t.Fatal(err)
		}
		vm, outcome, err := task.Settle(ctx, handle, 2*time.Second)
		if err != nil || outcome != task.Adopted || vm.UUID != made {
			t.Errorf("%v %+v, %v", outcome, vm, err)
		}
		checkSent(t, server, 1)
		_, err = client.StartVM(ctx, golden)
		if !apierr.Is(err, apierr.Cancelled) || apierr.IsAnswerLost(err) {
			t.Errorf("error %v", err)
		}
		checkSent(t, server, 1)
	})
}

// TestJob_elsewhere asks for the job by the uuid that the platform gave it, when it is too old to take ours.
func TestJob_elsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newScripted(t, func(m message) reply {
			if m.polled() {
				return ok(vmResult)
			}

			return reply{status: http.StatusAccepted, body: `{"location":"http://172.16.0.1:8080/zstack/v1/api-jobs/` + golden + `"}`}
		})
		handle, err := client.StartVM(t.Context(), golden)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := task.Wait(t.Context(), handle); err != nil || handle.ID() != golden {
			t.Errorf("job %s, %v", handle.ID(), err)
		}
		if last := server.lines()[1]; last != "GET /zstack/v1/api-jobs/"+golden {
			t.Errorf("asked %s", last)
		}
	})
}

// TestJob_timeoutOfThePlatform leaves the outcome open.
func TestJob_timeoutOfThePlatform(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := newScripted(t, func(m message) reply {
			if m.polled() {
				return failed(`{"code":"SYS.1006","cause":{"code":"SYS.1001"}}`)
			}

			return acceptedReply(m)
		})
		_, err := run(t.Context(), client)
		if failure := asFailure(t, err); failure.Kind != apierr.TimedOut || !failure.AnswerLost || failure.TaskID == "" {
			t.Errorf("error %+v", failure)
		}
	})
}
