package vsphereclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// destroyAttempts bounds how often a VM that something else powers on again is switched off again.
const destroyAttempts = 3

// Delete powers the VM off and destroys it. It works from state alone (in a replacement there is no identity), and what is
// done already counts: a VM that is off or gone is fine.
func (r *cloneResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, defaultDeleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.applying.Store(true)
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	if _, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics); !ok {
		return
	}

	if state.pending() {
		found := r.resolve(bounded, resp.Private, &state, true)
		switch found.kind {
		case resolvedVM:
			state.ID = types.StringValue(found.vmID)
		case resolvedNothing:
			return
		default:
			resp.Diagnostics.Append(state.creation().DeleteUnresolved(found.err))

			return
		}
	}

	if err := r.destroy(bounded, &state); err != nil {
		op := state.operation("destroy")
		op.Attributes, op.TimeoutAttribute = nil, deleteTimeout
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	}
}

// destroy powers the VM off, if need be, and destroys it. It begins with what the state knows, which saves a request; a VM
// that can't be destroyed as it is is read and powered off.
func (r *cloneResource) destroy(ctx context.Context, state *model) error {
	id, patience := state.ID.ValueString(), state.ShutdownTimeout.Or(defaultShutdownTimeout)
	if state.PowerState.ValueString() == string(vsphere.PoweredOn) {
		running := &vsphere.VirtualMachine{ID: id, PowerState: vsphere.PoweredOn, ToolsRunning: true}
		if err := r.powerOff(ctx, running, patience); err != nil {
			return unlessGone(err)
		}
	}
	for attempt := 1; ; attempt++ {
		err := r.run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return r.client.Destroy(ctx, id) })
		if !apierr.Is(err, apierr.InvalidState) || attempt == destroyAttempts {
			return unlessGone(err)
		}
		vm, readErr := r.client.VirtualMachine(ctx, id)
		if readErr != nil {
			return unlessGone(readErr)
		}
		if offErr := r.powerOff(ctx, vm, patience); offErr != nil {
			return unlessGone(offErr)
		}
	}
}

// unlessGone returns nil when err says that the VM does not exist.
func unlessGone(err error) error {
	if apierr.Is(err, apierr.NotFound) {
		return nil
	}

	return err
}
