package zstackclone

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// uuidForm is how ZStack forms a uuid.
var uuidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// ImportState takes over a VM by its uuid, its identity, or its name where no other VM has it. Nobody can tell what it was
// made with, nor which of its data volumes were: none of them is deleted with it.
func (r *cloneResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	if !r.configured(&resp.Diagnostics) {
		return
	}
	uuid, diags := r.importedUUID(ctx, req)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, uuid)...)
	resp.Diagnostics.Append(lifecycle.SaveImported(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), uuid)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("data_volume_uuids"),
		types.ListValueMust(types.StringType, []attr.Value{}))...)
}

// importedUUID returns the uuid of the VM that the request names, which is there.
func (r *cloneResource) importedUUID(ctx context.Context, req resource.ImportStateRequest) (string, diag.Diagnostics) {
	id := req.ID
	if id == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity identityModel
		if diags := req.Identity.Get(ctx, &identity); diags.HasError() {
			return "", diags
		}
		id = identity.UUID.ValueString()
	}
	if id == "" {
		return "", diag.Diagnostics{tfdiag.Conflict(path.Empty(), "Cannot import nothing",
			"Give the uuid of the VM, or its name where no other VM has it")}
	}

	var found []zstack.VirtualMachine
	if uuidForm.MatchString(id) {
		vm, err := r.client.VirtualMachine(ctx, id)
		switch {
		case err == nil:
			found = append(found, *vm)
		case !apierr.Is(err, apierr.NotFound):
			return "", diag.Diagnostics{tfdiag.FromError(tfdiag.Operation{Action: "read VM " + id, Platform: tfdiag.ZStack}, err)}
		}
	}
	if len(found) == 0 {
		named, err := r.client.VirtualMachinesNamed(ctx, id)
		if err != nil {
			op := tfdiag.Operation{Action: fmt.Sprintf("look up the virtual machine with the name %q", id), Platform: tfdiag.ZStack}

			return "", diag.Diagnostics{tfdiag.FromError(op, err)}
		}
		found = named
	}

	return oneOf(id, found)
}

// oneOf returns the uuid of the one VM that is not in the recycle bin.
func oneOf(id string, found []zstack.VirtualMachine) (string, diag.Diagnostics) {
	query := fmt.Sprintf("the uuid or the name %q", id)
	var present, destroyed []tfdiag.Candidate
	for _, vm := range found {
		candidate := tfdiag.Candidate{ID: vm.UUID, Name: vm.Name}
		if gone(vm.State) {
			destroyed = append(destroyed, candidate)
		} else {
			present = append(present, candidate)
		}
	}
	switch {
	case len(present) == 1:
		return present[0].ID, nil
	case len(present) > 1:
		return "", diag.Diagnostics{tfdiag.SeveralToImport("virtual machine", query, present)}
	case len(destroyed) > 0:
		return "", diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("VM %q is in the recycle bin", id),
			fmt.Sprintf("ZStack keeps %s there for some days. Recover it first, then import it", destroyed[0].ID))}
	default:
		return "", diag.Diagnostics{tfdiag.NothingToImport(tfdiag.ZStack, "virtual machine", query)}
	}
}
