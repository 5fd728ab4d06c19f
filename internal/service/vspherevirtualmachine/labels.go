package vspherevirtualmachine

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// labels is the part of the model for the VM's tags and custom attributes.
type labels struct {
	Tags             types.Set `tfsdk:"tags"`
	CustomAttributes types.Map `tfsdk:"custom_attributes"`
}

func labelAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tags": schema.SetAttribute{
			ElementType:         types.StringType,
			Computed:            true,
			MarkdownDescription: "Ids of the VM's tags. Null where vCenter does not tell them, with a warning.",
		},
		"custom_attributes": schema.MapAttribute{
			ElementType:         types.StringType,
			Computed:            true,
			MarkdownDescription: "The VM's custom attributes that have a value, by name.",
		},
	}
}

// newAttributes returns the value of custom_attributes.
func newAttributes(vm *vsphere.VirtualMachine) types.Map {
	values := map[string]attr.Value{}
	for name, value := range vm.CustomAttributes {
		values[name] = types.StringValue(value)
	}

	return types.MapValueMust(types.StringType, values)
}

// tagsRead is what was read of a VM's tags: the value of the attribute, and what the user should know.
type tagsRead struct {
	value types.Set
	said  diag.Diagnostics
}

// read reads a VM, with its settings where they are wanted, and at the same time its tags, which the tagging API keeps. Where that API does not
// answer, everything else is told all the same.
func (d *dataSource) read(ctx context.Context, id string, settings bool) (*vsphere.VirtualMachine, tagsRead, error) {
	var (
		ids     []string
		failure error
		group   sync.WaitGroup
	)
	group.Go(func() { ids, failure = d.client.AttachedTags(ctx, id) })
	vm, err := d.client.VirtualMachineWith(ctx, id, vsphere.Extras{Settings: settings, CustomAttributes: true})
	group.Wait()
	if failure != nil {
		unread := tfdiag.FromError(tfdiag.Operation{Action: "read the tags of " + id, Platform: tfdiag.VSphere}, failure)

		return vm, tagsRead{
			value: types.SetNull(types.StringType),
			said:  diag.Diagnostics{diag.NewAttributeWarningDiagnostic(attrpath.Root("tags"), unread.Summary(), unread.Detail())},
		}, err
	}

	return vm, tagsRead{value: lifecycle.TextSet(ids)}, err
}
