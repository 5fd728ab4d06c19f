package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Read reports what the platform has. An object that is gone leaves the state; a pending one is looked for without waiting. While the
// provider's configuration is not known the state stays as it is.
func (r *Resource[M, R, E]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := Timeout(state.OperationTimeouts(), ReadTimeout, r.kind.Timeouts.Read)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.shared.Registry.Refreshed()
	if r.adapter == nil {
		r.keep(ctx, state, resp)

		return
	}
	defer func() {
		var dropped bool
		if resp.Diagnostics, dropped = r.shared.once(resp.Diagnostics); dropped {
			r.keep(ctx, state, resp)
		}
	}()

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	platform, ok := r.connect(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, state)...)
	pending := state
	if pending.Pending() && !r.readPending(bounded, &state, resp) {
		return
	}
	found, err := r.readObject(bounded, state, resp)
	if apierr.Is(err, apierr.NotFound) && pending.Pending() {
		if !r.readMissing(bounded, pending, &state, resp) {
			return
		}
		found, err = r.readObject(bounded, state, resp)
	}
	switch {
	case apierr.Is(err, apierr.NotFound):
		gone, unseen := r.unseen(bounded, resp.Private, state)
		resp.Diagnostics.Append(unseen...)
		if gone {
			r.readGone(bounded, state, resp)
		}
	case err != nil:
		resp.Diagnostics.Append(r.unread(state, err))
	default:
		r.readFound(bounded, platform, state, found, resp)
		resp.Diagnostics.Append(r.agedImport(ctx, resp.Private)...)
		if pending.Pending() {
			resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)
		}
	}
}

// readFound takes the object that was found into state, with what is stored beside it.
func (r *Resource[M, R, E]) readFound(ctx context.Context, platform string, state, found M, resp *resource.ReadResponse) {
	r.own(found)
	moved, diags := r.follow(ctx, resp.Private, state, found)
	resp.Diagnostics.Append(diags...)
	if moved && resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, found.Identity(platform))...)
	}
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, found)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, found)...)
	resp.Diagnostics.Append(r.noteSeen(ctx, resp.Private, found)...)
}

// readObject reads the object of a state.
func (r *Resource[M, R, E]) readObject(ctx context.Context, state M, resp *resource.ReadResponse) (M, error) {
	r.own(state)
	resp.Diagnostics.Append(r.anchor(ctx, state, resp.Private, true)...)
	found, said, err := r.adapter.Read(ctx, r.widened(ctx, resp.Private, state, &resp.Diagnostics), state.ObjectID())
	resp.Diagnostics.Append(said...)

	return found, err
}

// keep leaves the state as it is, while the provider's configuration is not known or does not connect.
func (r *Resource[M, R, E]) keep(ctx context.Context, state M, resp *resource.ReadResponse) {
	var platform string
	Load(ctx, resp.Private, privatePlatform, &platform)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, state)...)
}

// unread is the error of an object that could not be read.
func (r *Resource[M, R, E]) unread(state M, err error) diag.Diagnostic {
	if apierr.NeedsConfiguration(err) {
		return tfdiag.FromError(Connecting(r.kind.Platform), err)
	}
	op := state.Operation("read", ReadTimeout)
	op.Attributes = nil

	return tfdiag.FromError(op, err)
}

// readGone drops an object that is gone from state, unless parts of it are left.
func (r *Resource[M, R, E]) readGone(ctx context.Context, state M, resp *resource.ReadResponse) {
	remainder, ok := r.adapter.(Remainder[M])
	if !ok {
		resp.State.RemoveResource(ctx)

		return
	}
	left, keep, diags := remainder.Remains(ctx, state, Noted(ctx, resp.Private, privateDestroying))
	resp.Diagnostics.Append(diags...)
	switch {
	case diags.HasError():
	case keep:
		resp.Diagnostics.Append(resp.State.Set(ctx, left)...)
	default:
		resp.State.RemoveResource(ctx)
	}
}

// readPending resolves a pending object and reports whether there is one to read now. A task that still runs is a warning: an error
// would block plan and destroy alike.
func (r *Resource[M, R, E]) readPending(ctx context.Context, state *M, resp *resource.ReadResponse) bool {
	if elsewhere := r.elsewhere(ctx, resp.Private, *state); elsewhere.HasError() { // what another platform does not have is not gone
		resp.Diagnostics.Append(elsewhere...)

		return false
	}
	found := r.search(ctx, resp.Private, *state).resolve(ctx, false)
	words := (*state).Creation()
	words.Forgotten = found.forgotten && r.kind.NamesOnly
	switch found.kind {
	case resolved:
		*state = r.adapter.Resolved(*state, found.result)

		return true
	case resolvedNothing:
		resp.Diagnostics.Append(words.PendingNotCreated(found.err))
		if words.Forgotten { // no proof, and the warning may stay unseen: the CLI shows none of an interrupted destroy
			resp.Diagnostics.Append(Save(ctx, resp.Private, privateForgotten, true)...)

			return false
		}
		resp.State.RemoveResource(ctx)
	case stillRunning:
		r.shared.Registry.AddPending(r.kind.TypeName, (*state).ObjectName())
		resp.Diagnostics.Append(words.StillRunning(found.percent))
	case unresolved:
		r.shared.Registry.AddPending(r.kind.TypeName, (*state).ObjectName())
		if found.candidate != nil {
			resp.Diagnostics.Append(words.PendingUnproved(found.candidate.Existing))
		} else {
			resp.Diagnostics.Append(words.PendingNotResolved(found.err))
		}
	}

	return false
}

// readMissing searches for a pending object that the id which its task told does not name, and reports whether there is more to do: to read
// what was found, or to drop what is gone.
func (r *Resource[M, R, E]) readMissing(ctx context.Context, pending M, state *M, resp *resource.ReadResponse) bool {
	switch found := r.search(ctx, resp.Private, pending).missing(ctx); {
	case found.kind == resolved:
		*state = r.adapter.Resolved(pending, found.result)
	case found.candidate != nil:
		resp.Diagnostics.Append(pending.Creation().PendingUnproved(found.candidate.Existing))

		return false
	case found.kind != resolvedNothing:
		resp.Diagnostics.Append(pending.Creation().PendingNotResolved(found.err))

		return false
	}

	return true
}

// forgetPending drops what was stored beside the state of an object that is not pending any more.
func forgetPending(ctx context.Context, store Private) diag.Diagnostics {
	return append(Forget(ctx, store, privatePending), Forget(ctx, store, privateForgotten)...)
}
