package zstacksnapshot

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// detachedRead bounds a read after the operation's own context has ended.
const detachedRead = 5 * time.Second

// Read reports what the platform has. A group that is gone leaves the state; a pending one is looked after without waiting for
// it; one that has lost snapshots is worth a warning. While the provider's configuration is not known the state stays as it is.
func (r *snapshotResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, defaultTimeouts.Read)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.ID)...)
	if r.client == nil {
		return
	}
	r.session.claims.Add(state.ID.ValueString())

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	if state.pending() {
		r.readPending(ctx, bounded, &state, resp)

		return
	}
	group, err := r.client.SnapshotGroup(bounded, state.ID.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound):
		resp.State.RemoveResource(ctx)
	case err != nil:
		op := state.operation("read", lifecycle.ReadTimeout)
		op.Attributes = nil
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	default:
		r.found(ctx, state, group, resp)
	}
}

// found puts what was read into the state. Snapshots that somebody has deleted one by one are no drift that a plan could undo, so
// a warning tells of them.
func (r *snapshotResource) found(ctx context.Context, state model, group *zstack.SnapshotGroup, resp *resource.ReadResponse) {
	state = state.observed(group)
	if gone := lost(group); len(gone) > 0 {
		resp.Diagnostics.Append(tfdiag.GroupIncomplete(path.Root("snapshots"), state.inWords(), typeName, members(gone)))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// readPending resolves a pending group. That it is still being taken is a warning: an error would block plan and destroy alike.
func (r *snapshotResource) readPending(ctx, bounded context.Context, state *model, resp *resource.ReadResponse) {
	words := state.creation()
	known := r.resolve(bounded, state, false)
	switch known.Kind {
	case lifecycle.Resolved:
		r.found(ctx, *state, &known.Result, resp)
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(words.PendingNotCreated(known.Err))
		resp.State.RemoveResource(ctx)
	case lifecycle.StillRunning:
		resp.Diagnostics.Append(words.StillRunning(known.Percent))
	default:
		resp.Diagnostics.Append(words.PendingNotResolved(known.Err))
	}
}

// readNow reads the group for the state that an operation leaves behind, also when the operation was interrupted or its time is
// over: then on a short time of its own.
func (r *snapshotResource) readNow(ctx context.Context, uuid string) (*zstack.SnapshotGroup, error) {
	if ctx.Err() != nil {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
		defer stop()
		ctx = detached
	}

	return r.client.SnapshotGroup(ctx, uuid)
}
