package vm

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
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// vmIDForm is how vCenter forms the managed object id of a VM.
var vmIDForm = regexp.MustCompile(`^vm-\d+$`)

// Imported is what an import of a VM found: its source is what vCenter's events remember.
func (m *Machines) Imported(ctx context.Context, req resource.ImportStateRequest, vcenter string) (Attributes, map[string]any, diag.Diagnostics) {
	var none Attributes
	id, diags := m.importedID(ctx, req, vcenter)
	if diags.HasError() {
		return none, nil, diags
	}
	vm, err := m.Client.VirtualMachine(ctx, id)
	if apierr.Is(err, apierr.NotFound) {
		return none, nil, diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", fmt.Sprintf("the id %q", id))}
	}
	if err != nil {
		op := tfdiag.Operation{Action: "read VM " + id, Platform: tfdiag.VSphere}

		return none, nil, diag.Diagnostics{tfdiag.FromError(op, err)}
	}

	attributes := map[string]any{"id": vm.ID}
	if origin, err := m.Client.Origin(ctx, vm.ID); err == nil && origin.SourceID != "" {
		attributes["source_vm_id"] = origin.SourceID
	}

	return Attributes{ID: types.StringValue(vm.ID)}, attributes, nil
}

// importedID returns the id of the VM that the request names.
func (m *Machines) importedID(ctx context.Context, req resource.ImportStateRequest, vcenter string) (string, diag.Diagnostics) {
	switch {
	case req.ID == "" && req.Identity != nil && !req.Identity.Raw.IsNull():
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(OtherVCenter("VM", "VM", "VM", stated, vcenter))
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
