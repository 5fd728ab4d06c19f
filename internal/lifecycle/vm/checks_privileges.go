package vm

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Privileges is a question of a plan: which privileges does the user lack for an operation?
type Privileges struct {
	Operation tfdiag.Operation
	About     string // the object that the operation works on
	// Key is the same for all objects that need the same privileges in the same place: the first of them asks, and reports for all.
	Key   string
	Asker string // what tells the object from the others of the key
	Ask   func(ctx context.Context) ([]apierr.MissingPrivilege, error)
}

// Check returns an error that names the privileges that the user lacks, so that all are named before anything is made. What is applied was asked for
// by its plan.
func (p Privileges) Check(ctx context.Context, shared *lifecycle.Shared) diag.Diagnostics {
	return p.check(ctx, shared, CheckSkipped)
}

func (p Privileges) check(ctx context.Context, shared *lifecycle.Shared, skipped func(string, error) diag.Diagnostics) diag.Diagnostics {
	if shared.Process.Applying() {
		return nil
	}
	missing, first, err := onceBy(ctx, shared, "privileges "+p.Key, p.Asker, p.Ask)
	switch {
	case err == nil && !first:
		return nil
	case apierr.Is(err, apierr.NotFound): // the checks of the objects themselves say so
		return nil
	case err != nil:
		return skipped("that the user has the privileges", err)
	case len(missing) == 0:
		return nil
	}

	return diag.Diagnostics{tfdiag.MissingPrivileges(p.Operation, p.About, missing)}
}

// MayChange is [Privileges.Check] for changes of a VM in place, which op describes.
func (c *Checks) MayChange(ctx context.Context, op tfdiag.Operation, id string, changes vsphere.Changes) diag.Diagnostics {
	if changes.Empty() {
		return nil
	}

	return c.changing(op, id, changes).check(ctx, c.Shared, c.Skipped)
}

// changing is the question for changes of a VM. VMs of one folder that need the same privileges share one, about the first of them: privileges come
// down from the folder, and 100 renames asked 43 to 75 times without that.
func (m *Machines) changing(op tfdiag.Operation, id string, changes vsphere.Changes) Privileges {
	return Privileges{
		Operation: op, About: id, Key: "in " + changes.In + ": " + changes.Asks(), Asker: id,
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
			return m.Client.MissingChangePrivileges(ctx, id, changes)
		},
	}
}

// MayCreate is [Privileges.Check] for the creation of a VM from a source. A creation is left to vCenter, which refuses it before anything is made.
func (c *Checks) MayCreate(ctx context.Context, asked Privileges) diag.Diagnostics {
	if c.Creating || asked.About == "" {
		return nil
	}

	return asked.check(ctx, c.Shared, c.Skipped)
}

// MayDestroy implements [lifecycle.DestroyAuthorizer].
func (a *Adapter[M]) MayDestroy(ctx context.Context, state M) diag.Diagnostics {
	return a.MayDestroyBy(ctx, state, Destroying(state))
}

// MayDestroyBy is MayDestroy of a VM whose destroy takes the changes.
func (a *Adapter[M]) MayDestroyBy(ctx context.Context, state M, changes vsphere.Changes) diag.Diagnostics {
	op := state.Operation("destroy", lifecycle.DeleteTimeout)
	op.Attributes = nil

	return a.changing(op, state.ObjectID(), changes).Check(ctx, a.Shared)
}

// Destroying returns what the destroy of a VM does: one that runs, or is suspended, is powered off first.
func Destroying[M Model[M]](state M) vsphere.Changes {
	off := state.Common().PowerState.ValueString() == string(vsphere.PoweredOff)

	return vsphere.Changes{In: state.Parts().FolderID.ValueString(), Destroy: true, PowerOff: !off}
}

// ChangesOf returns what a change does to the VM, but for its configuration.
func ChangesOf[M Model[M]](change lifecycle.Change[M]) vsphere.Changes {
	changes := vsphere.Changes{
		Rename: lifecycle.Changed(change.State.Common().Name, change.Plan.Common().Name), In: change.State.Parts().FolderID.ValueString(),
		PowerOn: PowersOn(change), PowerOff: PowersOff(change), Runs: Runs(change),
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
