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

// destroy powers the VM off, if need be, and destroys it.
func (r *cloneResource) destroy(ctx context.Context, state *model) error {
	id := state.ID.ValueString()
	vm, err := r.client.VirtualMachine(ctx, id)
	if err != nil {
		return unlessGone(err)
	}
	if vm.PowerState == vsphere.PoweredOn {
		if err := r.powerOff(ctx, vm, state.ShutdownTimeout.Or(defaultShutdownTimeout)); err != nil {
			return unlessGone(err)
		}
	}
	for attempt := 1; ; attempt++ {
		err := r.run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return r.client.Destroy(ctx, id) })
		if !apierr.Is(err, apierr.InvalidState) || attempt == destroyAttempts {
			return unlessGone(err)
		}
		if offErr := r.switchOff(ctx, id); offErr != nil {
			return unlessGone(err)
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
