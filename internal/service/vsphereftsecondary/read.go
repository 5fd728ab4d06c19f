package vsphereftsecondary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Read reports what the platform has. A pair that was turned off, or whose primary is gone, leaves the state; one that
// failed over is read as it is now, with a warning. A pending secondary is looked after without waiting for it. While the
// provider's configuration is not known the state stays as it is.
func (r *secondaryResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, defaultReadTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.client == nil {
		var stored string
		lifecycle.Load(ctx, req.Private, privateVCenter, &stored)
		resp.Diagnostics.Append(keepIdentity(ctx, resp.Identity, stored, state.PrimaryVMID)...)

		return
	}

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(keepIdentity(ctx, resp.Identity, vcenter, state.PrimaryVMID)...)
	if state.pending() && !r.readPending(bounded, &state, resp) {
		return
	}

	pair, err := r.client.FaultToleranceWith(bounded, state.PrimaryVMID.ValueString(), state.ID.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound) && state.ID.ValueString() != "":
		r.readSurvivor(bounded, &state, resp, err)
	case err != nil:
		r.unreadable(&state, resp, err)
	default:
		r.readPair(ctx, &state, resp, pair)
	}
}

// readSurvivor looks for a pair whose primary is gone: the secondary may have become the primary of a new one.
func (r *secondaryResource) readSurvivor(
	ctx context.Context, state *model, resp *resource.ReadResponse, gone error,
) {
	pair, err := r.client.FaultTolerance(ctx, state.ID.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound), err == nil && pair.Role != vsphere.RolePrimary:
		resp.State.RemoveResource(ctx)
	case err != nil:
		r.unreadable(state, resp, gone)
	default:
		r.readPair(ctx, state, resp, pair)
	}
}

// readPair puts the pair into state. No pair is no resource, and a primary that has lost its secondary needs another.
func (r *secondaryResource) readPair(
	ctx context.Context, state *model, resp *resource.ReadResponse, pair vsphere.FaultTolerance,
) {
	if pair.Role == vsphere.RoleNone || pair.SecondaryID == "" || pair.PrimaryID == "" {
		resp.State.RemoveResource(ctx)

		return
	}
	r.session.claim(pair.PrimaryID, pair.SecondaryID)
	if before := state.PrimaryVMID.ValueString(); before != pair.PrimaryID {
		resp.Diagnostics.Append(tfdiag.FailedOver(before, pair.PrimaryID, pair.SecondaryID))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state.observed(pair))...)
}

func (r *secondaryResource) unreadable(state *model, resp *resource.ReadResponse, err error) {
	op := state.operation("read")
	op.Attributes, op.TimeoutAttribute = nil, readTimeout
	resp.Diagnostics.Append(tfdiag.FromError(op, err))
}

// readPending resolves a pending secondary and reports whether there is a pair to read now. That it is still being made is
// a warning: an error would block plan and destroy alike.
func (r *secondaryResource) readPending(ctx context.Context, state *model, resp *resource.ReadResponse) bool {
	found := r.resolve(ctx, state, false)
	switch found.kind {
	case resolvedPair:
		state.ID, state.PendingTaskID = types.StringValue(found.result.SecondaryID), types.StringNull()
		if found.told {
			*state = state.withOutcome(found.result)
		}

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
