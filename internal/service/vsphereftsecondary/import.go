package vsphereftsecondary

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// vmIDForm is how vCenter forms the managed object id of a VM.
var vmIDForm = regexp.MustCompile(`^vm-\d+$`)

// ImportState takes over a pair by the primary's id ("vm-42"), its inventory path ("/DC0/vm/db") or the identity. The
// refresh that follows reads the rest.
func (r *secondaryResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !r.configured(&resp.Diagnostics) {
		return
	}
	vcenter, ok := r.vcenter(ctx, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	id, diags := r.importedID(ctx, req, vcenter)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}

	pair, err := r.client.FaultTolerance(ctx, id)
	switch {
	case apierr.Is(err, apierr.NotFound):
		resp.Diagnostics.Append(tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", fmt.Sprintf("the id %q", id)))
	case err != nil:
		op := tfdiag.Operation{Action: "read the fault tolerance of " + id, Platform: tfdiag.VSphere}
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	case pair.Role == vsphere.RoleSecondary:
		resp.Diagnostics.Append(tfdiag.Conflict(path.Empty(), fmt.Sprintf("%s is a secondary", id),
			fmt.Sprintf("A pair is imported by its primary. Import %q", pair.PrimaryID)))
	case pair.SecondaryID == "":
		resp.Diagnostics.Append(tfdiag.NothingToImport(tfdiag.VSphere, "FT secondary", fmt.Sprintf("the primary %q", id)))
	default:
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, types.StringValue(pair.PrimaryID))...)
		resp.Diagnostics.Append(lifecycle.SaveImported(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("primary_vm_id"), pair.PrimaryID)...)
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), pair.SecondaryID)...)
	}
}

// importedID returns the id of the VM that the request names.
func (r *secondaryResource) importedID(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (string, diag.Diagnostics) {
	switch {
	case req.ID == "":
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(otherVCenter(stated, vcenter))
		}

		return identity.PrimaryVMID.ValueString(), diags
	case strings.HasPrefix(req.ID, "/"):
		return r.findByPath(ctx, req.ID)
	case vmIDForm.MatchString(req.ID):
		return req.ID, nil
	default:
		return "", diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("Cannot import %q", req.ID),
			`Give the managed object id of the primary, such as "vm-42", or its inventory path, such as "/DC0/vm/db"`)}
	}
}

// findByPath returns the id of the primary at an inventory path. The secondary of a pair may lie there by the same name.
func (r *secondaryResource) findByPath(ctx context.Context, inventoryPath string) (string, diag.Diagnostics) {
	query := fmt.Sprintf("the path %q", inventoryPath)
	found, err := r.client.FindObjects(ctx, vsphere.TypeVirtualMachine, inventoryPath)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		op := tfdiag.Operation{Action: "look up the virtual machine with " + query, Platform: tfdiag.VSphere}

		return "", diag.Diagnostics{tfdiag.FromError(op, err)}
	}
	if len(found) > 1 {
		found = r.withoutSecondaries(ctx, found)
	}
	switch len(found) {
	case 0:
		return "", diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", query)}
	case 1:
		return found[0].ID, nil
	default:
		candidates := make([]tfdiag.Candidate, len(found))
		for i, object := range found {
			candidates[i] = tfdiag.Candidate{ID: object.ID, Name: object.Name, Path: object.Path}
		}

		return "", diag.Diagnostics{tfdiag.SeveralToImport("virtual machine", query, candidates)}
	}
}

func (r *secondaryResource) withoutSecondaries(ctx context.Context, found []vsphere.Object) []vsphere.Object {
	var rest []vsphere.Object
	for _, object := range found {
		if pair, err := r.client.FaultTolerance(ctx, object.ID); err == nil && pair.Role == vsphere.RoleSecondary {
			continue
		}
		rest = append(rest, object)
	}

	return rest
}
