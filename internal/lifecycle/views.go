package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// View is from where an object was seen. It is stored beside the state.
type View struct {
	Account string `json:"account,omitempty"`      // the id of the account that saw it last
	Name    string `json:"account_name,omitempty"` // in words
	Zone    string `json:"zone,omitempty"`         // where the object is: it tells the platform from others of its kind
}

// Viewer is an [Adapter] on a platform that answers each account with what it may see: what is left out is not gone. And ids are unique
// everywhere, so that an object which is missing may be one of another platform.
type Viewer[M any] interface {
	// Viewed returns from where an object is seen that was read, or asked for, a moment ago. known is what was stored, or the zero value.
	Viewed(ctx context.Context, state M, known View) (View, error)
	// Elsewhere returns an error where the object is known to be on another platform than the connected one.
	Elsewhere(ctx context.Context, state M, known View) diag.Diagnostics
	// Unseen judges an object that a read did not find. gone says that this is proved; else the diagnostics say what is known.
	Unseen(ctx context.Context, state M, known View) (gone bool, diags diag.Diagnostics)
}

// viewer returns the adapter as one that answers each account with what it may see, nil where it is none, and from where the object was seen.
func (r *Resource[M, R, E]) viewer(ctx context.Context, store Private) (Viewer[M], View) {
	viewer, _ := r.adapter.(Viewer[M])
	var known View
	if viewer != nil {
		Load(ctx, store, privateView, &known)
	}

	return viewer, known
}

// noteView stores from where the object was seen, where that has changed.
func (r *Resource[M, R, E]) noteView(ctx context.Context, store Private, state M) diag.Diagnostics {
	viewer, known := r.viewer(ctx, store)
	if viewer == nil {
		return nil
	}
	late, stop := Late(ctx) // also of a creation that was interrupted
	defer stop()
	now, err := viewer.Viewed(late, state, known)
	if err != nil || now == known {
		return nil // the next refresh looks again
	}

	return Save(ctx, store, privateView, now)
}

// unseen reports whether an object that a read did not find is gone, as far as the platform can tell.
func (r *Resource[M, R, E]) unseen(ctx context.Context, store Private, state M) (bool, diag.Diagnostics) {
	viewer, known := r.viewer(ctx, store)
	if viewer == nil {
		return true, nil
	}

	return viewer.Unseen(ctx, state, known)
}

// elsewhere returns an error where a change would go to another platform than the object's, or where the account can't see the object.
func (r *Resource[M, R, E]) elsewhere(ctx context.Context, store Private, state M) diag.Diagnostics {
	viewer, known := r.viewer(ctx, store)
	if viewer == nil {
		return nil
	}

	return viewer.Elsewhere(ctx, state, known)
}
