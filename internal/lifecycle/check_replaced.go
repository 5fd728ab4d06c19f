package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// planFrom notes that a call of a plan has the state of an object: it is not a tainted one.
func (r *Resource[M, R, E]) planFrom(state M) {
	if r.adapter != nil {
		r.own(state)
		r.shared.Registry.plan(state.ObjectID())
	}
}

// checkReplaced returns what is to be said of an object that goes because this plan replaces it. Where its arguments ask for that, it is an error if the
// user may not destroy it: nothing is made then. Else all of it is warnings: -replace may not be about this object, and warnings of the second call of
// such a plan are not shown; and of a tainted object no call of a plan has the state.
func (r *Resource[M, R, E]) checkReplaced(ctx context.Context, planned Planned[M]) diag.Diagnostics {
	_, checks := r.adapter.(DestroyChecker[M])
	switch {
	case planned.Prior != nil && planned.Replaces:
		return r.mayDestroy(ctx, *planned.Prior)
	case planned.Prior != nil:
		if !r.shared.Process.Command.ReplacesType(r.kind.TypeName) {
			return nil
		}

		return tfdiag.IfReplaced(append(r.checkDestroy(ctx, *planned.Prior, true), r.mayDestroy(ctx, *planned.Prior)...))
	case !checks, planned.Replaced != nil:
		return nil // the first call has told
	default:
		return r.checkTainted(ctx, planned.Plan)
	}
}

// checkTainted returns what is to be said of a tainted object: one of the planned one's type, name and queue that is in state, and that no call
// has planned.
func (r *Resource[M, R, E]) checkTainted(ctx context.Context, plan M) diag.Diagnostics {
	var found diag.Diagnostics
	for _, id := range r.shared.Registry.unplanned(r.kind.TypeName, plan.ObjectName()) {
		state, _, err := r.adapter.Read(ctx, plan.Bare(id, ""), id)
		if err == nil && r.adapter.Queue(state) == r.adapter.Queue(plan) {
			found.Append(r.checkDestroy(ctx, state, true)...)
			found.Append(tfdiag.DestroyRefused(r.mayDestroy(ctx, state))...)
		}
	}

	return found
}

// mayDestroy returns an error where the user lacks privileges to destroy an object. What is applied was asked for by its plan.
func (r *Resource[M, R, E]) mayDestroy(ctx context.Context, state M) diag.Diagnostics {
	authorizer, ok := r.adapter.(DestroyAuthorizer[M])
	if !ok || state.Pending() || r.shared.Process.Applying() {
		return nil
	}

	return authorizer.MayDestroy(ctx, state)
}

// warnOfDestroy returns mayDestroy of an object that a plan destroys alone, as warnings: an error would keep the plan's other changes from being made,
// and the object stays in state, unharmed, when the platform refuses. A plan without a refresh asks for nothing.
func (r *Resource[M, R, E]) warnOfDestroy(ctx context.Context, state M) diag.Diagnostics {
	if r.shared == nil || r.shared.Process.Command.NoRefresh {
		return nil
	}

	return tfdiag.DestroyRefused(r.mayDestroy(ctx, state))
}
