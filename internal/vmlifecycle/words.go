package vmlifecycle

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// waitForGuestIP is the argument that bounds the wait for an address, for texts about deadlines.
var waitForGuestIP = path.Root("wait_for_guest_ip")

// InWords names the VM for texts.
func (a Attributes) InWords() string {
	if a.Name.ValueString() == "" {
		return "VM " + a.ID.ValueString()
	}

	return fmt.Sprintf("VM %q", a.Name.ValueString())
}

// CreationOf describes the VM for the texts of its life.
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

// OperationOf describes one step for the text of its failure: action is "rename", …; attributes finds the attribute that an
// error is about.
func (a Attributes) OperationOf(action string, attributes map[string]path.Path) tfdiag.Operation {
	return tfdiag.Operation{
		Action:           fmt.Sprintf("%s %s", action, a.InWords()),
		Platform:         tfdiag.VSphere,
		Attributes:       attributes,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: lifecycle.UpdateTimeout,
	}
}

// MakingOf describes the making of the VM for the text of its failure: action is "clone", for one.
func (a Attributes) MakingOf(action string, attributes map[string]path.Path) tfdiag.Operation {
	op := a.OperationOf(action, attributes)
	op.Action = fmt.Sprintf("%s %s from %s", action, a.InWords(), a.SourceVMID.ValueString())
	op.TimeoutAttribute = lifecycle.CreateTimeout

	return op
}

// connecting describes the step before all others.
func connecting() tfdiag.Operation {
	return tfdiag.Operation{Action: "connect to vCenter", Platform: tfdiag.VSphere}
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
	named, err := m.Client.VMsNamed(ctx, folderID, name)
	if err != nil || len(named) == 0 {
		return tfdiag.Existing{}, false
	}

	return m.origin(ctx, named[0]), true
}

// origin says who made a VM and when, as far as vCenter remembers, and whether a resource is known to have it.
func (m *Machines) origin(ctx context.Context, vm vsphere.Object) tfdiag.Existing {
	existing := tfdiag.Existing{ID: vm.ID, Path: vm.Path, Managed: m.Session.claims.Has(vm.ID)}
	if origin, err := m.Client.Origin(ctx, vm.ID); err == nil {
		existing.CreatedBy, existing.CreatedAt, existing.SourceID = origin.User, origin.CreatedAt, origin.SourceID
	}

	return existing
}

// WithMissingPrivileges adds to a denied making's error which privileges the user lacks, where ask tells.
func WithMissingPrivileges(err error, ask func() ([]apierr.MissingPrivilege, error)) error {
	var denied *apierr.Error
	if !errors.As(err, &denied) || denied.Kind != apierr.Denied || len(denied.MissingPrivileges) > 0 {
		return err
	}
	missing, askErr := ask()
	if askErr != nil || len(missing) == 0 {
		return err
	}
	explained := *denied
	explained.MissingPrivileges = missing

	return explained.Wrap(err)
}
