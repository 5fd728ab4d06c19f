package zstackobject

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// objects is a ZStack of a few objects.
type objects []zstack.Object

// ObjectsNamed finds by name as MySQL does, without regard to case: here, every object of the type.
func (o objects) ObjectsNamed(_ context.Context, kind zstack.ObjectType, _ string) ([]zstack.Object, error) {
	var found []zstack.Object
	for _, object := range o {
		if object.Type == kind {
			found = append(found, object)
		}
	}

	return found, nil
}

// ObjectsNear finds the objects of the type whose names differ in case alone.
func (o objects) ObjectsNear(ctx context.Context, kind zstack.ObjectType, name string) ([]zstack.Object, error) {
	all, err := o.ObjectsNamed(ctx, kind, name)

	return slices.DeleteFunc(all, func(object zstack.Object) bool { return !strings.EqualFold(object.Name, name) }), err
}

// broken answers nothing.
type broken struct{}

func (broken) ObjectsNamed(context.Context, zstack.ObjectType, string) ([]zstack.Object, error) {
	return nil, errors.New("boom")
}

func (broken) ObjectsNear(context.Context, zstack.ObjectType, string) ([]zstack.Object, error) {
	return nil, errors.New("boom")
}

// silent finds nothing, and fails over what resembles the name.
type silent struct{ broken }

func (silent) ObjectsNamed(context.Context, zstack.ObjectType, string) ([]zstack.Object, error) {
	return nil, nil
}

func TestRead(t *testing.T) {
	t.Parallel()

	server := objects{
		{Type: zstack.TypeHost, UUID: "11", Name: "host-1", State: "Enabled", ZoneUUID: "z", ClusterUUID: "c"},
		{Type: zstack.TypeHost, UUID: "12", Name: "HOST-1", State: "Enabled", ZoneUUID: "z", ClusterUUID: "c"},
		{Type: zstack.TypeAffinityGroup, UUID: "21", Name: "spread"},
		{Type: zstack.TypeL3Network, UUID: "31", Name: "net-1", ZoneUUID: "z1"},
		{Type: zstack.TypeL3Network, UUID: "32", Name: "net-1", ZoneUUID: "z2"},
	}
	tests := map[string]struct {
		client     inventory
		kind, name string
		want       model
		problem    diag.Diagnostic // nil: no error
	}{
		"a host": {
			client: server, kind: "host", name: "host-1",
			want: model{
				Type: types.StringValue("host"), Name: types.StringValue("host-1"), ID: types.StringValue("11"), UUID: types.StringValue("11"),
				State: types.StringValue("Enabled"), ZoneUUID: types.StringValue("z"), ClusterUUID: types.StringValue("c"),
			},
		},
		"an affinity group": {
			client: server, kind: "affinity_group", name: "spread",
			want: model{
				Type: types.StringValue("affinity_group"), Name: types.StringValue("spread"), ID: types.StringValue("21"),
				UUID: types.StringValue("21"),
			},
		},
		"none": {
			client: server, kind: "primary_storage", name: "fast",
			problem: diag.NewAttributeErrorDiagnostic(attrpath.Root("name"), "No such primary storage",
				`No primary storage has the name "fast", or the user may not see it.`),
		},
		"another case": {
			client: server, kind: "affinity_group", name: "Spread",
			problem: diag.NewAttributeErrorDiagnostic(attrpath.Root("name"), "No such affinity group",
				"No affinity group has the name \"Spread\", or the user may not see it.\n\n"+
					`There is "spread" (21). Did you mean "spread"?`),
		},
		"none, and no answer about what resembles it": {
			client: silent{}, kind: "primary_storage", name: "fast",
			problem: diag.NewAttributeErrorDiagnostic(attrpath.Root("name"), "No such primary storage",
				`No primary storage has the name "fast", or the user may not see it.`),
		},
		"several": {
			client: server, kind: "l3_network", name: "net-1",
			problem: diag.NewAttributeErrorDiagnostic(attrpath.Root("name"), "Several L3 networks match",
				"2 L3 networks have the name \"net-1\":\n  - 31  net-1, in the zone z1\n  - 32  net-1, in the zone z2\n\n"+
					"The name alone does not tell them apart: give the uuid of one of them where it is needed."),
		},
		"failed": {
			client: broken{}, kind: "image", name: "linux",
			problem: diag.NewErrorDiagnostic(`Could not find the image "linux"`, "Boom."),
		},
		"configuration not known": {
			client: nil, kind: "host", name: "h",
			problem: diag.NewErrorDiagnostic("The provider's zstack configuration is not known yet",
				"A value of the provider's zstack block is only known after apply, so this can't be read now. Apply what the "+
					"value comes from first (terraform apply -target=…), or give the value as a variable."),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, diags := playedcli.ReadDataSource[model](t, &dataSource{client: test.client}, playedcli.Config{"type": test.kind, "name": test.name})
			if test.problem != nil {
				playedcli.Only(t, diags, test.problem)

				return
			}
			if diags.HasError() {
				t.Fatal(diags)
			}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
