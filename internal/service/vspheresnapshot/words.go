package vspheresnapshot

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// The arguments that bound the operations, for texts about deadlines.
var (
	createTimeout = path.Root("timeouts").AtName("create")
	readTimeout   = path.Root("timeouts").AtName("read")
	updateTimeout = path.Root("timeouts").AtName("update")
	deleteTimeout = path.Root("timeouts").AtName("delete")
)

// The privileges that the operations need on the VM.
const (
	privilegeCreate = "VirtualMachine.State.CreateSnapshot"
	privilegeRename = "VirtualMachine.State.RenameSnapshot"
	privilegeRemove = "VirtualMachine.State.RemoveSnapshot"
)

// inWords names the snapshot for texts.
func (m *model) inWords() string {
	vm := m.VMID.ValueString()
	if m.Name.ValueString() == "" {
		return fmt.Sprintf("snapshot %s of %s", m.ID.ValueString(), vm)
	}

	return fmt.Sprintf("snapshot %q of %s", m.Name.ValueString(), vm)
}

// creation describes the snapshot for the texts of its life cycle.
func (m *model) creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Platform:         tfdiag.VSphere,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: createTimeout,
	}
	if id := m.PendingTaskID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// operation describes one step for the text of its failure: action is "take", "rename", …; timeout is the argument that
// bounds it.
func (m *model) operation(action string, timeout path.Path) tfdiag.Operation {
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
func (m *model) attributes() map[string]path.Path {
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

// connecting describes the connection for the text of its failure.
func connecting() tfdiag.Operation {
	return tfdiag.Operation{Action: "connect to vCenter", Platform: tfdiag.VSphere}
}

// withMissingPrivileges adds to a denied call's error which privilege the user lacks, where the error does not tell and
// vCenter does.
func (r *snapshotResource) withMissingPrivileges(ctx context.Context, vmID, privilege string, err error) error {
	denied, ok := errors.AsType[*apierr.Error](err)
	if !ok || denied.Kind != apierr.Denied || len(denied.MissingPrivileges) > 0 {
		return err
	}
	missing, askErr := r.client.MissingPrivileges(ctx, vmID, privilege)
	if askErr != nil || len(missing) == 0 {
		return err
	}
	explained := *denied
	explained.MissingPrivileges = missing

	return explained.Wrap(err)
}
