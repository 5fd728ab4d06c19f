package vsphereclone

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// origin is the part of the model for how the machine is made of its source.
type origin struct {
	GuestCustomizationSpec types.Object `tfsdk:"guest_customization_spec"`
}

func originAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{"guest_customization_spec": customizationAttribute()}
}

func customizationAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Customization of the guest's operating system. It runs when the machine is powered on for the first time. " +
			"A change replaces the machine.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of a customization specification in vCenter.",
				Required:            true,
				Validators:          []validator.String{tfattr.NotEmpty()},
			},
		},
	}
}

// newOrigin adds to the request of a clone.
func (o origin) newOrigin(spec *vsphere.CloneSpec) {
	spec.CustomizationSpec = o.customizationSpec().ValueString()
}

// replacingOrigin returns the arguments whose change replaces the machine, as they were and as they are planned.
func (o origin) replacingOrigin(prior origin) map[string][2]attr.Value {
	return map[string][2]attr.Value{
		"guest_customization_spec": {prior.GuestCustomizationSpec, o.GuestCustomizationSpec},
	}
}

// customizationSpec returns the name in guest_customization_spec, null where there is none.
func (o origin) customizationSpec() types.String {
	return lifecycle.StringIn(o.GuestCustomizationSpec, "name")
}
