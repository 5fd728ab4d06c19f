package zstackclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Read reports what the platform has. A VM that is gone, or in the recycle bin, leaves the state, unless something is left that a
// destroy would have taken away with it; a pending one is looked after without waiting for it. While the provider's configuration
// is not known the state stays as it is.
func (r *cloneResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	uuid := state.ID.ValueString()
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, uuid)...)
	timeout, diags := state.Timeouts.Read(ctx, defaults.Read)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || r.client == nil {
		return
	}

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	if state.pending() {
		var ok bool
		if uuid, ok = r.readPending(bounded, &state, resp); !ok {
			return
		}
	}

	r.session.claims.Add(uuid)
	found, err := r.look(bounded, state, uuid)
	switch {
	case apierr.Is(err, apierr.NotFound):
		r.readGone(bounded, state, uuid, resp)
	case err != nil:
		op := state.operation("read", lifecycle.ReadTimeout)
		op.Attributes = nil
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	default:
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, uuid)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, found)...)
	}
}

// readPending resolves a pending VM and reports whether there is one to read now, with its uuid. That its job still runs is a
// warning: an error would block plan and destroy alike. One that only can't be found leaves the state by an apply, which says so.
func (r *cloneResource) readPending(ctx context.Context, state *model, resp *resource.ReadResponse) (string, bool) {
	found := r.resolve(ctx, resp.Private, state, false)
	switch found.Kind {
	case lifecycle.Resolved:
		resp.Diagnostics.Append(forgetWanted(ctx, resp.Private)...)

		return found.Result.UUID, true
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(state.unmade(found).PendingNotCreated(found.Err))
		if found.Forgotten { // no proof, and nobody may see the warning: of a destroy that is interrupted the CLI shows none
			resp.Diagnostics.Append(lifecycle.Save(ctx, resp.Private, privateForgotten, true)...)

			return "", false
		}
		resp.State.RemoveResource(ctx)
	case lifecycle.StillRunning:
		r.session.awaited.Store(state.Name.ValueString(), true)
		resp.Diagnostics.Append(state.creation().StillRunning(found.Percent))
	default:
		r.session.awaited.Store(state.Name.ValueString(), true)
		resp.Diagnostics.Append(state.creation().PendingNotResolved(found.Err))
	}

	return "", false
}

// resolve finds out what became of a pending VM. With wait it sees a running job through, as long as ctx lasts.
func (r *cloneResource) resolve(
	ctx context.Context, store lifecycle.Private, state *model, wait bool,
) lifecycle.Resolution[zstack.VirtualMachine] {
	what, ok := loadWanted(ctx, store)
	search := r.search(what)
	if !ok { // the CLI drops what is stored when it destroys a tainted resource and fails
		what.Name = state.Name.ValueString()
		search = r.search(what)
		search.There = nil
		search.Find = r.findNothing(what)
	}

	return search.Resolve(ctx, state.PendingJobUUID.ValueString(), wait)
}

// look reads the VM and its tags into a model. One that is in the recycle bin is an error of kind NotFound.
func (r *cloneResource) look(ctx context.Context, before model, uuid string) (model, error) {
	vm, err := r.client.VirtualMachine(ctx, uuid)
	if err != nil {
		return before, err
	}
	if gone(vm.State) {
		return before, &apierr.Error{
			Kind: apierr.NotFound, Object: uuid, Messages: []string{"the VM is in the recycle bin"},
		}
	}

	return r.readTags(ctx, before.observed(vm), uuid)
}

// detachedRead bounds a read after the operation's own context has ended.
const detachedRead = 5 * time.Second

// lateRead returns a context for a read that an operation ends with, also when the operation was interrupted or its time is
// over: then one with a short time of its own.
func lateRead(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithCancel(ctx)
	}

	return context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
}

// lookNow is look for the state that an operation leaves behind; see [lateRead].
func (r *cloneResource) lookNow(ctx context.Context, before model, uuid string) (model, error) {
	late, stop := lateRead(ctx)
	defer stop()

	return r.look(late, before, uuid)
}
