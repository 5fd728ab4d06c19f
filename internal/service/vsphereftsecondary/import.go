package vsphereftsecondary

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// identityModel is the resource's identity.
type identityModel struct {
	VCenterUUID types.String `tfsdk:"vcenter_uuid"`
	PrimaryVMID types.String `tfsdk:"primary_vm_id"`
}

// IdentitySchema describes what identifies the pair: the primary's id is unique within one vCenter only.
func (r *secondaryResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"vcenter_uuid": identityschema.StringAttribute{
				Description:       "Instance UUID of the vCenter that manages the pair.",
				RequiredForImport: true,
			},
			"primary_vm_id": identityschema.StringAttribute{
				Description:       "Managed object id of the primary, such as vm-42. It stays after a fail-over.",
				RequiredForImport: true,
			},
		},
	}
}

// Identity returns the identity model of the pair.
func (m model) Identity(vcenter string) any {
	return identityModel{VCenterUUID: types.StringValue(vcenter), PrimaryVMID: m.PrimaryVMID}
}

// Import implements [lifecycle.Adapter]. It takes over a pair by the primary's id ("vm-42"), its inventory path ("/DC0/vm/db") or the
// identity. The refresh that follows reads the rest.
func (a *adapter) Import(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (lifecycle.Imported[model], diag.Diagnostics) {
	var none lifecycle.Imported[model]
	id, diags := a.importedID(ctx, req, vcenter)
	if diags.HasError() {
		return none, diags
	}
	pair, err := a.client.FaultTolerance(ctx, id)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return none, diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", fmt.Sprintf("the id %q", id))}
	case err != nil:
		op := tfdiag.Operation{Action: "read the fault tolerance of " + id, Platform: tfdiag.VSphere}

		return none, diag.Diagnostics{tfdiag.FromError(op, err)}
	case pair.Role == vsphere.RoleSecondary:
		return none, diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("%s is a secondary", id),
			fmt.Sprintf("A pair is imported by its primary. Import %q", pair.PrimaryID))}
	case pair.SecondaryID == "":
		return none, diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, "FT secondary", fmt.Sprintf("the primary %q", id))}
	default:
		return lifecycle.Imported[model]{
			Of:         model{PrimaryVMID: types.StringValue(pair.PrimaryID), ID: types.StringValue(pair.SecondaryID)},
			Attributes: map[string]any{"primary_vm_id": pair.PrimaryID, "id": pair.SecondaryID},
		}, diags
	}
}

// importedID returns the id of the VM that the request names.
func (a *adapter) importedID(ctx context.Context, req resource.ImportStateRequest, vcenter string) (string, diag.Diagnostics) {
	if req.ID == "" {
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(a.OtherPlatform(stated, vcenter))
		}

		return identity.PrimaryVMID.ValueString(), diags
	}
	if !vm.IsPath(req.ID) {
		return vm.CheckID(req.ID, "primary", "db")
	}
	found, diags := vm.FindByPath(ctx, a.client, req.ID)
	if diags.HasError() {
		return "", diags
	}
	if len(found) > 1 {
		found = a.withoutSecondaries(ctx, found)
	}

	return vm.OnlyOne(found, req.ID)
}

// withoutSecondaries drops the secondaries of pairs: they may lie in the folder of their primary, by the same name.
func (a *adapter) withoutSecondaries(ctx context.Context, found []vsphere.Object) []vsphere.Object {
	var rest []vsphere.Object
	for _, object := range found {
		if pair, err := a.client.FaultTolerance(ctx, object.ID); err == nil && pair.Role == vsphere.RoleSecondary {
			continue
		}
		rest = append(rest, object)
	}

	return rest
}
