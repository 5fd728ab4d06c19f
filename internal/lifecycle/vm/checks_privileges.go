package vm

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// MayChange returns an error where the user lacks privileges that changes of a VM in place need: they are all named before anything is made. op
// describes the changes. VMs of one folder that need the same privileges share one question, about the first of them, which reports: privileges
// come down from the folder, and 100 renames asked 43 to 75 times without that. What is applied was asked for by its plan.
func (c *Checks) MayChange(ctx context.Context, op tfdiag.Operation, id, folderID string, changes vsphere.Changes) diag.Diagnostics {
	if changes.Empty() || c.Shared.Process.Applying() {
		return nil
	}

	return c.may(ctx, op, "privileges in "+folderID+": "+changes.Asks(), id, id, func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
		return c.Client.MissingChangePrivileges(ctx, id, changes)
	})
}

// MayCreate is [Checks.MayChange] for the creation of a VM from the source with the id. Machines that need the same privileges share one question
// under the key, and the first of them, by asker, reports. A creation is left to vCenter, which refuses it before anything is made.
func (c *Checks) MayCreate(
	ctx context.Context, op tfdiag.Operation, key, asker, sourceID string, ask func(ctx context.Context) ([]apierr.MissingPrivilege, error),
) diag.Diagnostics {
	if c.Creating || sourceID == "" {
		return nil
	}

	return c.may(ctx, op, "privileges of "+key, asker, sourceID, ask)
}

// may names the privileges that the user lacks for an operation on the object with the id: to the first, by asker, of all that ask under the key.
func (c *Checks) may(
	ctx context.Context, op tfdiag.Operation, key, asker, id string, ask func(ctx context.Context) ([]apierr.MissingPrivilege, error),
) diag.Diagnostics {
	missing, first, err := onceBy(ctx, c.Shared, key, asker, ask)
	switch {
	case err == nil && !first:
		return nil
	case apierr.Is(err, apierr.NotFound): // the checks of the objects themselves say so
		return nil
	case err != nil:
		return c.Skipped("that the user has the privileges", err)
	case len(missing) == 0:
		return nil
	}

	return diag.Diagnostics{tfdiag.FromError(op, &apierr.Error{Kind: apierr.Denied, Object: id, MissingPrivileges: missing})}
}

// ChangesOf returns what a change does to the VM, but for its configuration.
func ChangesOf[M Model[M]](change lifecycle.Change[M]) vsphere.Changes {
	changes := vsphere.Changes{
		Rename: lifecycle.Changed(change.State.Common().Name, change.Plan.Common().Name), PowerOn: PowersOn(change), PowerOff: PowersOff(change),
		Runs: Runs(change),
	}
	spec, relocates := Relocation(change)
	if relocates {
		changes.Relocation = &spec
	}
	if folder := change.Plan.Parts().FolderID; lifecycle.Changed(change.State.Parts().FolderID, folder) && spec.FolderID == "" {
		changes.FolderID = folder.ValueString()
	}

	return changes
}

// askedBy is an answer, and the machine for which it was asked for.
type askedBy[V any] struct {
	asker string
	value V
}

// onceBy is [lifecycle.Once] for a question that many machines have in common and that the first of them reports the answer to: first tells
// whether the asker is that one.
func onceBy[V any](
	ctx context.Context, shared *lifecycle.Shared, key, asker string, ask func(ctx context.Context) (V, error),
) (value V, first bool, err error) {
	answer, err := lifecycle.Once(ctx, shared, key, func(ctx context.Context) (askedBy[V], error) {
		value, err := ask(ctx)

		return askedBy[V]{asker, value}, err
	})

	return answer.value, answer.asker == asker, err
}
