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

// origin is the part of the model for how the machine is made of its source, and as what.
type origin struct {
	SnapshotID             types.String `tfsdk:"snapshot_id"`
	Linked                 types.Bool   `tfsdk:"linked"`
	Template               types.Bool   `tfsdk:"template"`
	TPMProvisionPolicy     types.String `tfsdk:"tpm_provision_policy"`
	GuestCustomizationSpec types.Object `tfsdk:"guest_customization_spec"`
}

func originAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"snapshot_id": schema.StringAttribute{
			MarkdownDescription: "Managed object id of a snapshot of the source, such as `snapshot-7`: the machine is a clone of that point. " +
				"Unset: of the source as it is. Applies at creation only; a change replaces the machine.",
			Optional:   true,
			Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereSnapshot)},
		},
		"linked": schema.BoolAttribute{
			MarkdownDescription: "Whether the disks are linked: nothing is copied, they hold what changes and read everything else from the " +
				"files of the snapshot, which must stay as long as the machine does. It needs `snapshot_id`, or takes the source's current " +
				"snapshot. A linked disk can't grow. Applies at creation only; a change replaces the machine. What becomes of the disks " +
				"later (a migration copies them) is no drift, and the attribute does not tell; the data source `vmfork_vsphere_linked_clones` does.",
			Optional: true,
		},
		"template": schema.BoolAttribute{
			MarkdownDescription: "Whether the machine is a template: it is never powered on, and lies in no resource pool. A change is made in " +
				"place: into a template when it is powered off, and back into the resource pool, the cluster or the host of `placement`. " +
				"A template's hardware can't be changed. Unset: it is made a machine, and left as it is from then on.",
			Optional: true,
		},
		"tpm_provision_policy": schema.StringAttribute{
			MarkdownDescription: "What the machine gets in place of its source's virtual TPM: `replace`, a new one without secrets, or `copy`, one " +
				"with the same secrets. Unset: what vCenter is set up to do, which is to copy, and the plan warns. Needs vCenter 8.0. Applies at " +
				"creation only; a change replaces the machine.",
			Optional:   true,
			Validators: []validator.String{tfattr.OneOf(string(vsphere.TPMCopy), string(vsphere.TPMReplace))},
		},
		"guest_customization_spec": customizationAttribute(),
	}
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
	spec.Origin = vsphere.CloneOrigin{
		SnapshotID: o.SnapshotID.ValueString(), Linked: o.Linked.ValueBool(), Template: o.Template.ValueBool(),
		TPMPolicy: vsphere.TPMPolicy(o.TPMProvisionPolicy.ValueString()),
	}
}

// replacingOrigin returns the arguments whose change replaces the machine, as they were and as they are planned.
func (o origin) replacingOrigin(prior origin) map[string][2]attr.Value {
	return map[string][2]attr.Value{
		"snapshot_id":              {prior.SnapshotID, o.SnapshotID},
		"linked":                   {falseAsNull(prior.Linked), falseAsNull(o.Linked)},
		"tpm_provision_policy":     {prior.TPMProvisionPolicy, o.TPMProvisionPolicy},
		"guest_customization_spec": {prior.GuestCustomizationSpec, o.GuestCustomizationSpec},
	}
}

// customizationSpec returns the name in guest_customization_spec, null where there is none.
func (o origin) customizationSpec() types.String {
	return lifecycle.StringIn(o.GuestCustomizationSpec, "name")
}

// falseAsNull returns null for false: both say that nothing is wanted.
func falseAsNull(value types.Bool) types.Bool {
	if value.Equal(types.BoolValue(false)) {
		return types.BoolNull()
	}

	return value
}

// observedOrigin returns what is managed as the machine is. How it was made only the configuration knows.
func (o origin) observedOrigin(found *vsphere.VirtualMachine) origin {
	if !o.Template.IsNull() {
		o.Template = types.BoolValue(found.Template)
	}

	return o
}

// keepingOrigin returns o with every value that the plan knows.
func (o origin) keepingOrigin(plan origin) origin {
	o.Template = lifecycle.Keep(plan.Template, o.Template)

	return o
}
