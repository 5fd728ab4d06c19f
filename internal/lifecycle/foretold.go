package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Foretold is what the plan of a destroy told its user.
type Foretold struct {
	StaysID   string `json:"stays_id"` // the object that the destroy leaves
	StaysName string `json:"stays_name,omitempty"`
	Owned     bool   `json:"owned,omitempty"` // another resource has that object in state
	GoesID    string `json:"goes_id,omitempty"`
}

// Foreteller is an [Adapter] whose destroy removes one object and leaves another, and whose platform exchanges the two by itself: the plan
// tells which one stays, and the apply does what was told.
type Foreteller[M any] interface {
	// Anchor returns the object that should stay: the one that the configuration names. It is stored beside the state when the object is
	// created, updated, or read for the first time.
	Anchor(of M) string
	// Foretell returns what a destroy would do now, nil where that is not known or where there is nothing to remove, and what the user
	// should know of it.
	Foretell(ctx context.Context, state M, anchor string) (*Foretold, diag.Diagnostics)
	// RemoveForetold removes the object as [Adapter.Remove] does, unless that would do other than was told. told is nil where no plan told
	// of it: the replacement of a tainted object is planned without its state.
	RemoveForetold(ctx context.Context, state M, anchor string, told *Foretold) (*M, diag.Diagnostics)
}

// foretell adds to the plan of a destroy what the adapter has to say, and stores it for the apply.
func (r *Resource[M, R, E]) foretell(ctx context.Context, state M, store Private) diag.Diagnostics {
	foreteller, ok := r.adapter.(Foreteller[M])
	if !ok || state.Pending() {
		return nil
	}
	told, diags := foreteller.Foretell(ctx, state, anchorOf(ctx, foreteller, state, store))
	if told == nil {
		return append(diags, Forget(ctx, store, privateForetold)...)
	}

	return append(diags, Save(ctx, store, privateForetold, told)...)
}

// remove removes the object, as the plan told where that matters.
func (r *Resource[M, R, E]) remove(ctx context.Context, state M, store Private) (*M, diag.Diagnostics) {
	foreteller, ok := r.adapter.(Foreteller[M])
	if !ok {
		return r.adapter.Remove(ctx, state)
	}
	var told *Foretold
	if known := new(Foretold); Load(ctx, store, privateForetold, known) {
		told = known
	}

	return foreteller.RemoveForetold(ctx, state, anchorOf(ctx, foreteller, state, store), told)
}

// anchorOf returns the anchor that is stored beside the state, or that of the state itself.
func anchorOf[M any](ctx context.Context, foreteller Foreteller[M], state M, store Private) string {
	var stored string
	if Load(ctx, store, privateAnchor, &stored) && stored != "" {
		return stored
	}

	return foreteller.Anchor(state)
}

// anchor stores the object that the configuration names. Where keep is true one that is stored already stays.
func (r *Resource[M, R, E]) anchor(ctx context.Context, of M, store Private, keep bool) diag.Diagnostics {
	foreteller, ok := r.adapter.(Foreteller[M])
	if !ok {
		return nil
	}
	var stored string
	anchor := foreteller.Anchor(of)
	if anchor == "" || keep && Load(ctx, store, privateAnchor, &stored) {
		return nil
	}

	return Save(ctx, store, privateAnchor, anchor)
}
