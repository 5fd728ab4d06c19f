package lifecycle

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Update brings the object to where the plan wants it, one step after another. When a step fails, the state tells what the platform has
// by then, so that the next plan shows what is left to do. A pending object is adopted first.
func (r *Resource[M, R, E]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(Forget(ctx, resp.Private, privateReplaced)...)
	var change Change[M]
	resp.Diagnostics.Append(req.Config.Get(ctx, &change.Config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &change.Plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &change.State)...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	change.Imported = importMarkIn(ctx, req.Private).holds()
	timeout, diags := Timeout(change.Plan.OperationTimeouts(), UpdateTimeout, r.kind.Timeouts.Update)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.shared.Process.change()()
	ctx = logged(ctx, change.State, "update")
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	platform, ok := r.connect(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, change.State)...)

	if change.State.Pending() || len(r.adapter.Steps(change)) > 0 {
		if elsewhere := r.elsewhere(bounded, resp.Private, change.State); elsewhere.HasError() {
			resp.Diagnostics.Append(elsewhere...)

			return
		}
	}
	if change.State.Pending() {
		if !r.adopt(bounded, &change.State, resp) {
			return
		}
		resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, change.State)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, change.State)...)
	}

	final, diags := r.take(bounded, change)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(Forget(ctx, resp.Private, privateImported)...)
		resp.Diagnostics.Append(r.anchor(ctx, final, resp.Private, false)...)
		resp.Diagnostics.Append(r.noteOverview(ctx, resp.Private, change.Config)...)
	}
}

// adopt waits for a pending object and reads it into state. Without an object the old state stays, with an error: the next refresh drops
// what is proved not to exist.
func (r *Resource[M, R, E]) adopt(ctx context.Context, state *M, resp *resource.UpdateResponse) bool {
	found := r.search(ctx, resp.Private, *state).resolve(ctx, true)
	words := (*state).Creation()
	words.TimeoutAttribute = UpdateTimeout
	words.Forgotten = found.forgotten && r.kind.NamesOnly
	switch found.kind {
	case resolved:
	case resolvedNothing:
		resp.Diagnostics.Append(words.PendingFailed(found.err))

		return false
	case stillRunning, unresolved:
		if found.candidate != nil {
			resp.Diagnostics.Append(words.AdoptionUnproved(found.candidate.Existing))
		} else {
			resp.Diagnostics.Append(words.PendingUnfinished(found.err))
		}

		return false
	}

	known := r.adapter.Resolved(*state, found.result)
	adopted, said, err := r.readNow(ctx, known, known.ObjectID())
	if apierr.Is(err, apierr.NotFound) {
		switch again := r.search(ctx, resp.Private, *state).missing(ctx); {
		case again.kind == resolved:
			known = r.adapter.Resolved(*state, again.result)
			adopted, said, err = r.readNow(ctx, known, known.ObjectID())
		case again.candidate != nil:
			resp.Diagnostics.Append(words.AdoptionUnproved(again.candidate.Existing))

			return false
		}
	}
	if err != nil {
		resp.Diagnostics.Append(words.PendingUnfinished(err))

		return false
	}
	*state = adopted
	r.own(adopted)
	resp.Diagnostics.Append(said...)
	resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

	return !resp.Diagnostics.HasError()
}

// take takes the steps and returns the state to save.
func (r *Resource[M, R, E]) take(ctx context.Context, change Change[M]) (M, diag.Diagnostics) {
	var warnings diag.Diagnostics
	told := true
	for _, step := range r.adapter.Steps(change) {
		told = told && step.Told
		said := r.sameForStep(ctx, change.State)
		warnings.Append(said...)
		if said.HasError() {
			return change.State, warnings
		}
		reached, said, err := step.Do(logged(ctx, change.State, step.Action), change.State)
		warnings.Append(said...)
		change.State = reached
		if err == nil {
			continue
		}
		state, done := r.salvage(ctx, change, err)
		if done {
			return state.Keeping(change.Plan), warnings
		}

		return state, append(warnings, r.stepError(change, step, err))
	}

	if told && change.Plan.Complete() {
		return change.Plan, warnings
	}
	base := change.Plan
	if carrier, ok := r.adapter.(Carrier[M]); ok {
		base = carrier.Carry(change.Plan, change.State)
	}
	final, said, err := r.readNow(ctx, base, change.State.ObjectID())
	warnings.Append(said...)
	if err != nil {
		return change.State, append(warnings, tfdiag.FromError(r.failedStep(change, Step[M]{Action: "read"}), err))
	}

	return final.Keeping(change.Plan), warnings
}

// stepError is the diagnostic of a step that failed with err.
func (r *Resource[M, R, E]) stepError(change Change[M], step Step[M], err error) diag.Diagnostic {
	if taken, ok := errors.AsType[*NameTakenError](err); ok {
		return taken.Diagnostic(change.Plan.Creation())
	}

	return tfdiag.FromError(r.failedStep(change, step), err)
}

// failedStep describes a step for the diagnostic of its failure: by the object's name in state, and the arguments of the plan.
func (r *Resource[M, R, E]) failedStep(change Change[M], step Step[M]) tfdiag.Operation {
	timeout := UpdateTimeout
	if len(step.Timeout.Steps()) > 0 {
		timeout = step.Timeout
	}
	op := change.Plan.Operation(step.Action, timeout)
	op.Action = change.State.Operation(step.Action, timeout).Action
	if step.Attributes != nil {
		op.Attributes = step.Attributes
	}

	return op
}

// salvage returns the state after a step failed: what the platform tells, also when the operation is out of time.
func (r *Resource[M, R, E]) salvage(ctx context.Context, change Change[M], err error) (M, bool) {
	if salvager, ok := r.adapter.(Salvager[M]); ok {
		late, stop := Late(ctx)
		defer stop()

		return salvager.Salvage(late, change, err)
	}
	found, _, readErr := r.readNow(ctx, change.State, change.State.ObjectID())
	if readErr != nil {
		return change.State, false
	}

	return found, false
}
