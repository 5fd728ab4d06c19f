package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// noteOverview notes whether the configuration leaves out what an [Overview] shows.
func (r *Resource[M, R, E]) noteOverview(ctx context.Context, store Private, config M) diag.Diagnostics {
	overview, ok := r.adapter.(Overview[M])
	switch {
	case !ok:
		return nil
	case overview.ShowsAll(config):
		return Save(ctx, store, privateShowsAll, true)
	default:
		return Forget(ctx, store, privateShowsAll)
	}
}

// widened returns the state to read anew, without what an [Overview] shows while the configuration leaves it out.
func (r *Resource[M, R, E]) widened(ctx context.Context, store Private, state M, diags *diag.Diagnostics) M {
	overview, ok := r.adapter.(Overview[M])
	if !ok {
		return state
	}
	if overview.ShowsAll(state) { // an import
		diags.Append(Save(ctx, store, privateShowsAll, true)...)
	}
	if !Noted(ctx, store, privateShowsAll) {
		return state
	}

	return overview.Unset(state)
}
