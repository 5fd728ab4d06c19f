package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// PlannedDestroy is what the plan of a destroy told its user.
type PlannedDestroy struct {
	StaysID   string `json:"stays_id"` // the object that the destroy leaves
	StaysName string `json:"stays_name,omitempty"`
	Owned     bool   `json:"owned,omitempty"` // another resource has that object in state
	GoesID    string `json:"goes_id,omitempty"`
}

// DestroyPlanner is an [Adapter] whose destroy removes one object and leaves another, and whose platform exchanges the two by itself: the plan
// tells which one stays, and the apply does what was told.
type DestroyPlanner[M any] interface {
	// Anchor returns the object that should stay: the one that the configuration names. It is stored beside the state when the object is
	// created, updated, or read for the first time.
	Anchor(of M) string
	// PlanDestroy returns what a destroy would do now, nil where that is not known or where there is nothing to remove, and what the user
	// should know of it.
	PlanDestroy(ctx context.Context, state M, anchor string) (*PlannedDestroy, diag.Diagnostics)
	// RemovePlanned removes the object as [Adapter.Remove] does, unless that would do other than was told. told is nil where no plan told
	// of it: the replacement of a tainted object is planned without its state.
	RemovePlanned(ctx context.Context, state M, anchor string, told *PlannedDestroy) (*M, diag.Diagnostics)
}

// planDestroy adds to the plan of a destroy what the adapter has to say, and stores it for the apply.
func (r *Resource[M, R, E]) planDestroy(ctx context.Context, state M, store Private) diag.Diagnostics {
	planner, ok := r.adapter.(DestroyPlanner[M])
	if !ok || state.Pending() {
		return nil
	}
	told, diags := planner.PlanDestroy(ctx, state, anchorOf(ctx, planner, state, store))
	if told == nil {
		return append(diags, Forget(ctx, store, privatePlannedDestroy)...)
	}

	return append(diags, Save(ctx, store, privatePlannedDestroy, told)...)
}

// remove removes the object, as the plan told where that matters.
func (r *Resource[M, R, E]) remove(ctx context.Context, state M, store Private) (*M, diag.Diagnostics) {
	planner, ok := r.adapter.(DestroyPlanner[M])
	if !ok {
		return r.adapter.Remove(ctx, state)
	}
	var told *PlannedDestroy
	if known := new(PlannedDestroy); Load(ctx, store, privatePlannedDestroy, known) {
		told = known
	}

	return planner.RemovePlanned(ctx, state, anchorOf(ctx, planner, state, store), told)
}

// anchorOf returns the anchor that is stored beside the state, or that of the state itself.
func anchorOf[M any](ctx context.Context, planner DestroyPlanner[M], state M, store Private) string {
	var stored string
	if Load(ctx, store, privateAnchor, &stored) && stored != "" {
		return stored
	}

	return planner.Anchor(state)
}

// anchor stores the object that the configuration names. Where keep is true one that is stored already stays.
func (r *Resource[M, R, E]) anchor(ctx context.Context, of M, store Private, keep bool) diag.Diagnostics {
	planner, ok := r.adapter.(DestroyPlanner[M])
	if !ok {
		return nil
	}
	var stored string
	anchor := planner.Anchor(of)
	if anchor == "" || keep && Load(ctx, store, privateAnchor, &stored) {
		return nil
	}

	return Save(ctx, store, privateAnchor, anchor)
}
