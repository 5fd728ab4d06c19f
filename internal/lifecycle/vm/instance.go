package vm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// A VM's identity is its instance UUID. Its managed object id changes when the VM is registered once more, and may name another VM
// after vCenter was restored from a backup.

// Instances finds VMs by what identifies them; [vsphere.Client] does.
type Instances interface {
	VMWithInstanceUUID(ctx context.Context, uuid string) (string, error)
	VMsWithoutConfig(ctx context.Context) ([]*vsphere.VirtualMachine, error)
}

// Look reads a VM by its id: at least its name, its instance UUID, and whether its configuration can be read.
type Look func(ctx context.Context, id string) (*vsphere.VirtualMachine, error)

// seenVM is an answer about a VM that says which one it is about.
type seenVM interface {
	VM() *vsphere.VirtualMachine
}

// Reading returns a look by what read tells of a VM, and keeps its last answer in last.
func Reading[T seenVM](last *T, read func(ctx context.Context, id string) (T, error)) Look {
	return func(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
		answer, err := read(ctx, id)
		if err != nil {
			return nil, err
		}
		*last = answer

		return answer.VM(), nil
	}
}

// Known is a VM as a state knows it.
type Known struct {
	Object       string // in words: `VM "web"`, `snapshot "before" of vm-42`
	ID           string
	InstanceUUID string // empty where the state does not tell: then the id alone identifies the VM
	Name         string // of the VM; empty where the state does not tell
	Certain      bool   // a VM that is not found is gone: something else tells of those without a configuration
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
// the state's instance UUID. A VM without a configuration that is the state's, or may be it, is returned as it is: nothing is known of it.
// The error is of kind [apierr.NotFound] where the VM is gone, with a warning where its id names another VM now.
func Follow(ctx context.Context, instances Instances, known Known, read Look) (
	*vsphere.VirtualMachine, diag.Diagnostics, error,
) {
	found, err := read(ctx, known.ID)
	if err != nil && !apierr.Is(err, apierr.NotFound) || err == nil && known.is(found) {
		return found, nil, err
	}
	if known.InstanceUUID == "" {
		return found, nil, err
	}
	moved, movedErr := known.elsewhere(ctx, instances, read, err != nil || !found.NoConfig)
	switch {
	case !apierr.Is(movedErr, apierr.NotFound):
		return moved, nil, movedErr
	case err != nil || found.NoConfig:
		return found, nil, err
	default:
		return nil, diag.Diagnostics{tfdiag.DroppedForAnother(known.Object, known.ID, otherInWords(found))}, movedErr
	}
}

// elsewhere returns the VM that has the state's instance UUID, under whatever id; where there is none and doubt is asked for, one without
// a configuration that may be it. The error is of kind [apierr.NotFound] where there is neither.
func (k Known) elsewhere(ctx context.Context, instances Instances, read Look, doubt bool) (*vsphere.VirtualMachine, error) {
	for range searches {
		id, err := instances.VMWithInstanceUUID(ctx, k.InstanceUUID)
		if err != nil {
			return nil, err
		}
		if id == "" {
			return k.hidden(ctx, instances, doubt)
		}
		found, err := read(ctx, id)
		if err == nil && (found.NoConfig || k.is(found)) {
			return found, nil
		}
		if err != nil && !apierr.Is(err, apierr.NotFound) {
			return nil, err
		}
	}

	return nil, &apierr.Error{Kind: apierr.Unavailable, Object: k.ID, Messages: []string{
		fmt.Sprintf("the VM with the instance UUID %s has another id each time that it is read", k.InstanceUUID),
	}}
}

// searches bounds how often a VM is looked for that gets another id in the meantime.
const searches = 3

// hidden returns a VM without a configuration that may be the known one: of its name, or with the path of a file in the place of one, as
// vCenter calls a VM that it never could read. Where the name is not known, it is any VM that is not early in its creation.
func (k Known) hidden(ctx context.Context, instances Instances, doubt bool) (*vsphere.VirtualMachine, error) {
	if doubt && !k.Certain {
		all, err := instances.VMsWithoutConfig(ctx)
		if err != nil {
			return nil, err
		}
		for _, candidate := range all {
			if k.mayBe(candidate) {
				return candidate, nil
			}
		}
	}

	return nil, gone(k)
}

func (k Known) mayBe(candidate *vsphere.VirtualMachine) bool {
	if k.Name == "" {
		return candidate.ConnectionState != connected
	}

	return candidate.Name == k.Name || strings.HasPrefix(candidate.Name, "/") && strings.HasSuffix(candidate.Name, ".vmx")
}

// connected is the connection state of a VM that vCenter can work on.
const connected = "connected"

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
// may have another id. It is an error that the id names another VM, or that the VM can't be told from others; see [IdentityDiagnostic].
// The error is of kind [apierr.NotFound] where the VM is gone.
func Confirm(ctx context.Context, instances Instances, known Known, read Look) (*vsphere.VirtualMachine, error) {
	found, err := read(ctx, known.ID)
	if apierr.Is(err, apierr.NotFound) && known.InstanceUUID != "" {
		found, err = known.elsewhere(ctx, instances, read, true)
	}
	switch {
	case err != nil:
		return nil, err
	case found.NoConfig:
		return nil, &identityError{tfdiag.NotIdentified(known.Object, known.ID, found.ID, found.ConnectionState)}
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

// Unread is the error of a VM whose configuration is needed and can't be read.
func Unread(id, connectionState string) error {
	return &apierr.Error{Kind: apierr.Unavailable, Object: id, Messages: []string{
		fmt.Sprintf("vCenter can't read the configuration of %s, which is %s", id, connectionState),
	}}
}

// KeptUnread keeps the state of an object whose VM has no configuration at present, with a warning; known is that VM. A state that is not
// complete can't be kept: it is an error.
func KeptUnread(known Known, found *vsphere.VirtualMachine, complete bool) (diag.Diagnostics, error) {
	if !complete {
		return nil, Unread(found.ID, found.ConnectionState)
	}

	return diag.Diagnostics{tfdiag.KeptUnread(known.Object, known.ID, found.ID, found.ConnectionState)}, nil
}

// MachineReader reads a VM and finds it by its instance UUID; [vsphere.Client] is one.
type MachineReader interface {
	Instances
	VirtualMachine(ctx context.Context, id string) (*vsphere.VirtualMachine, error)
}

// Aliased returns the id to plan for an argument that names a VM by its id: the id in state where the argument's id is another one of
// the same VM, by its instance UUID or as one of the former ids that a refresh has replaced. So that never replaces what belongs to
// the VM. known is the VM in state; at is the argument.
func Aliased(
	ctx context.Context, machines MachineReader, known Known, wanted string, former []string, at path.Path,
) (string, diag.Diagnostics) {
	if wanted == "" || wanted == known.ID || known.InstanceUUID == "" {
		return wanted, nil
	}
	found, err := machines.VirtualMachine(ctx, wanted)
	outdated := slices.Contains(former, wanted)
	switch {
	case apierr.Is(err, apierr.NotFound) && outdated:
		return known.ID, diag.Diagnostics{tfdiag.FormerID(at, known.Object, wanted, known.ID)}
	case apierr.Is(err, apierr.NotFound):
		return wanted, nil // the plan check says so
	case err != nil:
		return wanted, diag.Diagnostics{tfdiag.FromError(tfdiag.Operation{
			Action: "read VM " + wanted, Platform: tfdiag.VSphere, Attributes: map[string]path.Path{wanted: at},
		}, err)}
	case found.NoConfig:
		return wanted, diag.Diagnostics{tfdiag.NotIdentified(known.Object, wanted, wanted, found.ConnectionState)}
	case found.InstanceUUID == known.InstanceUUID:
		return known.ID, nil
	case outdated:
		return wanted, diag.Diagnostics{tfdiag.FormerIDOfAnother(at, known.Object, wanted, otherInWords(found), known.ID)}
	default:
		return wanted, nil
	}
}
