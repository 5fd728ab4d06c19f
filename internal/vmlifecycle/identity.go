package vmlifecycle

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
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

// setIdentity sets the identity of a response. A pending VM has a vCenter but no id yet.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, vcenter, vmID string) diag.Diagnostics {
	if identity == nil {
		return nil
	}

	return identity.Set(ctx, identityModel{
		VCenterUUID: types.StringValue(vcenter),
		VMID:        tfattr.StringOrNull(vmID),
	})
}

// VCenter returns the identity of the vCenter that the client speaks to, and an error in diags when the resource is known to
// belong to another one: there, the same id may name another VM.
func (m *Machines) VCenter(ctx context.Context, store lifecycle.Private, diags *diag.Diagnostics) (string, bool) {
	about, err := m.Client.About(ctx)
	if err != nil {
		diags.Append(tfdiag.FromError(connecting(), err))

		return "", false
	}
	var stored string
	if lifecycle.Load(ctx, store, privateVCenter, &stored) && stored != about.InstanceUUID {
		diags.Append(otherVCenter(stored, about.InstanceUUID))

		return "", false
	}
	diags.Append(lifecycle.Save(ctx, store, privateVCenter, about.InstanceUUID)...)

	return about.InstanceUUID, true
}

func otherVCenter(wanted, connected string) diag.Diagnostic {
	return tfdiag.Conflict(path.Empty(), "The VM belongs to another vCenter",
		fmt.Sprintf("The resource is of the vCenter with the instance UUID %s, but the provider is connected to %s, where the "+
			"same id may name another VM. Point the provider's vsphere block at the vCenter that has the VM", wanted, connected))
}
