package vspheresnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
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
	leave, err := r.session.queues.Enter(ctx, state.VMID.ValueString())
	if err != nil {
		return err
	}
	defer leave()

	consolidate := state.ConsolidateOnDestroy.IsNull() || state.ConsolidateOnDestroy.ValueBool()

	steps := lifecycle.Steps{Logger: r.logger, Slot: r.client.AcquireTaskSlot, Worth: lifecycle.BusyOrLostOnce}
	_, err = lifecycle.RunStep(ctx, steps, func(ctx context.Context) (task.Handle[struct{}], error) {
		return r.client.RemoveSnapshot(ctx, state.ID.ValueString(), state.RemoveChildrenOnDestroy.ValueBool(), consolidate)
	})

	return err
}
