package zstack

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// TestWire_read repeats a read after what passes, and tells the rest at once.
func TestWire_read(t *testing.T) {
	t.Parallel()
	vm := ok(`{"inventories":[{"uuid":"` + golden + `","memorySize":8.589934592E9,"cpuNum":1.0}]}`)
	tests := map[string]struct {
		replies []reply // the last goes on
		unknown bool    // it has never answered as a ZStack before
		kind    apierr.Kind
		code    string
		sent    int // -1: many
	}{
		"success":           {replies: []reply{vm}, sent: 1},
		"missing":           {replies: []reply{ok(`{"inventories":[]}`)}, kind: apierr.NotFound, code: "SYS.1003", sent: 1},
		"connection lost":   {replies: []reply{{err: errReset}, {err: errReset}, vm}, sent: 3},
		"gateway":           {replies: []reply{{status: 502}, {status: 504}, vm}, sent: 3},
		"starting":          {replies: []reply{{status: 503}, {status: 503}, {status: 503}, {status: 503}, {status: 503}, {status: 503}, vm}, sent: 7},
		"never up":          {replies: []reply{{status: 503, body: "starting"}}, kind: apierr.Unavailable, code: "HTTP 503", sent: -1},
		"node not ready":    {replies: []reply{failed(`{"code":"SYS.1010"}`), failed(`{"code":"SYS.1009"}`), vm}, sent: 3},
		"slow down":         {replies: []reply{{status: 429, header: http.Header{"Retry-After": {"7"}}}, vm}, sent: 2},
		"session ended":     {replies: []reply{failed(`{"code":"ID.1001"}`), vm}, sent: 2},
		"no session":        {replies: []reply{failed(`{"code":"ID.1001"}`)}, kind: apierr.Unauthenticated, code: "ID.1001", sent: 2},
		"denied":            {replies: []reply{failed(`{"code":"ID.1002"}`)}, kind: apierr.Denied, code: "ID.1002", sent: 1},
		"forbidden":         {replies: []reply{{status: 403, body: "no"}}, kind: apierr.Denied, code: "HTTP 403", sent: 1},
		"malformed":         {replies: []reply{ok("<html>")}, kind: apierr.Internal, code: apierr.CodeMalformedAnswer, sent: 1},
		"wrong number":      {replies: []reply{ok(`{"inventories":[{"cpuNum":1.5}]}`)}, kind: apierr.Internal, code: apierr.CodeMalformedAnswer, sent: 1},
		"redirect":          {replies: []reply{{status: 302, header: http.Header{"Location": {"https://elsewhere.test/"}}}}, kind: apierr.Internal, code: "HTTP 302", sent: 1},
		"another server":    {replies: []reply{{status: 404, body: "<html>"}}, unknown: true, kind: apierr.Unsupported, code: apierr.CodeNotZStack, sent: 1},
		"a web page":        {replies: []reply{ok("<html>")}, unknown: true, kind: apierr.Unsupported, code: apierr.CodeNotZStack, sent: 1},
		"unreachable":       {replies: []reply{{unsent: true}}, unknown: true, kind: apierr.Unavailable, code: apierr.CodeUnreachable, sent: 1},
		"not there for now": {replies: []reply{{unsent: true}, vm}, sent: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				replies := tt.replies
				answer := func(message) reply {
					r := replies[0]
					if len(replies) > 1 {
						replies = replies[1:]
					}

					return r
				}
				config := Config{Endpoint: "zstack.test", AccountName: "admin", Password: "password"}
				if tt.unknown { // no login has succeeded either
					config = Config{Endpoint: "zstack.test", AccessKeyID: "K", AccessKeySecret: "S"}
				}
				client, server := newScriptedWith(t, config, answer)
				begin := time.Now()
				vm, err := client.VirtualMachine(t.Context(), golden)
				if tt.code == "" && (err != nil || vm.MemoryBytes != 8589934592 || vm.CPUCount != 1) {
					t.Errorf("%+v, %v", vm, err)
				}
				if tt.code != "" {
					if failure := asFailure(t, err); failure.Kind != tt.kind || failure.Code != tt.code || failure.AnswerLost {
						t.Errorf("error %v", err)
					}
				}
				if got := len(server.sent()); got != tt.sent && tt.sent >= 0 || got < 5 && tt.sent < 0 {
					t.Errorf("sent %d times, want %d", got, tt.sent)
				}
				if took := time.Since(begin); took > 3*time.Minute || name == "slow down" && took < 7*time.Second {
					t.Errorf("took %s", took)
				}
			})
		})
	}
}

// TestWire_unknownServerPolled asks a server that has never answered as a ZStack for the job of an earlier process. A poll needs no login,
// so it is the first request. That the job is not known is what ZStack says of a purged one, and no proof of another server; a
// web page is.
func TestWire_unknownServerPolled(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reply reply
		kind  apierr.Kind
		code  string
	}{
		"a purged job": {reply{status: 404, body: "the job has been expired"}, apierr.NotFound, "HTTP 404"},
		"a web page":   {reply{status: 405, body: "<html>"}, apierr.Unsupported, apierr.CodeNotZStack},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newScripted(t, func(message) reply { return tt.reply })
				_, err := client.CloneJob("6b97ed68d14eb3f1aa959ce5d49c7dc6", "web").Next(t.Context())
				if failure := asFailure(t, err); failure.Kind != tt.kind || failure.Code != tt.code || failure.AnswerLost {
					t.Errorf("error %v", err)
				}
				for _, m := range server.sent() {
					if !m.polled() {
						t.Errorf("sent %s", m.line)
					}
				}
				if server.logins != 0 {
					t.Error("it logged in")
				}
			})
		})
	}
}

// TestWire_secrets finds no credential in the log, in errors, or in what a configuration mistake says.
func TestWire_secrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		config := Config{Endpoint: "zstack.test", AccountName: "admin", Password: "hunter2", Logger: logger}
		client, _ := newScriptedWith(t, config, func(m message) reply {
			if m.polled() {
				return failed(`{"code":"ID.1001"}`)
			}

			return acceptedReply(m)
		})
		_, err := run(t.Context(), client)
		said := log.String() + err.Error()
		for _, secret := range []string{"hunter2", "b86c9016b4f24953a9edefb53ca0678c", "OAuth", "6b97ed68d14eb3f1aa959ce5d49c7dc6"} {
			if strings.Contains(said, secret) {
				t.Errorf("%q is told: %s", secret, said)
			}
		}
		if !strings.Contains(said, "StartVmInstance") {
			t.Errorf("nothing was logged: %s", said)
		}
	})
}
