package vspheresnapshots

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// fake answers with what a test wants.
type fake struct {
	all      []vsphere.Snapshot
	noConfig bool
	err      error
}

func (f fake) SnapshotTree(context.Context, string) (vsphere.SnapshotTree, error) {
	return vsphere.SnapshotTree{VMID: "vm-42", NoConfig: f.noConfig, ConnectionState: "inaccessible", Snapshots: f.all}, f.err
}

// TestRead_unreadable tells nothing of the snapshots of a VM whose configuration can't be read.
func TestRead_unreadable(t *testing.T) {
	t.Parallel()
	got, diags := read(t, fake{noConfig: true})
	if got.Snapshots != nil || !got.Mermaid.IsNull() || diags.HasError() || diags.WarningsCount() != 1 {
		t.Errorf("%+v, %v", got, diags)
	}
}

// read reads the data source for vm-42.
func read(t *testing.T, client snapshots) (model, diag.Diagnostics) {
	t.Helper()

	return playedcli.ReadDataSource[model](t, &dataSource{client: client}, playedcli.Config{"vm_id": "vm-42"})
}

func TestRead(t *testing.T) {
	t.Parallel()
	taken := time.Date(2026, 1, 2, 15, 4, 5, 0, time.FixedZone("CET", 3600))
	got, diags := read(t, fake{all: []vsphere.Snapshot{
		{ID: "snapshot-1", VMID: "vm-42", Name: "a/b", Path: `a\/b`, CreatedAt: taken, PowerState: vsphere.PoweredOn, Quiesced: true},
		{
			ID: "snapshot-2", VMID: "vm-42", Name: "after", Description: "words", Path: `a\/b/after`, ParentID: "snapshot-1", Depth: 1,
			Current: true, CreatedAt: taken.Add(time.Hour), PowerState: vsphere.PoweredOff,
		},
	}})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	text, truth := types.StringValue, types.BoolValue
	want := model{
		VMID: text("vm-42"), CurrentSnapshotID: text("snapshot-2"),
		Snapshots: []snapshotModel{
			{
				ID: text("snapshot-1"), Name: text("a/b"), Description: text(""), Path: text(`a\/b`), ParentSnapshotID: types.StringNull(),
				Depth: types.Int64Value(0), IsCurrent: truth(false), CreatedAt: text("2026-01-02T14:04:05Z"), Quiesced: truth(true),
				PowerState: text("poweredOn"),
			},
			{
				ID: text("snapshot-2"), Name: text("after"), Description: text("words"), Path: text(`a\/b/after`),
				ParentSnapshotID: text("snapshot-1"), Depth: types.Int64Value(1), IsCurrent: truth(true),
				CreatedAt: text("2026-01-02T15:04:05Z"), Quiesced: truth(false), PowerState: text("poweredOff"),
			},
		},
		Mermaid: text("flowchart TD\n" +
			"  snapshot_1[\"a#47;b\"]\n" +
			"  snapshot_2[\"after\"]\n" +
			"  vm_42([\"vm-42\"])\n" +
			"  snapshot_1 --> snapshot_2\n" +
			"  snapshot_2 -.-> vm_42\n"),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReadWithoutSnapshots(t *testing.T) {
	t.Parallel()
	got, diags := read(t, fake{})
	if len(diags) > 0 || got.Snapshots == nil || len(got.Snapshots) > 0 || !got.CurrentSnapshotID.IsNull() ||
		got.Mermaid.ValueString() != "flowchart TD\n  vm_42([\"vm-42\"])\n" {
		t.Errorf("got %+v and %v", got, diags)
	}
}

func TestReadFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		client  snapshots
		summary string
		detail  string
	}{
		"no such VM": {
			fake{err: &apierr.Error{Kind: apierr.NotFound, Object: "vm-42"}},
			"No such virtual machine",
			`No virtual machine has the vm_id "vm-42", or the user may not see it.`,
		},
		"not reached": {
			fake{err: &apierr.Error{Kind: apierr.Denied, Code: "NoPermission", Object: "vm-42", Messages: []string{"no"}}},
			"Could not read the snapshots of vm-42",
			"vCenter answered NoPermission: no.\n\nThe user lacks a privilege. Ask an administrator to grant it, or log in as somebody " +
				"who has it.\n\nDetails: object vm-42.",
		},
		"not known yet": {
			nil, "The provider's vsphere configuration is not known yet",
			"A value of the provider's vsphere block is only known after apply, so this can't be read now. Apply what the value comes " +
				"from first (terraform apply -target=…), or give the value as a variable.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := read(t, test.client)
			if len(diags) != 1 || diags[0].Summary() != test.summary || diags[0].Detail() != test.detail {
				t.Errorf("got %v", diags)
			}
		})
	}
}

func TestConfigure(t *testing.T) {
	t.Parallel()
	var resp datasource.ConfigureResponse
	d := &dataSource{}
	d.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: &connections.Connections{VSphereDeferred: true}}, &resp)
	if d.client != nil || len(resp.Diagnostics) > 0 {
		t.Errorf("a deferred provider gives the client %v and %v", d.client, resp.Diagnostics)
	}
	d.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: &connections.Connections{VSphere: new(vsphere.Client)}}, &resp)
	if d.client == nil || len(resp.Diagnostics) > 0 {
		t.Errorf("a configured provider gives the client %v and %v", d.client, resp.Diagnostics)
	}
}
