package vspheresnapshot

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Delete removes the snapshot. It works from state alone (in a replacement there is no identity); one that is gone, or
// whose VM is, is fine.
func (r *snapshotResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, defaultDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	if _, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics); !ok {
		return
	}

	if state.pending() {
		found := r.resolve(bounded, resp.Private, &state, true)
		switch found.Kind {
		case lifecycle.Resolved:
			state.ID = types.StringValue(found.Result)
		case lifecycle.ResolvedNothing:
			return
		default:
			resp.Diagnostics.Append(state.creation().DeleteUnresolved(found.Err))

			return
		}
	}

	if err := r.remove(bounded, &state); err != nil && !apierr.Is(err, apierr.NotFound) {
		op := state.operation("remove", deleteTimeout)
		op.Attributes = nil
		err = r.withMissingPrivileges(ctx, state.VMID.ValueString(), privilegeRemove, err)
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	}
}

// remove takes the snapshot out of the tree, when it is its turn on the VM. A VM that is busy is tried again until ctx
// ends; a request whose answer was lost is sent once more: what is removed already is not there any more.
func (r *snapshotResource) remove(ctx context.Context, state *model) error {
	leave, err := r.session.queues.enter(ctx, state.VMID.ValueString())
	if err != nil {
		return err
	}
	defer leave()

	consolidate := state.ConsolidateOnDestroy.IsNull() || state.ConsolidateOnDestroy.ValueBool()

	return lifecycle.Again(ctx, lifecycle.BusyOrLostOnce(), func(ctx context.Context) error {
		release, err := r.client.AcquireTaskSlot(ctx)
		if err != nil {
			return err
		}
		defer release()

		handle, err := r.client.RemoveSnapshot(ctx, state.ID.ValueString(), state.RemoveChildrenOnDestroy.ValueBool(), consolidate)
		if err != nil {
			return err
		}
		_, err = task.Wait(ctx, handle, task.WithLogger(r.logger))
		if errors.Is(err, task.ErrUnfinished) && ctx.Err() != nil {
			return r.settle(ctx, handle, err)
		}

		return err
	})
}

// settle asks to cancel a removal that can't be waited for any longer. unfinished is the error of the wait, which counts
// when nobody knows what became of it: then the next destroy finds the snapshot, or finds it gone.
func (r *snapshotResource) settle(ctx context.Context, handle task.Handle[struct{}], unfinished error) error {
	_, outcome, err := task.Settle(ctx, handle, lifecycle.InterruptGrace, task.WithLogger(r.logger))
	switch {
	case outcome == task.Adopted:
		return nil
	case outcome == task.Unsettled:
		return unfinished
	case err != nil:
		return err
	default:
		return fmt.Errorf("task %s was cancelled: %w", handle.ID(), ctx.Err())
	}
}
