package vm

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// identityModel is the resource's identity.
type identityModel struct {
	VCenterUUID types.String `tfsdk:"vcenter_uuid"`
	VMID        types.String `tfsdk:"vm_id"`
}

// IdentitySchema describes what identifies a VM: its id is unique within one vCenter only.
func IdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"vcenter_uuid": identityschema.StringAttribute{
				Description:       "Instance UUID of the vCenter that manages the virtual machine.",
				RequiredForImport: true,
			},
			"vm_id": identityschema.StringAttribute{
				Description:       "Managed object id of the virtual machine, such as vm-42.",
				RequiredForImport: true,
			},
		},
	}
}

// Identity returns the identity model of the VM. A pending VM has a vCenter but no id yet.
func (a Attributes) Identity(vcenter string) any {
	return identityModel{VCenterUUID: types.StringValue(vcenter), VMID: tfattr.StringOrNull(a.ID.ValueString())}
}

// IdentifySource implements [lifecycle.Sourcer]: a VM is its instance UUID.
func (a *Adapter[M]) IdentifySource(ctx context.Context, of M) (lifecycle.Source, error) {
	id := of.Common().SourceVMID.ValueString()
	source, err := a.RecentSource(ctx, id)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return lifecycle.Source{ID: id}, nil
	case err == nil && source.NoConfig:
		err = unread(source)
	}
	if err != nil {
		return lifecycle.Source{}, err
	}

	return lifecycle.Source{ID: id, UUID: source.InstanceUUID}, nil
}

// SameSource implements [lifecycle.Sourcer].
func (a *Adapter[M]) SameSource(ctx context.Context, plan, prior M, known lifecycle.Source) (M, diag.Diagnostics) {
	common, at := plan.Common(), path.Root("source_vm_id")
	if common.SourceVMID.IsUnknown() {
		return plan, nil
	}
	source := Known{Object: "source of the " + prior.Creation().Object, ID: known.ID, InstanceUUID: known.UUID}
	id, diags := Aliased(ctx, a.Client, source, common.SourceVMID.ValueString(), nil, at)
	common.SourceVMID = tfattr.StringOrNull(id)

	return plan.WithCommon(common), diags
}

// OtherVCenter is the error of a resource that belongs to another vCenter than the connected one. owned is what the resource is,
// named what its id names, and holder what the other vCenter has: "snapshot", "snapshot", "VM".
func OtherVCenter(owned, named, holder, stored, connected string) diag.Diagnostic {
	return tfdiag.Conflict(path.Empty(), fmt.Sprintf("The %s belongs to another vCenter", owned),
		fmt.Sprintf("The resource is of the vCenter with the instance UUID %s, but the provider is connected to %s, where the "+
			"same id may name another %s. Point the provider's vsphere block at the vCenter that has the %s",
			stored, connected, named, holder))
}
