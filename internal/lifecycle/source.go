package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Source is the object that another one was made from, as it was known last. It is stored beside the state.
type Source struct {
	ID   string `json:"id"`
	UUID string `json:"instance_uuid,omitempty"` // what tells it from others; empty where it is gone
}

// Sourcer is an [Adapter] for objects that are made from one whose id may change: another id of the same source replaces nothing.
type Sourcer[M any] interface {
	// IdentifySource returns the source of a model as the platform knows it now.
	IdentifySource(ctx context.Context, of M) (Source, error)
	// SameSource returns the plan with the state's own id of the source where the plan names the known source by another one.
	SameSource(ctx context.Context, plan, prior M, known Source) (M, diag.Diagnostics)
}

// noteSeen stores from where an object that was read was seen, and its source.
func (r *Resource[M, R, E]) noteSeen(ctx context.Context, store Private, found M) diag.Diagnostics {
	return append(r.noteView(ctx, store, found), r.noteSource(ctx, store, found)...)
}

// noteSource stores what tells the source of the object from others, unless it is known already. What can't be asked is left to the next
// refresh.
func (r *Resource[M, R, E]) noteSource(ctx context.Context, store Private, of M) diag.Diagnostics {
	sourcer, ok := r.adapter.(Sourcer[M])
	id := of.Creation().Source
	var known Source
	if !ok || id == "" || Load(ctx, store, privateSource, &known) && known.ID == id {
		return nil
	}
	source, err := sourcer.IdentifySource(ctx, of)
	if err != nil {
		return nil // it is known by its id alone
	}

	return Save(ctx, store, privateSource, source)
}

// sameSource returns the plan with the state's own source id, where the plan names the same source by another one.
func (r *Resource[M, R, E]) sameSource(ctx context.Context, store Private, plan, prior M) (M, diag.Diagnostics) {
	sourcer, ok := r.adapter.(Sourcer[M])
	var known Source
	if !ok || prior.Pending() || !Load(ctx, store, privateSource, &known) || known.UUID == "" || known.ID != prior.Creation().Source {
		return plan, nil
	}

	return sourcer.SameSource(ctx, plan, prior, known)
}
