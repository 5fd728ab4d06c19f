package vm

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// waitForGuestIP is the argument that bounds the wait for an address, for texts about deadlines.
var waitForGuestIP = path.Root("wait_for_guest_ip")

// InWords names the VM for diagnostics.
func (a Attributes) InWords() string {
	if a.Name.ValueString() == "" {
		return "VM " + a.ID.ValueString()
	}

	return fmt.Sprintf("VM %q", a.Name.ValueString())
}

// CreationOf describes the VM for diagnostics about its life.
func (a Attributes) CreationOf(resourceType string) tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     resourceType,
		Object:           a.InWords(),
		Source:           a.SourceVMID.ValueString(),
		Platform:         tfdiag.VSphere,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: lifecycle.CreateTimeout,
	}
	if id := a.PendingTaskID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// OperationOf describes an operation for the diagnostic of its failure: action is "rename", for one; timeout is the argument that bounds
// it; attributes finds the argument that an error is about.
func (a Attributes) OperationOf(action string, timeout path.Path, attributes map[string]path.Path) tfdiag.Operation {
	return tfdiag.Operation{
		Action:           fmt.Sprintf("%s %s", action, a.InWords()),
		Platform:         tfdiag.VSphere,
		Attributes:       attributes,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: timeout,
	}
}

// CreateOperationOf describes the creation of the VM for the diagnostic of its failure: action is "clone", for one.
func (a Attributes) CreateOperationOf(action string, attributes map[string]path.Path) tfdiag.Operation {
	op := a.OperationOf(action, lifecycle.CreateTimeout, attributes)
	op.Action = fmt.Sprintf("%s %s from %s", action, a.InWords(), a.SourceVMID.ValueString())

	return op
}

// Existing finds the VM that has a new VM's name already, and where it comes from; without a folder it is looked for in the
// source's. What can't be found out is left out: this makes an error's text better, and never worse.
func (m *Machines) Existing(ctx context.Context, sourceID, folderID, name string) (tfdiag.Existing, bool) {
	if folderID == "" {
		source, err := m.Client.VirtualMachine(ctx, sourceID)
		if err != nil {
			return tfdiag.Existing{}, false
		}
		folderID = source.Placement.FolderID
	}
	named, err := m.Client.NamedIn(ctx, folderID, name)
	if err != nil || len(named) == 0 {
		return tfdiag.Existing{}, false
	}

	return m.origin(ctx, named[0], true), true
}

// origin tells which user created a VM and when, as far as vCenter remembers, and whether a resource is known to have it. For unseen see
// [lifecycle.Planned].
func (m *Machines) origin(ctx context.Context, vm vsphere.Object, unseen bool) tfdiag.Existing {
	existing := tfdiag.Existing{
		ID: vm.ID, Path: vm.Path, Kind: kindOf(vm),
		Managed: m.Shared.Registry.Has(vm.ID), Unseen: unseen, BlocksLater: m.Shared.Process.BlocksLater(),
	}
	if vm.Type != vsphere.TypeVirtualMachine {
		return existing
	}
	if origin, err := m.Client.Origin(ctx, vm.ID); err == nil {
		existing.CreatedBy, existing.CreatedAt, existing.SourceID = origin.User, origin.CreatedAt, origin.SourceID
	}

	return existing
}

// kindOf says in words what has a name that a VM is to get; empty where it is a VM itself, which a resource may have.
func kindOf(object vsphere.Object) string {
	switch {
	case object.Type == vsphere.TypeFolder:
		return "folder"
	case object.Type == vsphere.TypeVApp:
		return "vApp"
	case object.Template:
		return "template"
	default:
		return ""
	}
}

// PrivilegeAsker tells which privileges the user lacks; [vsphere.Client] is one.
type PrivilegeAsker interface {
	MissingPrivileges(ctx context.Context, vmID string, privileges ...string) ([]apierr.MissingPrivilege, error)
}

// ExplainDenied adds to the error of a denied operation which of the privileges the user lacks on the VM, where vCenter tells.
func ExplainDenied(ctx context.Context, asker PrivilegeAsker, err error, vmID string, privileges ...string) error {
	if !Denied(err) {
		return err
	}
	missing, askErr := asker.MissingPrivileges(ctx, vmID, privileges...)
	if askErr != nil {
		return err
	}

	return WithMissing(err, missing)
}

// Denied reports whether err is a refusal that does not tell which privileges the user lacks.
func Denied(err error) bool {
	denied, ok := errors.AsType[*apierr.Error](err)

	return ok && denied.Kind == apierr.Denied && len(denied.MissingPrivileges) == 0
}

// WithMissing returns the error of a denied operation with the privileges that the user lacks.
func WithMissing(err error, missing []apierr.MissingPrivilege) error {
	denied, ok := errors.AsType[*apierr.Error](err)
	if !ok || len(missing) == 0 {
		return err
	}
	explained := *denied
	explained.MissingPrivileges = missing

	return explained.Wrap(err)
}
