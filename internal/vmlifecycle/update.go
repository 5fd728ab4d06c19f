package vmlifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Update brings the VM to where the plan wants it, one step after another. When a step fails, the state tells what the
// platform has by then, so that the next plan shows what is left to do. A pending VM is adopted first.
func (l *Life[M]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var change Change[M]
	resp.Diagnostics.Append(req.Config.Get(ctx, &change.Config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &change.Plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &change.State)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := change.Plan.Common().Timeouts.Update(ctx, l.Timeouts.Update)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	l.Session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := l.VCenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, change.State.Common().ID.ValueString())...)

	if change.State.Common().Pending() {
		if !l.adopt(bounded, &change.State, resp) {
			return
		}
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, change.State.Common().ID.ValueString())...)
		resp.Diagnostics.Append(resp.State.Set(ctx, change.State)...)
	}

	final, diags := l.takeSteps(bounded, change)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(lifecycle.ForgetImported(ctx, resp.Private)...)
	}
}

// adopt waits for a pending VM and reads it into state. Without a VM the old state stays, with an error: the next refresh
// drops what is proved not to exist.
func (l *Life[M]) adopt(ctx context.Context, state *M, resp *resource.UpdateResponse) bool {
	words := (*state).Creation()
	words.TimeoutAttribute = lifecycle.UpdateTimeout
	found := l.resolve(ctx, resp.Private, *state, true)
	switch found.Kind {
	case lifecycle.Resolved:
	case lifecycle.ResolvedNothing:
		resp.Diagnostics.Append(words.PendingFailed(found.Err))

		return false
	default:
		resp.Diagnostics.Append(words.PendingUnfinished(found.Err))

		return false
	}

	adopted, _, err := l.look(ctx, *state, found.Result)
	if err != nil {
		resp.Diagnostics.Append(words.PendingUnfinished(err))

		return false
	}
	*state = adopted
	resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

	return !resp.Diagnostics.HasError()
}

// takeSteps takes the steps and returns the state to save.
func (l *Life[M]) takeSteps(ctx context.Context, change Change[M]) (M, diag.Diagnostics) {
	id, reached := change.State.Common().ID.ValueString(), change.State
	operation := func(action string) tfdiag.Operation {
		op := change.Plan.Operation(action)
		op.Action = action + " " + change.State.Common().InWords()

		return op
	}
	steps := l.Steps(change)
	for _, step := range steps {
		if err := step.Do(ctx); err != nil {
			failed := diag.Diagnostics{tfdiag.FromError(operation(step.Action), err)}

			return l.readBack(ctx, reached, id), failed
		}
		if step.Done != nil {
			reached = step.Done(reached)
		}
	}

	if len(steps) == 0 && change.Plan.Complete() {
		return change.Plan, nil
	}
	final, vm, err := l.lookNow(ctx, change.Plan, id)
	if err != nil {
		return reached, diag.Diagnostics{tfdiag.FromError(operation("read"), err)}
	}
	if change.PowersOn() {
		if err := l.awaitGuestIP(ctx, change.Plan.Common(), vm); err != nil {
			op := operation("get an IP address from the guest of")
			op.TimeoutAttribute = waitForGuestIP

			return l.readBack(ctx, reached, id), diag.Diagnostics{tfdiag.FromError(op, err)}
		}
		final = final.Observed(vm)
	}

	return final.Keeping(change.Plan), nil
}

// readBack returns the state after a step failed: what the platform tells, also when the operation's time is over.
func (l *Life[M]) readBack(ctx context.Context, reached M, id string) M {
	found, _, err := l.lookNow(ctx, reached, id)
	if err != nil {
		return reached
	}

	return found
}
