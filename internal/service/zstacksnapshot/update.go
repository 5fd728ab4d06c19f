package zstacksnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Update gives the group its name and description, in one call. A pending group is adopted first. The arguments that only
// counted at the beginning are written down.
func (r *snapshotResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeouts.Update)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.Apply()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID)...)
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()

	if state.pending() {
		adopted, problem := r.adopt(bounded, state)
		if problem != nil {
			resp.Diagnostics.Append(problem)

			return
		}
		state = adopted
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}

	final, diags := r.change(bounded, plan, state)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(lifecycle.ForgetImported(ctx, resp.Private)...)
	}
}

// adopt waits for a pending group and returns the state that has it. Without one the old state stays, with an error: the next
// refresh drops what is proved not to exist.
func (r *snapshotResource) adopt(ctx context.Context, state model) (model, diag.Diagnostic) {
	words := state.creation()
	words.TimeoutAttribute = lifecycle.UpdateTimeout
	known := r.resolve(ctx, &state, true)
	switch known.Kind {
	case lifecycle.Resolved:
		return state.observed(&known.Result), nil
	case lifecycle.ResolvedNothing:
		return state, words.PendingFailed(known.Err)
	default:
		return state, words.PendingUnfinished(known.Err)
	}
}

// change brings the group to where the plan wants it, and returns the state to save.
func (r *snapshotResource) change(ctx context.Context, plan, state model) (model, diag.Diagnostics) {
	if lifecycle.Changed(state.Name, plan.Name) || lifecycle.Changed(state.Description, plan.Description) {
		if err := r.rename(ctx, &plan, &state); err != nil {
			reached := r.reached(ctx, state)
			if !lifecycle.Changed(reached.Name, plan.Name) && !lifecycle.Changed(reached.Description, plan.Description) {
				return reached.with(plan).keeping(plan), nil // it was done all the same
			}
			op := plan.operation("rename", lifecycle.UpdateTimeout)
			op.Action = "rename " + state.inWords()

			return reached, diag.Diagnostics{tfdiag.FromError(op, err)}
		}
	}
	if plan.complete() {
		return plan, nil
	}
	group, err := r.readNow(ctx, state.ID.ValueString())
	if err != nil {
		return state, diag.Diagnostics{tfdiag.FromError(plan.operation("read", lifecycle.UpdateTimeout), err)}
	}

	return plan.observed(group).keeping(plan), nil
}

// rename gives the group the planned name and description, or the description that it has where none is planned.
func (r *snapshotResource) rename(ctx context.Context, plan, state *model) error {
	description := state.Description
	if !plan.Description.IsNull() && !plan.Description.IsUnknown() {
		description = plan.Description
	}

	_, err := lifecycle.RunStep(ctx, r.steps(ctx, state.VMUUID.ValueString()),
		func(ctx context.Context) (task.Handle[zstack.SnapshotGroup], error) {
			return r.client.UpdateSnapshotGroup(ctx, state.ID.ValueString(), plan.Name.ValueString(), description.ValueString())
		})

	return err
}

// reached returns the state after a change failed, as the platform tells it: a job that nobody saw the end of may have done it.
func (r *snapshotResource) reached(ctx context.Context, state model) model {
	group, err := r.readNow(ctx, state.ID.ValueString())
	if err != nil {
		return state
	}

	return state.observed(group)
}

// with returns m with the arguments of the plan that no platform tells.
func (m model) with(plan model) model {
	m.WithMemory = lifecycle.NullIfUnknown(plan.WithMemory, types.BoolNull())
	m.Timeouts = plan.Timeouts

	return m
}
