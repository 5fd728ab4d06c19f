package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Identifier is an [Adapter] for objects whose ids may name other objects one day: on vCenter, after it was restored from a backup.
type Identifier[M any] interface {
	// Identify compares the state's object with the one that has its id now. It returns the state with the ids by which the
	// object is found, which may be new ones, and gone where there is no such object any more. That the id names another object, or
	// that they can't be compared, is an error.
	Identify(ctx context.Context, state M) (now M, gone bool, diags diag.Diagnostics)
}

// identifyFor compares the object with the state's just before a change, where the adapter can. Without an error the state's object is
// there, or gone.
func (r *Resource[M, R, E]) identifyFor(ctx context.Context, state M) (M, bool, diag.Diagnostics) {
	identifier, ok := r.adapter.(Identifier[M])
	if !ok {
		return state, false, nil
	}

	return identifier.Identify(ctx, state)
}

// sameForStep refuses a step on an object whose id has changed since the plan: the plan has promised the old one. The step itself finds
// out that an object is gone.
func (r *Resource[M, R, E]) sameForStep(ctx context.Context, state M) diag.Diagnostics {
	now, gone, diags := r.identifyFor(ctx, state)
	if diags.HasError() || gone || now.Identity("") == state.Identity("") {
		return diags
	}

	return append(diags, tfdiag.MovedMeanwhile(state.Creation().Object, state.ObjectID(), now.ObjectID()))
}
