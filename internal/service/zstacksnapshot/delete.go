package zstacksnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Delete deletes the group with its snapshots. It works from state alone (in a replacement there is no identity); a group that
// is gone, as with its VM, is fine. When only some of the snapshots could be deleted, the state keeps the others.
func (r *snapshotResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeouts.Delete)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()

	if state.pending() {
		known := r.resolve(bounded, &state, true)
		switch known.Kind {
		case lifecycle.Resolved:
			state = state.observed(&known.Result)
		case lifecycle.ResolvedNothing:
			return
		default:
			resp.Diagnostics.Append(state.creation().DeleteUnresolved(known.Err))

			return
		}
	}

	left, diags := r.remove(bounded, state)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, left)...)
	}
}

// remove deletes the group and returns the state of what is left of it, which counts when there is an error.
func (r *snapshotResource) remove(ctx context.Context, state model) (model, diag.Diagnostics) {
	results, err := r.deleteGroup(ctx, &state)
	failed := failures(results, &state)
	if err == nil && len(failed) == 0 || apierr.Is(err, apierr.NotFound) {
		return state, nil
	}
	op := state.operation("delete", lifecycle.DeleteTimeout)
	op.Attributes = nil

	group, readErr := r.readNow(ctx, state.ID.ValueString())
	dissolved := apierr.Is(readErr, apierr.NotFound)
	if readErr == nil {
		state = state.observed(group)
	}
	switch {
	case err == nil:
		return state, diag.Diagnostics{tfdiag.GroupPartlyDeleted(op, len(results)-len(failed), failed, dissolved)}
	case dissolved:
		return state, nil // it is gone all the same
	default:
		return state, diag.Diagnostics{tfdiag.FromError(op, err)}
	}
}

// deleteGroup deletes the group, when it is its turn on the VM, and returns what became of each snapshot.
func (r *snapshotResource) deleteGroup(ctx context.Context, state *model) ([]zstack.SnapshotResult, error) {
	vmUUID := state.VMUUID.ValueString()
	leave, err := r.session.queues.Enter(ctx, vmUUID)
	if err != nil {
		return nil, err
	}
	defer leave()

	return lifecycle.RunStep(ctx, r.steps(ctx, vmUUID), func(ctx context.Context) (task.Handle[[]zstack.SnapshotResult], error) {
		return r.client.DeleteSnapshotGroup(ctx, state.ID.ValueString())
	})
}

// failures are the snapshots that a deletion has left. One that was gone before is none.
func failures(results []zstack.SnapshotResult, state *model) []tfdiag.GroupMember {
	var left []tfdiag.GroupMember
	for _, result := range results {
		if result.Success || apierr.Is(result.Err, apierr.NotFound) {
			continue
		}
		member := tfdiag.GroupMember{SnapshotUUID: result.SnapshotUUID, Err: result.Err}
		member.VolumeUUID, member.VolumeType = state.volumeOf(result.SnapshotUUID)
		left = append(left, member)
	}

	return left
}
