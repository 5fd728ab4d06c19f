package vspheresnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// AfterCreate implements [lifecycle.Adapter]: it clears a default description that the configuration does not ask for.
func (a *adapter) AfterCreate(plan model, made string, state model) []lifecycle.Step[model] {
	if !renames(state, plan) {
		return nil
	}

	return []lifecycle.Step[model]{{
		Action: "give it its name and description",
		Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
			return state, nil, a.rename(ctx, made, plan, state)
		},
	}}
}

// Steps implements [lifecycle.Adapter]: name and description change in one call. Arguments that apply at creation or at the end only
// are just written into state.
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	if !renames(change.State, change.Plan) {
		return nil
	}

	return []lifecycle.Step[model]{{
		Action: "rename", Told: true,
		Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
			err := a.rename(ctx, state.ObjectID(), change.Plan, state)

			return state, nil, vm.ExplainDenied(ctx, a.client, err, state.VMID.ValueString(), privilegeRename)
		},
	}}
}

// renames reports whether the plan has another name or description than the state.
func renames(state, plan model) bool {
	return lifecycle.Changed(state.Name, plan.Name) || lifecycle.Changed(state.Description, plan.Description)
}

// rename gives the snapshot the planned name and description, or the description that it has where none is planned. It tries again
// while the snapshot is busy, and sends a request whose answer was lost once more, which does no harm.
func (a *adapter) rename(ctx context.Context, id string, plan, state model) error {
	description := state.Description.ValueString()
	if !plan.Description.IsNull() && !plan.Description.IsUnknown() {
		description = plan.Description.ValueString()
	}

	return lifecycle.Again(ctx, &lifecycle.BusyOrLostOnce{}, func(ctx context.Context) error {
		return a.client.RenameSnapshot(ctx, id, plan.Name.ValueString(), description)
	})
}

// Salvage implements [lifecycle.Salvager]: a refused change has changed nothing, so it reads only after a lost answer.
func (a *adapter) Salvage(ctx context.Context, change lifecycle.Change[model], err error) (model, bool) {
	if !apierr.IsAnswerLost(err) {
		return change.State, false
	}
	found, _, readErr := a.Read(ctx, change.State, change.State.ObjectID())
	if readErr != nil {
		return change.State, false
	}

	return found, false
}

// removals bounds how often a snapshot is removed whose VM something else registers once more, so that it has another id.
const removals = 3

// base returns the snapshot as what disks of other VMs may stand on.
func (a *adapter) base(state model) vm.Base {
	return vm.Base{Client: a.client, Shared: a.shared, VMID: state.VMID.ValueString(), SnapshotID: state.ObjectID()}
}

// CheckDestroy implements [lifecycle.DestroyChecker].
func (a *adapter) CheckDestroy(ctx context.Context, state model, replaced bool) diag.Diagnostics {
	if state.Pending() {
		return nil
	}

	return a.base(state).CheckDestroy(ctx, state.inWords(), replaced)
}

// Remove implements [lifecycle.Adapter] by RemoveSnapshot_Task, unless disks of other VMs stand on the snapshot. A snapshot that is not found
// is removed, unless its VM was registered once more in the meantime: then it has another id.
func (a *adapter) Remove(ctx context.Context, state model) (*model, diag.Diagnostics) {
	if hanging := a.base(state).AwaitFree(ctx, state.Operation("remove", lifecycle.DeleteTimeout)); hanging.HasError() {
		return nil, hanging
	}
	for attempt := 1; ; attempt++ {
		err := a.remove(ctx, state)
		if err == nil {
			return nil, nil
		}
		if !apierr.Is(err, apierr.NotFound) || attempt == removals {
			op := state.Operation("remove", lifecycle.DeleteTimeout)
			op.Attributes = nil
			err = vm.ExplainDenied(ctx, a.client, err, state.VMID.ValueString(), privilegeRemove)

			return nil, diag.Diagnostics{tfdiag.FromError(op, err)}
		}
		now, gone, diags := a.Identify(ctx, state)
		if gone || diags.HasError() || now.VMID.Equal(state.VMID) {
			return nil, diags
		}
		state = now
	}
}

// remove removes the snapshot. It tries again while the VM is busy, and sends a request whose answer was lost once more.
func (a *adapter) remove(ctx context.Context, state model) error {
	consolidate := state.ConsolidateOnDestroy.IsNull() || state.ConsolidateOnDestroy.ValueBool()
	tasks := lifecycle.Tasks{Logger: a.logger, Slot: a.client.AcquireTaskSlot}
	_, err := lifecycle.RunTask(ctx, tasks, &lifecycle.BusyOrLostOnce{}, func(ctx context.Context) (task.Handle[struct{}], error) {
		return a.client.RemoveSnapshot(ctx, state.ObjectID(), state.RemoveChildrenOnDestroy.ValueBool(), consolidate)
	})

	return err
}
