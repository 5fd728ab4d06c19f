package vspheresnapshot

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// detachedRead bounds a read after the operation's own context has ended.
const detachedRead = 5 * time.Second

// Read reports what the platform has. A snapshot that is gone, or whose VM is, leaves the state; a pending one is looked
// after without waiting for it. While the provider's configuration is not known the state stays as it is.
func (r *snapshotResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
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
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, stored, &state)...)

		return
	}

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, &state)...)
	if state.pending() && !r.readPending(bounded, &state, resp) {
		return
	}

	r.session.keep(state.ID.ValueString())
	snapshot, err := r.read(bounded, state.VMID.ValueString(), state.ID.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound):
		resp.State.RemoveResource(ctx)
	case err != nil:
		op := state.operation("read", readTimeout)
		op.Attributes = nil
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	default:
		state = state.observed(snapshot)
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, &state)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// read returns one snapshot of a VM. It is an error of kind NotFound when there is none by that id, or no such VM.
func (r *snapshotResource) read(ctx context.Context, vmID, id string) (vsphere.Snapshot, error) {
	all, err := r.client.Snapshots(ctx, vmID)
	if err != nil {
		return vsphere.Snapshot{}, err
	}
	for _, snapshot := range all {
		if snapshot.ID == id {
			return snapshot, nil
		}
	}

	return vsphere.Snapshot{}, &apierr.Error{
		Kind: apierr.NotFound, Object: id, Messages: []string{"the VM " + vmID + " has no such snapshot any more"},
	}
}

// readNow reads the snapshot for the state that an operation leaves behind, also when the operation was interrupted or its
// time is over: then on a short time of its own.
func (r *snapshotResource) readNow(ctx context.Context, vmID, id string) (vsphere.Snapshot, error) {
	if ctx.Err() != nil {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
		defer stop()
		ctx = detached
	}

	return r.read(ctx, vmID, id)
}

// readPending resolves a pending snapshot and reports whether there is one to read now. That it is still being taken is a
// warning: an error would block plan and destroy alike.
func (r *snapshotResource) readPending(ctx context.Context, state *model, resp *resource.ReadResponse) bool {
	found := r.resolve(ctx, resp.Private, state, false)
	switch found.Kind {
	case lifecycle.Resolved:
		state.ID, state.PendingTaskID = types.StringValue(found.Result), types.StringNull()
		resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

		return true
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(state.creation().PendingNotCreated(found.Err))
		resp.State.RemoveResource(ctx)
	case lifecycle.StillRunning:
		resp.Diagnostics.Append(state.creation().StillRunning(found.Percent))
	default:
		resp.Diagnostics.Append(state.creation().PendingNotResolved(found.Err))
	}

	return false
}
