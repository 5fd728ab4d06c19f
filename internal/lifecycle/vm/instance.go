package vm

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// A VM's identity is its instance UUID. Its managed object id changes when the VM is registered once more, and may name another VM
// after vCenter was restored from a backup.

// Instances finds VMs by what identifies them; [vsphere.Client] does.
type Instances interface {
	VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error)
	VMWithInstanceUUID(ctx context.Context, uuid string) (string, error)
}

// Known is a VM as a state knows it.
type Known struct {
	Object       string // in words: `VM "web"`, `snapshot "before" of vm-42`
	ID           string
	InstanceUUID string // empty where the state does not tell: then the id alone identifies the VM
}

// identityError is the failure to find the VM of a state where the state says it is.
type identityError struct{ diagnostic diag.Diagnostic }

// Error returns the summary of the diagnostic.
func (e *identityError) Error() string { return e.diagnostic.Summary() }

// IdentityDiagnostic returns the diagnostic of an error that says that a VM is another one, or can't be told from others.
func IdentityDiagnostic(err error) (diag.Diagnostic, bool) {
	failure, ok := errors.AsType[*identityError](err)
	if !ok {
		return nil, false
	}

	return failure.diagnostic, true
}

// Follow returns the VM of a state as read reads it: the VM with the state's id, or, where that is gone or names another VM, the VM with
// the state's instance UUID. A VM without a configuration that can't be found otherwise is returned as it is: nothing is
// known of it. The error is of kind [apierr.NotFound] where the VM is gone, with a warning where its id names another VM now.
func Follow(
	ctx context.Context, instances Instances, known Known, read func(ctx context.Context, id string) (*vsphere.VirtualMachine, error),
) (*vsphere.VirtualMachine, diag.Diagnostics, error) {
	found, err := read(ctx, known.ID)
	if err != nil && !apierr.Is(err, apierr.NotFound) || err == nil && known.is(found) {
		return found, nil, err
	}
	if known.InstanceUUID == "" {
		return found, nil, err
	}
	id, findErr := instances.VMWithInstanceUUID(ctx, known.InstanceUUID)
	switch {
	case findErr != nil:
		return nil, nil, findErr
	case id != "":
		moved, err := read(ctx, id)

		return moved, nil, err
	case err != nil || found.NoConfig:
		return found, nil, err
	default:
		return nil, diag.Diagnostics{tfdiag.DroppedForAnother(known.Object, known.ID, otherInWords(found))}, gone(known)
	}
}

// is reports whether the VM is the known one, as far as its configuration tells.
func (k Known) is(found *vsphere.VirtualMachine) bool {
	return !found.NoConfig && (k.InstanceUUID == "" || found.InstanceUUID == k.InstanceUUID)
}

// gone is the error of a VM that is found neither by its id nor by its instance UUID.
func gone(known Known) error {
	return &apierr.Error{Kind: apierr.NotFound, Object: known.ID, Messages: []string{
		fmt.Sprintf("no VM has the instance UUID %s any more", known.InstanceUUID),
	}}
}

// Confirm returns the VM of a state just before a change. A VM that its id does not name any more is looked for by its instance UUID, and
// may have another id. It is an error that the id names another VM, or one that can't be compared; see [IdentityDiagnostic]. The error
// is of kind [apierr.NotFound] where the VM is gone.
func Confirm(ctx context.Context, instances Instances, known Known) (*vsphere.VirtualMachine, error) {
	found, err := instances.VirtualMachine(ctx, known.ID)
	switch {
	case apierr.Is(err, apierr.NotFound) && known.InstanceUUID != "":
		id, findErr := instances.VMWithInstanceUUID(ctx, known.InstanceUUID)
		if findErr != nil {
			return nil, findErr
		}
		if id == "" {
			return nil, err
		}

		return Confirm(ctx, instances, Known{Object: known.Object, ID: id})
	case err != nil:
		return nil, err
	case found.NoConfig:
		return nil, &identityError{tfdiag.NotIdentified(known.Object, known.ID, found.ConnectionState)}
	case !known.is(found):
		now, findErr := instances.VMWithInstanceUUID(ctx, known.InstanceUUID)
		if findErr != nil {
			return nil, findErr
		}

		return nil, &identityError{tfdiag.NamesAnother(known.Object, known.ID, otherInWords(found), now)}
	default:
		return found, nil
	}
}

// otherInWords names a VM that is not the state's.
func otherInWords(found *vsphere.VirtualMachine) string { return fmt.Sprintf("VM %q", found.Name) }
