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

// Near tells which object of another type is at a path, else those that have its name.
func (o objects) Near(ctx context.Context, kind vsphere.ObjectType, wanted string) (vsphere.Nearby, error) {
	for _, object := range o {
		if object.Path == wanted {
			return vsphere.Nearby{At: &object}, nil
		}
	}
	found, err := o.FindObjects(ctx, kind, path.Base(wanted))

	return vsphere.Nearby{Objects: found}, err
}

// SwitchNames knows one switch.
func (objects) SwitchNames(context.Context) (map[string]string, error) {
	return map[string]string{"dvs-1": "DVS1"}, nil
}

// broken answers nothing.
type broken struct{}

func (broken) FindObjects(context.Context, vsphere.ObjectType, string) ([]vsphere.Object, error) {
	return nil, errors.New("boom")
}

func (broken) Near(context.Context, vsphere.ObjectType, string) (vsphere.Nearby, error) {
	return vsphere.Nearby{}, errors.New("boom")
}

func (broken) SwitchNames(context.Context) (map[string]string, error) { return nil, errors.New("boom") }

// silent finds nothing, and fails over what may have been meant.
type silent struct{ broken }

func (silent) FindObjects(context.Context, vsphere.ObjectType, string) ([]vsphere.Object, error) {
	return nil, nil
}

func TestRead(t *testing.T) {
	t.Parallel()

	server := objects{
		{Type: vsphere.TypeVirtualMachine, ID: "vm-9", Name: "web", Path: "/DC0/vm/web"},
		{Type: vsphere.TypeFolder, ID: "group-v3", Name: "vm", Path: "/DC0/vm"},
		{Type: vsphere.TypeFolder, ID: "group-v7", Name: "prod", Path: "/DC0/vm/prod"},
		{Type: vsphere.TypeResourcePool, ID: "resgroup-8", Name: "Resources", Path: "/DC0/host/DC0_C0/Resources"},
		{Type: vsphere.TypeResourcePool, ID: "resgroup-9", Name: "Resources", Path: "/DC0/host/DC0_C1/Resources"},
	}
	networks := objects{
		{Type: vsphere.TypeNetwork, ID: "dvportgroup-1", Name: "web", Path: "/DC0/network/web", Network: vsphere.DistributedPortgroup, SwitchID: "dvs-1"},
		{Type: vsphere.TypeNetwork, ID: "dvportgroup-2", Name: "web", Path: "/DC0/network/web", Network: vsphere.DistributedPortgroup, SwitchID: "dvs-2"},
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
				"\"/DC0/vm/prod\" is a folder (group-v7), and no datastore.\n\nSet type = \"folder\" to find it."),
		},
		"a virtual machine": {
			client: server, kind: "folder", path: "/DC0/vm/web",
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "No such folder",
				"\"/DC0/vm/web\" is a virtual machine (vm-9), and no folder.\n\n"+
					"The data source vmfork_vsphere_virtual_machine finds virtual machines."),
		},
		"nothing, and no answer about what resembles it": {
			client: silent{}, kind: "datastore", path: "/DC0/datastore/none",
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "No such datastore",
				`No datastore has the path "/DC0/datastore/none", or the user may not see it.`),
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
		"several networks": {
			client: networks, kind: "network", path: "web",
			want: diag.NewAttributeErrorDiagnostic(attrpath.Root("path"), "Several networks match",
				"2 networks have the path \"web\":\n  - dvportgroup-1  /DC0/network/web, distributed_portgroup of the switch \"DVS1\" (dvs-1)\n"+
					"  - dvportgroup-2  /DC0/network/web, distributed_portgroup of the switch dvs-2\n\n"+
					"Set network_type or switch_id to choose one, or its whole path where they differ in that. Where several are left, use the id itself "+
					"instead of this data source."),
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
