package vspherelinkedclones

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// fake answers with what a test wants.
type fake struct {
	clones []vsphere.LinkedClone
	err    error
}

func (f fake) LinkedClones(context.Context, string) ([]vsphere.LinkedClone, error) {
	return f.clones, f.err
}

func TestRead(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	for name, test := range map[string]struct {
		client  reader
		want    []cloneModel
		summary string
	}{
		"none": {fake{}, []cloneModel{}, ""},
		"linked and instant": {
			fake{clones: []vsphere.LinkedClone{
				{VMID: "vm-43", Name: "web", SnapshotID: "snapshot-7", Disks: []string{"2000", "2001"}}, {VMID: "vm-44", Name: "runner", Disks: []string{"2000"}},
			}},
			[]cloneModel{
				{ID: text("vm-43"), Name: text("web"), SnapshotID: text("snapshot-7"), Disks: []string{"2000", "2001"}},
				{ID: text("vm-44"), Name: text("runner"), SnapshotID: types.StringNull(), Disks: []string{"2000"}},
			},
			"",
		},
		"no such VM": {fake{err: &apierr.Error{Kind: apierr.NotFound}}, nil, "No such virtual machine"},
		"a failure":  {fake{err: errors.New("away")}, nil, "Could not read the linked clones of vm-42"},
		"no client":  {nil, nil, "The provider's vsphere configuration is not known yet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := playedcli.ReadDataSource[model](t, &dataSource{client: test.client}, playedcli.Config{"vm_id": "vm-42"})
			if test.summary != "" {
				if len(diags) != 1 || diags[0].Summary() != test.summary {
					t.Errorf("%v", diags)
				}

				return
			}
			if len(diags) > 0 || !reflect.DeepEqual(got.LinkedClones, test.want) {
				t.Errorf("got %+v, %v", got, diags)
			}
		})
	}
}
