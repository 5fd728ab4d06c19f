package zstack

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

func began[T any](h task.Handle[T], err error) (string, error) {
	if err != nil {
		return "", err
	}

	return h.ID(), nil
}

// TestWire has what each method sends, to the byte.
func TestWire(t *testing.T) {
	t.Parallel()
	name, description, empty := "web", "a \"b\" <c>", ""
	tests := map[string]struct {
		call func(context.Context, *Client) (string, error)
		line string
		body string
	}{
		"UpdateVM": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.UpdateVM(ctx, golden, VMUpdate{Name: &name, Description: &description}))
			}, "PUT /zstack/v1/vm-instances/" + golden + "/actions",
			`{"updateVmInstance":{"name":"web","description":"a \"b\" \u003cc\u003e"}}`,
		},
		"UpdateVM, description away": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.UpdateVM(ctx, golden, VMUpdate{Description: &empty}))
			}, "PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"updateVmInstance":{"description":""}}`,
		},
		"StartVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.StartVM(ctx, golden)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"startVmInstance":{}}`,
		},
		"StopVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.StopVM(ctx, golden, StopGrace)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"stopVmInstance":{"type":"grace"}}`,
		},
		"RebootVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.RebootVM(ctx, golden)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"rebootVmInstance":{}}`,
		},
		"PauseVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.PauseVM(ctx, golden)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"pauseVmInstance":{}}`,
		},
		"ResumeVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.ResumeVM(ctx, golden)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"resumeVmInstance":{}}`,
		},
		"RecoverVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.RecoverVM(ctx, golden)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"recoverVmInstance":{}}`,
		},
		"ExpungeVM": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.ExpungeVM(ctx, golden)) },
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"expungeVmInstance":{}}`,
		},
		"DestroyVM": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.DestroyVM(ctx, golden, DeleteEnforcing))
			}, "DELETE /zstack/v1/vm-instances/" + golden + "?deleteMode=Enforcing", "",
		},
		"DeleteVolume": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.DeleteVolume(ctx, golden)) },
			"DELETE /zstack/v1/volumes/" + golden, "",
		},
		"ExpungeVolume": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.ExpungeVolume(ctx, golden)) },
			"PUT /zstack/v1/volumes/" + golden + "/actions", `{"expungeDataVolume":{}}`,
		},
		"CreateSystemTag": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.CreateSystemTag(ctx, golden, "a::b"))
			}, "POST /zstack/v1/system-tags", `{"params":{"resourceType":"VmInstanceVO","resourceUuid":"` + golden + `","tag":"a::b"}}`,
		},
		"CreateUserTag": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.CreateUserTag(ctx, golden, "a")) },
			"POST /zstack/v1/user-tags", `{"params":{"resourceType":"VmInstanceVO","resourceUuid":"` + golden + `","tag":"a"}}`,
		},
		"DeleteTag": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.DeleteTag(ctx, golden)) },
			"DELETE /zstack/v1/tags/" + golden, "",
		},
		"CreateSnapshotGroup": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.CreateSnapshotGroup(ctx, SnapshotGroupSpec{ResourceUUID: made, RootVolumeUUID: golden, Name: "s"}))
			}, "POST /zstack/v1/volume-snapshots/group",
			`{"params":{"rootVolumeUuid":"` + golden + `","name":"s","withMemory":false,"resourceUuid":"` + made + `"}}`,
		},
		"UpdateSnapshotGroup": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.UpdateSnapshotGroup(ctx, golden, "s", ""))
			}, "PUT /zstack/v1/volume-snapshots/group/" + golden + "/actions", `{"updateVolumeSnapshotGroup":{"name":"s","description":""}}`,
		},
		"DeleteSnapshotGroup": {
			func(ctx context.Context, c *Client) (string, error) { return began(c.DeleteSnapshotGroup(ctx, golden)) },
			"DELETE /zstack/v1/volume-snapshots/group/" + golden, "",
		},
		"Clone": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.Clone(ctx, CloneSpec{SourceUUID: golden, Name: "web"}))
			}, "PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"cloneVmInstance":{"names":["web"],"full":false}}`,
		},
		"Clone, everything": {
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.Clone(ctx, CloneSpec{
					SourceUUID: golden, Name: "web", Strategy: StrategyCreateStopped, Full: true, SystemTags: []string{"affinityGroupUuid::" + made},
					UserTags: []string{"u"}, RootVolumeSystemTags: []string{"volumeProvisioningStrategy::ThinProvisioning"},
					DataVolumeSystemTags: []string{"d"}, PrimaryStorageUUIDForRootVolume: "p1", PrimaryStorageUUIDForDataVolume: "p2",
					ClusterUUID: "c", HostUUID: "h",
				}))
			}, "PUT /zstack/v1/vm-instances/" + golden + "/actions",
			`{"cloneVmInstance":{"names":["web"],"strategy":"CreateStopped","full":true,` +
				`"rootVolumeSystemTags":["volumeProvisioningStrategy::ThinProvisioning"],"dataVolumeSystemTags":["d"],` +
				`"primaryStorageUuidForRootVolume":"p1","primaryStorageUuidForDataVolume":"p2","clusterUuid":"c","hostUuid":"h"},` +
				`"systemTags":["affinityGroupUuid::` + made + `"],"userTags":["u"]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newScripted(t, acceptedReply)
				job, err := tt.call(t.Context(), client)
				if err != nil {
					t.Fatal(err)
				}
				sent := server.sent()
				if len(sent) != 1 || sent[0].line != tt.line || sent[0].body != tt.body {
					t.Fatalf("sent %s\n%s\nwant %s\n%s", sent[0].line, sent[0].body, tt.line, tt.body)
				}
				header := sent[0].header
				if header.Get(conn.JobHeader) != job || header.Get("Authorization") != "OAuth b86c9016b4f24953a9edefb53ca0678c" ||
					header.Get("User-Agent") != "terraform-provider-vmfork" {
					t.Errorf("header %v of job %s", header, job)
				}
				if typed := header.Get("Content-Type") == "application/json;charset=UTF-8"; typed != (tt.body != "") {
					t.Errorf("Content-Type %q", header.Get("Content-Type"))
				}
			})
		})
	}
}

// TestWire_malformedUUID sends nothing whose path or list another object could hide in.
func TestWire_malformedUUID(t *testing.T) {
	t.Parallel()
	client, server := newScripted(t, acceptedReply)
	for _, uuid := range []string{"", "x", golden + "/../" + golden, golden + "," + golden, golden[:31] + "/", golden[:31] + "g", strings.ToUpper(golden) + "0"} {
		ctx := t.Context()
		for _, call := range []func() error{
			func() error { _, err := client.VirtualMachine(ctx, uuid); return err },
			func() error { _, err := client.Volume(ctx, uuid); return err },
			func() error { _, err := client.SystemTags(ctx, uuid); return err },
			func() error { _, err := client.UserTags(ctx, uuid); return err },
			func() error { _, err := client.SnapshotGroup(ctx, uuid); return err },
			func() error { _, err := client.SnapshotGroupsNamed(ctx, uuid, "s"); return err },
			func() error { _, err := client.Object(ctx, TypeZone, uuid); return err },
			func() error { _, err := client.StartVM(ctx, uuid); return err },
			func() error { _, err := client.DestroyVM(ctx, uuid, ""); return err },
			func() error { _, err := client.ExpungeVolume(ctx, uuid); return err },
			func() error { _, err := client.DeleteTag(ctx, uuid); return err },
			func() error { _, err := client.CreateUserTag(ctx, uuid, "t"); return err },
			func() error { _, err := client.DeleteSnapshotGroup(ctx, uuid); return err },
			func() error { _, err := client.UpdateSnapshotGroup(ctx, uuid, "n", ""); return err },
			func() error {
				_, err := client.CreateSnapshotGroup(ctx, SnapshotGroupSpec{RootVolumeUUID: uuid})
				return err
			},
			func() error { _, err := client.Clone(ctx, CloneSpec{SourceUUID: uuid, Name: "n"}); return err },
		} {
			failure := asFailure(t, call())
			if failure.Kind != apierr.InvalidArgument || !slices.Equal(failure.Arguments, []string{uuid}) || !errors.Is(failure, conn.ErrMalformedUUID) {
				t.Errorf("%q: %v", uuid, failure)
			}
		}
	}
	if server.logins != 0 || len(server.sent()) != 0 {
		t.Errorf("sent %v after %d logins", server.lines(), server.logins)
	}
}

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
