package vmlifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Read reports what the platform has. A VM that is gone leaves the state; a pending one is looked after without waiting for
// it. While the provider's configuration is not known (Client is nil) the state stays as it is.
func (l *Life[M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.Common().ID.ValueString()
	timeout, diags := state.Common().Timeouts.Read(ctx, l.Timeouts.Read)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if l.Client == nil {
		var stored string
		lifecycle.Load(ctx, req.Private, privateVCenter, &stored)
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, stored, id)...)

		return
	}

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := l.VCenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, id)...)
	if state.Common().Pending() {
		if id, ok = l.readPending(bounded, state, resp); !ok {
			return
		}
	}

	l.Session.Own(id)
	found, _, err := l.look(bounded, state, id)
	switch {
	case apierr.Is(err, apierr.NotFound):
		resp.State.RemoveResource(ctx)
	case err != nil:
		op := state.Operation("read")
		op.Attributes, op.TimeoutAttribute = nil, lifecycle.ReadTimeout
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	default:
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, id)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, found)...)
	}
}

// readPending resolves a pending VM and reports whether there is one to read now, with its id. That its task still runs is a
// warning: an error would block plan and destroy alike.
func (l *Life[M]) readPending(ctx context.Context, state M, resp *resource.ReadResponse) (string, bool) {
	found := l.resolve(ctx, resp.Private, state, false)
	switch found.Kind {
	case lifecycle.Resolved:
		resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

		return found.Result, true
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(state.Creation().PendingNotCreated(found.Err))
		resp.State.RemoveResource(ctx)
	case lifecycle.StillRunning:
		l.Session.awaited.Store(state.Common().Name.ValueString(), true)
		resp.Diagnostics.Append(state.Creation().StillRunning(found.Percent))
	default:
		l.Session.awaited.Store(state.Common().Name.ValueString(), true)
		resp.Diagnostics.Append(state.Creation().PendingNotResolved(found.Err))
	}

	return "", false
}
