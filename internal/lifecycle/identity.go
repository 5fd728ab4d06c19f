package lifecycle

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Identifier is an [Adapter] for objects whose ids may name other objects one day: on vCenter, after it was restored from a backup.
type Identifier[M any] interface {
	// Identify compares the state's object with the one that has its id now. It returns the state with the ids by which the
	// object is found, which may be new ones, and gone where there is no such object any more. That the id names another object, or
	// that they can't be compared, is an error.
	Identify(ctx context.Context, state M) (now M, gone bool, diags diag.Diagnostics)
}

// Follower is an [Adapter] for objects that belong to one which may get another id, and that follow it in a refresh.
type Follower[M any] interface {
	// Moves returns, by the ids in a state, those that the same objects have after it was read anew, where they differ.
	Moves(before, found M) map[string]string
	// Alias returns the plan with the state's own id in the place of one that names the same object: former are ids that the object had.
	Alias(ctx context.Context, plan, prior M, former []string) (M, diag.Diagnostics)
}

// follow notes the ids that an object had before the refresh, for configurations that still name them, and moves the anchor along. It
// reports whether there are any.
func (r *Resource[M, R, E]) follow(ctx context.Context, store Private, before, found M) (bool, diag.Diagnostics) {
	follower, ok := r.adapter.(Follower[M])
	if !ok {
		return false, nil
	}
	moves := follower.Moves(before, found)
	if len(moves) == 0 {
		return false, nil
	}
	var former []string
	Load(ctx, store, privateFormer, &former)
	for old := range moves {
		if !slices.Contains(former, old) {
			former = append(former, old)
		}
	}
	slices.Sort(former)
	diags := Save(ctx, store, privateFormer, former)
	var anchor string
	if Load(ctx, store, privateAnchor, &anchor) && moves[anchor] != "" {
		diags.Append(Save(ctx, store, privateAnchor, moves[anchor])...)
	}

	return true, diags
}

// alias returns the plan without ids that only name the state's objects otherwise.
func (r *Resource[M, R, E]) alias(ctx context.Context, store Private, plan, prior M) (M, diag.Diagnostics) {
	plan, diags := r.sameSource(ctx, store, plan, prior)
	follower, ok := r.adapter.(Follower[M])
	if !ok || prior.Pending() || diags.HasError() {
		return plan, diags
	}
	var former []string
	Load(ctx, store, privateFormer, &former)
	plan, said := follower.Alias(ctx, plan, prior, former)

	return plan, append(diags, said...)
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

// sameForStep refuses a step on an object that is gone, and on one whose id has changed since the plan: the plan has promised the old one.
func (r *Resource[M, R, E]) sameForStep(ctx context.Context, state M) diag.Diagnostics {
	now, gone, diags := r.identifyFor(ctx, state)
	switch {
	case diags.HasError():
		return diags
	case gone:
		op := state.Operation("find", UpdateTimeout)
		op.Attributes = nil

		return append(diags, tfdiag.FromError(op, &apierr.Error{
			Kind: apierr.NotFound, Object: state.ObjectID(), Messages: []string{state.Creation().Object + " does not exist any more"},
		}))
	case now.Identity("") == state.Identity(""):
		return diags
	}

	return append(diags, tfdiag.MovedMeanwhile(state.Creation().Object, state.ObjectID(), now.ObjectID()))
}
