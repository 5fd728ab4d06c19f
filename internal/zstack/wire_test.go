package zstack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

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
			"PUT /zstack/v1/vm-instances/" + golden + "/actions", `{"stopVmInstance":{"type":"grace","stopHA":"true"}}`,
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
			func(ctx context.Context, c *Client) (string, error) {
				return began(c.DeleteSnapshotGroup(ctx, golden, ScopeSingle))
			},
			"DELETE /zstack/v1/volume-snapshots/group/" + golden + "?scope=single&direction=auto", "",
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
			func() error { _, err := client.DeleteSnapshotGroup(ctx, uuid, ScopeSingle); return err },
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
