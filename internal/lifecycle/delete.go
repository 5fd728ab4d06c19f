package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Delete removes the object. It works from state alone, since a replacement has no identity, and what is done already is no error. A
// pending object is resolved first.
func (r *Resource[M, R, E]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.Append(Forget(ctx, resp.Private, privateReplaced)...)
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	timeout, diags := Timeout(state.OperationTimeouts(), DeleteTimeout, r.kind.Timeouts.Delete)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.shared.Process.change()()
	ctx = logged(ctx, state, "remove")
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	if _, ok := r.connect(bounded, resp.Private, &resp.Diagnostics); !ok {
		return
	}
	if elsewhere := r.elsewhere(bounded, resp.Private, state); elsewhere.HasError() {
		resp.Diagnostics.Append(elsewhere...)

		return
	}
	pending := state
	if pending.Pending() && !r.deletePending(bounded, &state, resp) {
		return
	}
	free := r.shared.Names.Leave(state.ObjectID())
	defer func() { free(firstError(resp.Diagnostics)) }()

	queue := r.adapter.Queue(state)
	var planned []string
	Load(ctx, req.Private, privateLeaving, &planned)
	r.shared.Registry.Leave(queue, append(planned, r.adapter.Claims(state)...)...)
	leave, err := r.shared.Queues.Enter(bounded, r.logger, queue)
	if err != nil {
		op := state.Operation("remove", DeleteTimeout)
		op.Attributes = nil
		resp.Diagnostics.Append(tfdiag.FromError(op, err))

		return
	}
	defer leave()
	state, there := r.there(bounded, pending, state, resp)
	if !there || resp.Diagnostics.HasError() {
		return
	}
	left, diags := r.remove(bounded, state, resp.Private)
	resp.Diagnostics.Append(diags...)
	if !diags.HasError() {
		return
	}
	resp.Diagnostics.Append(Save(ctx, resp.Private, privateDestroying, true)...)
	if left != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, left)...)
	}
}

// there returns the object just before it is removed, and reports false where it is gone. pending is the state from before it was resolved.
func (r *Resource[M, R, E]) there(ctx context.Context, pending, state M, resp *resource.DeleteResponse) (M, bool) {
	state, gone, diags := r.identifyFor(ctx, state)
	resp.Diagnostics.Append(diags...)
	if gone && pending.Pending() {
		gone = !r.deleteMissing(ctx, pending, &state, resp)
	}

	return state, !gone
}

// deleteMissing searches for a pending object that the id which its task told does not name, and reports whether there is one to remove.
func (r *Resource[M, R, E]) deleteMissing(ctx context.Context, pending M, state *M, resp *resource.DeleteResponse) bool {
	switch found := r.search(ctx, resp.Private, pending).missing(ctx); {
	case found.kind == resolved:
		*state = r.adapter.Resolved(pending, found.result)

		return true
	case found.candidate != nil:
		resp.Diagnostics.Append(pending.Creation().DeleteUnproved(found.candidate.Existing))
	case found.kind != resolvedNothing:
		resp.Diagnostics.Append(pending.Creation().DeleteUnresolved(found.err))
	}

	return false
}

// deletePending resolves a pending object and reports whether there is one to remove.
func (r *Resource[M, R, E]) deletePending(ctx context.Context, state *M, resp *resource.DeleteResponse) bool {
	found := r.search(ctx, resp.Private, *state).resolve(ctx, true)
	words := (*state).Creation()
	switch found.kind {
	case resolved:
		*state = r.adapter.Resolved(*state, found.result)

		return true
	case resolvedNothing:
		if found.forgotten && r.kind.NamesOnly {
			resp.Diagnostics.Append(words.NothingToDelete())
		}
	case stillRunning, unresolved:
		if found.candidate != nil {
			resp.Diagnostics.Append(words.DeleteUnproved(found.candidate.Existing))
		} else {
			resp.Diagnostics.Append(words.DeleteUnresolved(found.err))
		}
	}

	return false
}
