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

// Imported is the VM that an import found, and what goes into state of it: its source is what vCenter's events remember, and where they
// remember none the VM itself, so that a configuration which the CLI generates can be planned. The VM is nil where there is an error.
func (m *Machines) Imported(
	ctx context.Context, req resource.ImportStateRequest, vcenter string,
) (*vsphere.VirtualMachine, map[string]any, diag.Diagnostics) {
	id, diags := m.importedID(ctx, req, vcenter)
	if diags.HasError() {
		return nil, nil, diags
	}
	vm, err := m.Client.VirtualMachine(ctx, id)
	if apierr.Is(err, apierr.NotFound) {
		return nil, nil, diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, virtualMachine, fmt.Sprintf("the id %q", id))}
	}
	if err == nil && vm.NoConfig {
		err = unread(vm)
	}
	if err != nil {
		op := tfdiag.Operation{Action: "read VM " + id, Platform: tfdiag.VSphere}

		return nil, nil, diag.Diagnostics{tfdiag.FromError(op, err)}
	}

	attributes := map[string]any{"id": vm.ID, "source_vm_id": vm.ID} // see [Attributes.KnownSource]
	if origin, err := m.Client.Origin(ctx, vm.ID); err == nil && origin.SourceID != "" {
		attributes["source_vm_id"] = origin.SourceID
	}

	return vm, attributes, nil
}

// ImportedAs returns what is known of an imported VM before it is read as a resource; nothing of nil.
func ImportedAs(vm *vsphere.VirtualMachine) Attributes {
	if vm == nil {
		return Attributes{}
	}

	return Attributes{ID: types.StringValue(vm.ID)}
}

// importedID returns the id of the VM that the request names.
func (m *Machines) importedID(ctx context.Context, req resource.ImportStateRequest, vcenter string) (string, diag.Diagnostics) {
	if req.ID == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		var identity identityModel
		diags := req.Identity.Get(ctx, &identity)
		if stated := identity.VCenterUUID.ValueString(); !diags.HasError() && !strings.EqualFold(stated, vcenter) {
			diags.Append(OtherVCenter("VM", "VM", "VM", stated, vcenter))
		}

		return identity.VMID.ValueString(), diags
	}
	if !IsPath(req.ID) {
		return CheckID(req.ID, "VM", "web")
	}
	found, diags := FindByPath(ctx, m.Client, req.ID)
	if diags.HasError() {
		return "", diags
	}

	return OnlyOne(found, req.ID)
}

// CheckID returns an import id that is the managed object id of a VM. what is the VM in words, and example is the name of one.
func CheckID(id, what, example string) (string, diag.Diagnostics) {
	if vmIDForm.MatchString(id) {
		return id, nil
	}

	return "", diag.Diagnostics{tfdiag.Conflict(path.Empty(), fmt.Sprintf("Cannot import %q", id),
		fmt.Sprintf("Give the managed object id of the %s, such as \"vm-42\", or its inventory path, such as \"/DC0/vm/%s\"", what, example))}
}

// IsPath reports whether an import id is an inventory path.
func IsPath(id string) bool { return strings.HasPrefix(id, "/") }

// Finder finds objects by their inventory path; [vsphere.Client] is one.
type Finder interface {
	FindObjects(ctx context.Context, kind vsphere.ObjectType, path string) ([]vsphere.Object, error)
	Near(ctx context.Context, kind vsphere.ObjectType, path string) (vsphere.Nearby, error)
}

// FindByPath returns the VMs at an inventory path, for [OnlyOne]. There being none is an error, which tells what may have been meant.
func FindByPath(ctx context.Context, finder Finder, inventoryPath string) ([]vsphere.Object, diag.Diagnostics) {
	found, err := finder.FindObjects(ctx, vsphere.TypeVirtualMachine, inventoryPath)
	if err != nil && !apierr.Is(err, apierr.NotFound) {
		op := tfdiag.Operation{Action: fmt.Sprintf("look up the virtual machine with the path %q", inventoryPath), Platform: tfdiag.VSphere}

		return nil, diag.Diagnostics{tfdiag.FromError(op, err)}
	}
	if len(found) == 0 {
		near, err := finder.Near(ctx, vsphere.TypeVirtualMachine, inventoryPath)
		hint := Nearby(near, err, func(vsphere.ObjectType) string { return "" })

		return nil, diag.Diagnostics{tfdiag.NothingAt(tfdiag.VSphere, virtualMachine, withPath(inventoryPath), inventoryPath, hint)}
	}

	return found, nil
}

const virtualMachine = "virtual machine"

func withPath(inventoryPath string) string { return fmt.Sprintf("the path %q", inventoryPath) }

// OnlyOne returns the id of the one VM that was found at an inventory path.
func OnlyOne(found []vsphere.Object, inventoryPath string) (string, diag.Diagnostics) {
	switch len(found) {
	case 0:
		return "", diag.Diagnostics{tfdiag.NothingToImport(tfdiag.VSphere, virtualMachine, withPath(inventoryPath))}
	case 1:
		return found[0].ID, nil
	default:
		return "", diag.Diagnostics{tfdiag.SeveralToImport(virtualMachine, withPath(inventoryPath), Candidates(found))}
	}
}
