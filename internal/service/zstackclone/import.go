package zstackclone

import (
	"context"
	"fmt"
	"regexp"

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

// Import implements [lifecycle.Adapter]: by the VM's UUID, by the identity, or by its name where no other VM has it. What the VM was made
// with is not known, nor which of its data volumes were: none of them is deleted with it, which a warning says.
func (a *adapter) Import(ctx context.Context, req resource.ImportStateRequest, _ string) (lifecycle.Imported[model], diag.Diagnostics) {
	found, diags := a.imported(ctx, req)
	if diags.HasError() {
		return lifecycle.Imported[model]{}, diags
	}
	if volumes := dataVolumes(&found); len(volumes) > 0 {
		diags.Append(tfdiag.VolumesNotAdopted(path.Root("data_volume_uuids"), fmt.Sprintf("VM %q", found.Name), volumes))
	}

	return lifecycle.Imported[model]{Of: model{ID: types.StringValue(found.UUID)}, Attributes: map[string]any{
		"id": found.UUID, "data_volume_uuids": textList(nil),
	}}, diags
}

// imported returns the VM that the request names, which is there.
func (a *adapter) imported(ctx context.Context, req resource.ImportStateRequest) (zstack.VirtualMachine, diag.Diagnostics) {
	var none zstack.VirtualMachine
	id := req.ID
	if id == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity identityModel
		if diags := req.Identity.Get(ctx, &identity); diags.HasError() {
			return none, diags
		}
		id = identity.UUID.ValueString()
	}
	if id == "" {
		return none, diag.Diagnostics{tfdiag.Conflict(path.Empty(), "Cannot import nothing",
			"Give the uuid of the VM, or its name where no other VM has it")}
	}

	var found []zstack.VirtualMachine
	if uuidForm.MatchString(id) {
		vm, err := a.client.VirtualMachine(ctx, id)
		switch {
		case err == nil:
			found = append(found, *vm)
		case !apierr.Is(err, apierr.NotFound):
			return none, diag.Diagnostics{tfdiag.FromError(tfdiag.Operation{Action: "read VM " + id, Platform: tfdiag.ZStack}, err)}
		}
	}
	if len(found) == 0 {
		named, err := a.client.VirtualMachinesNamed(ctx, id)
		if err != nil {
			op := tfdiag.Operation{Action: fmt.Sprintf("look up the virtual machine with the name %q", id), Platform: tfdiag.ZStack}

			return none, diag.Diagnostics{tfdiag.FromError(op, err)}
		}
		found = named
	}
	if len(found) == 0 {
		return none, diag.Diagnostics{tfdiag.NothingAt(tfdiag.ZStack, "virtual machine", importQuery(id), id, a.near(ctx, id))}
	}

	return oneOf(id, found)
}

// near returns what may have been meant by a name that no VM has.
func (a *adapter) near(ctx context.Context, name string) tfdiag.Nearby {
	found, err := a.client.VirtualMachinesNear(ctx, name)

	return tfdiag.Resembling(found, err, func(vm zstack.VirtualMachine) tfdiag.Candidate { return tfdiag.Candidate{ID: vm.UUID, Name: vm.Name} })
}

// importQuery says in words what an import looks for.
func importQuery(id string) string { return fmt.Sprintf("the uuid or the name %q", id) }

// oneOf returns the one VM that is not in the recycle bin.
func oneOf(id string, found []zstack.VirtualMachine) (zstack.VirtualMachine, diag.Diagnostics) {
	var one zstack.VirtualMachine
	query := importQuery(id)
	var present, destroyed []tfdiag.Candidate
	for _, vm := range found {
		candidate := tfdiag.Candidate{ID: vm.UUID, Name: vm.Name}
		if gone(vm.State) {
			destroyed = append(destroyed, candidate)
		} else {
			present = append(present, candidate)
			one = vm
		}
	}
	switch {
	case len(present) == 1:
		return one, nil
	case len(present) > 1:
		return one, diag.Diagnostics{tfdiag.SeveralToImport("virtual machine", query, present)}
	case len(destroyed) > 0:
		return one, diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("VM %q is in the recycle bin", id),
			fmt.Sprintf("ZStack keeps %s there for some days. Recover it first, then import it", destroyed[0].ID))}
	default:
		return one, diag.Diagnostics{tfdiag.NothingToImport(tfdiag.ZStack, "virtual machine", query)}
	}
}
