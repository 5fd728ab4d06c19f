package vspheresnapshot

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// The privileges that the operations need on the VM.
const (
	privilegeCreate = "VirtualMachine.State.CreateSnapshot"
	privilegeRename = "VirtualMachine.State.RenameSnapshot"
	privilegeRemove = "VirtualMachine.State.RemoveSnapshot"
)

// inWords names the snapshot for diagnostics.
func (m model) inWords() string {
	vmID := m.VMID.ValueString()
	if m.Name.ValueString() == "" {
		return fmt.Sprintf("snapshot %s of %s", m.ID.ValueString(), vmID)
	}

	return fmt.Sprintf("snapshot %q of %s", m.Name.ValueString(), vmID)
}

// Creation describes the snapshot for diagnostics about its life.
func (m model) Creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Platform:         tfdiag.VSphere,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: lifecycle.CreateTimeout,
	}
	if id := m.PendingTaskID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// Operation describes an operation for the diagnostic of its failure: action is "rename", for one.
func (m model) Operation(action string, timeout path.Path) tfdiag.Operation {
	return tfdiag.Operation{
		Action:           action + " " + m.inWords(),
		Platform:         tfdiag.VSphere,
		Attributes:       m.attributes(),
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: timeout,
	}
}

// attributes finds the attribute that an error is about: by the ids in the configuration, and by the names of the
// request's parameters.
func (m model) attributes() map[string]path.Path {
	quiesce := path.Root("quiesce")
	windows := quiesce.AtName("windows")
	found := map[string]path.Path{
		"name":                               path.Root("name"),
		"description":                        path.Root("description"),
		"memory":                             path.Root("memory"),
		"quiesceSpec":                        quiesce,
		"quiesceSpec.timeout":                quiesce.AtName("timeout_minutes"),
		"quiesceSpec.vssBackupType":          windows.AtName("vss_backup_type"),
		"quiesceSpec.vssBootableSystemState": windows.AtName("vss_bootable_system_state"),
		"quiesceSpec.vssPartialFileSupport":  windows.AtName("vss_partial_file_support"),
		"quiesceSpec.vssBackupContext":       windows.AtName("vss_backup_context"),
	}
	if id := m.VMID.ValueString(); id != "" {
		found[id] = path.Root("vm_id")
	}

	return found
}

// Refused implements [lifecycle.Adapter]: it adds the privilege that a denied user lacks.
func (a *adapter) Refused(ctx context.Context, plan model, err error) diag.Diagnostics {
	vmID := plan.VMID.ValueString()
	op := plan.Operation("take", lifecycle.CreateTimeout)
	switch { // every error names the VM; these are about it, or about its guest
	case quiesceFailed(err):
		op.Attributes[vmID] = path.Root("quiesce")
	case !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied, apierr.Unsupported):
		delete(op.Attributes, vmID)
	}

	return diag.Diagnostics{tfdiag.FromError(op, vm.ExplainDenied(ctx, a.client, err, vmID, privilegeCreate))}
}

// quiesceFailed reports whether VMware Tools could not quiesce the guest.
func quiesceFailed(err error) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && (failure.Code == "FilesystemQuiesceFault" || failure.Code == "ApplicationQuiesceFault")
}
