package vsphereclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Read reports what the platform has. A VM that is gone leaves the state; a pending clone is looked after without waiting
// for it. While the provider's configuration is not known the state stays as it is.
func (r *cloneResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, defaultReadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.client == nil {
		var stored string
		loadKey(ctx, req.Private, privateVCenter, &stored)
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, stored, state.ID.ValueString())...)

		return
	}

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, state.ID.ValueString())...)
	if state.pending() && !r.readPending(bounded, &state, resp) {
		return
	}

	r.session.claims.add(state.ID.ValueString())
	vm, err := r.client.VirtualMachine(bounded, state.ID.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound):
		resp.State.RemoveResource(ctx)
	case err != nil:
		op := state.operation("read")
		op.Attributes, op.TimeoutAttribute = nil, readTimeout
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	default:
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, vm.ID)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state.observed(vm))...)
	}
}

// detachedRead bounds a read after the operation's own context has ended.
const detachedRead = 5 * time.Second

// readNow reads the VM for the state that an operation leaves behind, also when the operation was interrupted or its time
// is over: then on a short time of its own.
func (r *cloneResource) readNow(ctx context.Context, id string) (*vsphere.VirtualMachine, error) {
	if ctx.Err() != nil {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
		defer stop()
		ctx = detached
	}

	return r.client.VirtualMachine(ctx, id)
}

// readPending resolves a pending clone and reports whether there is a VM to read now. That a clone still runs is a
// warning: an error would block plan and destroy alike.
func (r *cloneResource) readPending(ctx context.Context, state *model, resp *resource.ReadResponse) bool {
	found := r.resolve(ctx, resp.Private, state, false)
	switch found.kind {
	case resolvedVM:
		state.ID, state.PendingTaskID = types.StringValue(found.vmID), types.StringNull()
		resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

		return true
	case resolvedNothing:
		resp.Diagnostics.Append(state.creation().PendingNotCreated(found.err))
		resp.State.RemoveResource(ctx)
	case stillRunning:
		resp.Diagnostics.Append(state.creation().StillRunning(found.percent))
	default:
		resp.Diagnostics.Append(state.creation().PendingNotResolved(found.err))
	}

	return false
}
