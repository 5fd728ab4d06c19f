package vm

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestImported takes over a VM by its id, its path or its identity, or says why not.
func TestImported(t *testing.T) {
	t.Parallel()
	identity := func(vcenter, id string) *tfsdk.ResourceIdentity {
		kind := IdentitySchema().Type().TerraformType(t.Context())

		return &tfsdk.ResourceIdentity{Schema: IdentitySchema(), Raw: tftypes.NewValue(kind, map[string]tftypes.Value{
			"vcenter_uuid": tftypes.NewValue(tftypes.String, vcenter), "vm_id": tftypes.NewValue(tftypes.String, id),
		})}
	}
	unavailable := &apierr.Error{Kind: apierr.Unavailable}
	for name, test := range map[string]struct {
		req     resource.ImportStateRequest
		prepare func(fake *fakevsphere.VCenter)
		want    map[string]any
		fails   string
	}{
		"by id":       {resource.ImportStateRequest{ID: "vm-101"}, nil, map[string]any{"id": "vm-101", "source_vm_id": "vm-1"}, ""},
		"by path":     {resource.ImportStateRequest{ID: "/DC/vm/web"}, nil, map[string]any{"id": "vm-101", "source_vm_id": "vm-1"}, ""},
		"by identity": {resource.ImportStateRequest{Identity: identity(fakevsphere.UUID, "vm-101")}, nil, map[string]any{"id": "vm-101", "source_vm_id": "vm-1"}, ""},
		"of an unknown origin": {
			resource.ImportStateRequest{ID: "vm-101"}, func(fake *fakevsphere.VCenter) { delete(fake.Origins, "vm-101") }, map[string]any{"id": "vm-101", "source_vm_id": "vm-101"}, "",
		},
		"the origin can't be asked": {
			resource.ImportStateRequest{ID: "vm-101"}, func(fake *fakevsphere.VCenter) { fake.Errs["Origin"] = []error{unavailable} }, map[string]any{"id": "vm-101", "source_vm_id": "vm-101"}, "",
		},
		"another vCenter": {resource.ImportStateRequest{Identity: identity("uuid-9", "vm-101")}, nil, nil, "The VM belongs to another vCenter"},
		"no such id":      {resource.ImportStateRequest{ID: "vm-9"}, nil, nil, `No virtual machine has the id "vm-9"`},
		"no such path":    {resource.ImportStateRequest{ID: "/DC/vm/no"}, nil, nil, `No virtual machine has the path "/DC/vm/no"`},
		"two of a path": {
			resource.ImportStateRequest{ID: "/DC/vm/web"},
			func(fake *fakevsphere.VCenter) { fake.Add(vsphere.CloneSpec{Name: "web"}, vsphere.PoweredOff) }, nil,
			`Several virtual machines have the path "/DC/vm/web"`,
		},
		"neither id nor path": {resource.ImportStateRequest{ID: "web"}, nil, nil, `Cannot import "web"`},
		"no answer": {
			resource.ImportStateRequest{ID: "vm-101"},
			func(fake *fakevsphere.VCenter) { fake.Errs["VirtualMachine"] = []error{unavailable} }, nil,
			"Could not read VM vm-101",
		},
		"no answer about the path": {
			resource.ImportStateRequest{ID: "/DC/vm/web"},
			func(fake *fakevsphere.VCenter) { fake.Errs["FindObjects"] = []error{unavailable} }, nil,
			`Could not look up the virtual machine with the path "/DC/vm/web"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			fake.Add(vsphere.CloneSpec{Name: "web", SourceID: fakevsphere.GoldenID}, vsphere.PoweredOn) // vm-101
			fake.Origins["vm-101"] = vsphere.Origin{SourceID: fakevsphere.GoldenID}
			if test.prepare != nil {
				test.prepare(fake)
			}
			found, attributes, diags := adapterOn(fake).Imported(t.Context(), test.req, fakevsphere.UUID)
			if test.fails != "" {
				if len(diags) != 1 || diags[0].Summary() != test.fails {
					t.Errorf("%v", diags)
				}

				return
			}
			if len(diags) > 0 || ImportedAs(found).ObjectID() != "vm-101" || !maps.Equal(attributes, test.want) {
				t.Errorf("%s, %v, %v", ImportedAs(found).ObjectID(), attributes, diags)
			}
		})
	}
}
