package vsphereobject

import (
	"context"
	"errors"
	"path"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// objects is a vCenter of a few objects, found by path or by name.
type objects []vsphere.Object

func (o objects) FindObjects(_ context.Context, kind vsphere.ObjectType, wanted string) ([]vsphere.Object, error) {
	var found []vsphere.Object
	for _, object := range o {
		if object.Type == kind && (object.Path == wanted || path.Base(object.Path) == wanted) {
			found = append(found, object)
		}
	}

	return found, nil
}

// broken answers nothing.
type broken struct{}

func (broken) FindObjects(context.Context, vsphere.ObjectType, string) ([]vsphere.Object, error) {
	return nil, errors.New("boom")
}

func TestRead(t *testing.T) {
	t.Parallel()

	server := objects{
		{Type: vsphere.TypeFolder, ID: "group-v3", Name: "vm", Path: "/DC0/vm"},
		{Type: vsphere.TypeFolder, ID: "group-v7", Name: "prod", Path: "/DC0/vm/prod"},
		{Type: vsphere.TypeResourcePool, ID: "resgroup-8", Name: "Resources", Path: "/DC0/host/DC0_C0/Resources"},
		{Type: vsphere.TypeResourcePool, ID: "resgroup-9", Name: "Resources", Path: "/DC0/host/DC0_C1/Resources"},
	}
	tests := map[string]struct {
		client     inventory
		kind, path string
		wantID     string
		want       diag.Diagnostic // nil: no error
	}{
		"by path": {client: server, kind: "folder", path: "/DC0/vm/prod", wantID: "group-v7"},
		"by name": {client: server, kind: "folder", path: "vm", wantID: "group-v3"},
		"wrong type": {
			client: server, kind: "datastore", path: "/DC0/vm/prod",
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "No such datastore",
				`No datastore has the path "/DC0/vm/prod", or the user may not see it.`),
		},
		"none there, but elsewhere": {
			client: server, kind: "resource_pool", path: "/DC0/host/DC0_C2/Resources",
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "No such resource pool",
				"No resource pool has the path \"/DC0/host/DC0_C2/Resources\", or the user may not see it.\n\n"+
					"Of that name there is:\n  - resgroup-8  /DC0/host/DC0_C0/Resources\n  - resgroup-9  /DC0/host/DC0_C1/Resources"),
		},
		"several": {
			client: server, kind: "resource_pool", path: "Resources",
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "Several resource pools match",
				"2 resource pools have the path \"Resources\":\n  - resgroup-8  /DC0/host/DC0_C0/Resources\n"+
					"  - resgroup-9  /DC0/host/DC0_C1/Resources\n\nGive the whole path of one of them."),
		},
		"failed": {
			client: broken{}, kind: "host", path: "/DC0/host/h",
			want: diag.NewErrorDiagnostic(`Could not find the host "/DC0/host/h"`, "Boom."),
		},
		"configuration not known": {
			client: nil, kind: "host", path: "/DC0/host/h",
			want: diag.NewErrorDiagnostic("The provider's vsphere configuration is not known yet",
				"A value of the provider's vsphere block is only known after apply, so this can't be read now. Apply what the "+
					"value comes from first (terraform apply -target=…), or give the value as a variable."),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, diags := playedcli.ReadDataSource[model](t, &dataSource{client: test.client}, playedcli.Config{"type": test.kind, "path": test.path})
			if test.want != nil {
				playedcli.Only(t, diags, test.want)

				return
			}
			if diags.HasError() {
				t.Fatal(diags)
			}
			if got.ID.ValueString() != test.wantID || got.Path.ValueString() != test.path || got.Name.IsNull() {
				t.Errorf("got %+v", got)
			}
		})
	}
}
