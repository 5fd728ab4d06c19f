package vmlifecycle

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// vmIDForm is how vCenter forms the managed object id of a VM.
var vmIDForm = regexp.MustCompile(`^vm-\d+$`)

// Import takes over a VM by its id ("vm-42"), its inventory path ("/DC0/vm/web") or its identity. The source is what
// vCenter's events remember; the refresh that follows reads the rest.
func (m *Machines) Import(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	vcenter, ok := m.VCenter(ctx, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}

	id, diags := m.importedID(ctx, req, vcenter)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	vm, err := m.Client.VirtualMachine(ctx, id)
	if apierr.Is(err, apierr.NotFound) {
		resp.Diagnostics.Append(tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", fmt.Sprintf("the id %q", id)))

		return
	}
	if err != nil {
		resp.Diagnostics.Append(tfdiag.FromError(tfdiag.Operation{Action: "read VM " + id, Platform: tfdiag.VSphere}, err))

		return
	}

	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, vm.ID)...)
	resp.Diagnostics.Append(lifecycle.SaveImported(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), vm.ID)...)
	if origin, err := m.Client.Origin(ctx, vm.ID); err == nil && origin.SourceID != "" {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("source_vm_id"), origin.SourceID)...)
	}
}

// importedID returns the id of the VM that the request names.
func (m *Machines) importedID(ctx context.Context, req resource.ImportStateRequest, vcenter string) (string, diag.Diagnostics) {
	switch {
	case req.ID == "" && req.Identity != nil && !req.Identity.Raw.IsNull():
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(otherVCenter(stated, vcenter))
		}

		return identity.VMID.ValueString(), diags
	case strings.HasPrefix(req.ID, "/"):
		return m.findByPath(ctx, req.ID)
	case vmIDForm.MatchString(req.ID):
		return req.ID, nil
	default:
		return "", diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("Cannot import %q", req.ID),
			`Give the managed object id of the VM, such as "vm-42", or its inventory path, such as "/DC0/vm/web"`)}
	}
}

// findByPath returns the id of the one VM at an inventory path.
func (m *Machines) findByPath(ctx context.Context, inventoryPath string) (string, diag.Diagnostics) {
	query := fmt.Sprintf("the path %q", inventoryPath)
	found, err := m.Client.FindObjects(ctx, vsphere.TypeVirtualMachine, inventoryPath)
	switch {
	case err != nil && !apierr.Is(err, apierr.NotFound):
		op := tfdiag.Operation{Action: "look up the virtual machine with " + query, Platform: tfdiag.VSphere}

		return "", diag.Diagnostics{tfdiag.FromError(op, err)}
	case len(found) == 0:
		return "", diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", query)}
	case len(found) > 1:
		candidates := make([]tfdiag.Candidate, len(found))
		for i, object := range found {
			candidates[i] = tfdiag.Candidate{ID: object.ID, Name: object.Name, Path: object.Path}
		}

		return "", diag.Diagnostics{tfdiag.SeveralToImport("virtual machine", query, candidates)}
	default:
		return found[0].ID, nil
	}
}
