package vspheresnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Update gives the snapshot its name and description, in one call. A pending snapshot is adopted first. The arguments
// that only count at the end, or only counted at the beginning, are written down.
func (r *snapshotResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultUpdateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, &state)...)

	if state.pending() {
		if !r.adopt(bounded, &state, resp) {
			return
		}
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, &state)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}

	final, diags := r.change(bounded, plan, state)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(lifecycle.ForgetImported(ctx, resp.Private)...)
	}
}

// adopt waits for a pending snapshot and reads it into state. Without one the old state stays, with an error: the next
// refresh drops what is proved not to exist.
func (r *snapshotResource) adopt(ctx context.Context, state *model, resp *resource.UpdateResponse) bool {
	words := state.creation()
	words.TimeoutAttribute = updateTimeout
	found := r.resolve(ctx, resp.Private, state, true)
	switch found.Kind {
	case lifecycle.Resolved:
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(words.PendingFailed(found.Err))

		return false
	default:
		resp.Diagnostics.Append(words.PendingUnfinished(found.Err))

		return false
	}

	snapshot, err := r.read(ctx, state.VMID.ValueString(), found.Result)
	if err != nil {
		resp.Diagnostics.Append(words.PendingUnfinished(err))

		return false
	}
	*state = state.observed(snapshot)
	resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

	return !resp.Diagnostics.HasError()
}

// change brings the snapshot to where the plan wants it, and returns the state to save.
func (r *snapshotResource) change(ctx context.Context, plan, state model) (model, diag.Diagnostics) {
	if lifecycle.Changed(state.Name, plan.Name) || lifecycle.Changed(state.Description, plan.Description) {
		err := r.rename(ctx, state.ID.ValueString(), &plan, state.Description.ValueString())
		if err != nil {
			return r.unchanged(ctx, state, err), r.notRenamed(ctx, &plan, &state, err)
		}
	}
	if plan.complete() {
		return plan, nil
	}
	snapshot, err := r.readNow(ctx, state.VMID.ValueString(), state.ID.ValueString())
	if err != nil {
		return state, diag.Diagnostics{tfdiag.FromError(plan.operation("read", updateTimeout), err)}
	}

	return plan.observed(snapshot).keeping(plan), nil
}

// notRenamed words why a snapshot has not got its name and description.
func (r *snapshotResource) notRenamed(ctx context.Context, plan, state *model, err error) diag.Diagnostics {
	op := plan.operation("rename", updateTimeout)
	op.Action = "rename " + state.inWords()
	err = r.withMissingPrivileges(ctx, state.VMID.ValueString(), privilegeRename, err)

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// unchanged returns the state after a change failed: nothing happened, unless the answer was lost.
func (r *snapshotResource) unchanged(ctx context.Context, state model, err error) model {
	if !apierr.IsAnswerLost(err) {
		return state
	}
	snapshot, readErr := r.readNow(ctx, state.VMID.ValueString(), state.ID.ValueString())
	if readErr != nil {
		return state
	}

	return state.observed(snapshot)
}

// rename gives the snapshot the planned name and description, or the description that it has where none is planned. A
// snapshot that is busy is tried again until ctx ends; a request whose answer was lost is sent once more, which does no
// harm.
func (r *snapshotResource) rename(ctx context.Context, id string, plan *model, description string) error {
	if !plan.Description.IsNull() && !plan.Description.IsUnknown() {
		description = plan.Description.ValueString()
	}

	return lifecycle.Again(ctx, lifecycle.BusyOrLostOnce(), func(ctx context.Context) error {
		return r.client.RenameSnapshot(ctx, id, plan.Name.ValueString(), description)
	})
}
