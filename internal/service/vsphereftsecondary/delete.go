package vsphereftsecondary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Delete turns fault tolerance off, which removes the secondary. It works from state alone (in a replacement there is no
// identity), and what is done already counts: off already is fine, and so is a primary that is gone.
func (r *secondaryResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
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
		found := r.resolve(bounded, &state, true)
		switch found.kind {
		case resolvedPair:
		case resolvedNothing:
			return
		default:
			resp.Diagnostics.Append(state.creation().DeleteUnresolved(found.err))

			return
		}
	}

	if err := r.turnOff(bounded, state.PrimaryVMID.ValueString()); err != nil {
		op := state.operation("remove")
		op.Attributes, op.TimeoutAttribute = nil, deleteTimeout
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	}
}

// turnOff removes the secondary. Whether there is one is asked only when vCenter refuses.
func (r *secondaryResource) turnOff(ctx context.Context, primary string) error {
	_, err := run(ctx, r, func(ctx context.Context) (task.Handle[struct{}], error) {
		return r.client.TurnOffFaultTolerance(ctx, primary)
	})
	if err == nil || apierr.Is(err, apierr.NotFound) {
		return nil
	}
	// What failed over since the last refresh is an error: turning it off would remove the very VM that is in state.
	off := func(pair vsphere.FaultTolerance) bool { return pair.Role == vsphere.RoleNone }

	return r.explained(ctx, primary, r.unlessPair(ctx, primary, err, off), privilegeTurnOff)
}
