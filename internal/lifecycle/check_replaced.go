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

// checkReplaced returns what is to be said of an object that goes although its arguments do not ask for it: by -replace, of which the first call
// of a plan does not know, and warnings of the second one are not shown; or because it is tainted, and then no call of a plan has its state.
func (r *Resource[M, R, E]) checkReplaced(ctx context.Context, planned Planned[M]) diag.Diagnostics {
	switch _, ok := r.adapter.(DestroyChecker[M]); {
	case !ok:
		return nil
	case planned.Prior != nil:
		if planned.Replaces || !r.shared.Process.Command.ReplacesType(r.kind.TypeName) {
			return nil
		}

		return tfdiag.IfReplaced(r.checkDestroy(ctx, *planned.Prior, true))
	case planned.Replaced != nil:
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
		}
	}

	return found
}
