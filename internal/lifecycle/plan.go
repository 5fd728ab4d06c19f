package lifecycle

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// ModifyPlan makes those computed values unknown that a change affects, decides what replaces the object, and compares what is about
// to change with the inventory.
func (r *Resource[M, R, E]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	defer func() { resp.Diagnostics, _ = r.shared.once(resp.Diagnostics) }()
	planned := Planned[M]{Known: req.Config.Raw.IsFullyKnown()}
	if !req.State.Raw.IsNull() {
		planned.Prior = new(M)
		resp.Diagnostics.Append(req.State.Get(ctx, planned.Prior)...)
		if resp.Diagnostics.HasError() {
			return
		}
		r.planFrom(*planned.Prior)
	}
	if req.Plan.Raw.IsNull() {
		if planned.Prior != nil && r.adapter != nil {
			r.planRemoval(ctx, *planned.Prior, resp)
		}

		return
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &planned.Config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &planned.Plan)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(CheckTimeouts(planned.Plan.OperationTimeouts())...)
	}
	if resp.Diagnostics.HasError() {
		return
	}

	if planned.Prior != nil {
		mark := importMarkIn(ctx, req.Private)
		notes := Notes{Imported: mark.holds(), Forgotten: Noted(ctx, req.Private, privateForgotten)}
		var diags diag.Diagnostics
		planned.Plan, diags = r.alias(ctx, req.Private, planned.Plan, *planned.Prior)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		replaces, diags := planned.Plan.Replaces(*planned.Prior, notes)
		resp.RequiresReplace = replaces
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		planned.Replaces = len(replaces) > 0
		if planned.Replaces {
			resp.Diagnostics.Append(mark.replaced(replaces[0], (*planned.Prior).Creation().Object)...)
			resp.Diagnostics.Append(r.checkDestroy(ctx, *planned.Prior, true)...)
			resp.Diagnostics.Append(r.planDestroy(ctx, *planned.Prior, resp.Private)...)
		}
		planned.Imported = notes.Imported
		planned.Plan = r.forecast(ctx, planned)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, planned.Plan)...)
		resp.Diagnostics.Append(Save(ctx, resp.Private, privateReplaced, Replaced{
			ID: (*planned.Prior).ObjectID(), Name: (*planned.Prior).ObjectName(), Replaces: planned.Replaces,
		})...)
	} else {
		planned.Replaced = replacedIn(ctx, req.Private)
		resp.Diagnostics.Append(r.anchor(ctx, planned.Plan, resp.Private, true)...) // for the destroy of a tainted object
	}
	if r.adapter == nil || resp.Diagnostics.HasError() {
		return // the platform is not known yet
	}
	resp.Diagnostics.Append(r.check(ctx, planned)...)
}

// planRemoval plans a destroy, and tells what it will leave, harm or not be allowed to.
func (r *Resource[M, R, E]) planRemoval(ctx context.Context, prior M, resp *resource.ModifyPlanResponse) {
	resp.Diagnostics.Append(r.leave(ctx, resp.Private, prior)...)
	resp.Diagnostics.Append(r.checkDestroy(ctx, prior, false)...)
	resp.Diagnostics.Append(r.warnOfDestroy(ctx, prior)...)
	resp.Diagnostics.Append(r.planDestroy(ctx, prior, resp.Private)...)
}

// forecast returns the plan of an object in state.
func (r *Resource[M, R, E]) forecast(ctx context.Context, planned Planned[M]) M {
	if inheritor, ok := r.adapter.(Inheritor[M]); ok && planned.Imported {
		planned.Plan = inheritor.Inherit(ctx, planned)
	}
	planned.Plan = planned.Plan.Forecast(planned.Config, *planned.Prior)
	if foreseer, ok := r.adapter.(Foreseer[M]); ok && !planned.Replaces && !(*planned.Prior).Pending() {
		return foreseer.Foresee(ctx, planned)
	}

	return planned.Plan
}

// replacedIn returns the object that a plan has marked before, nil where there is none.
func replacedIn(ctx context.Context, store Private) *Replaced {
	if replaced := new(Replaced); Load(ctx, store, privateReplaced, replaced) {
		return replaced
	}

	return nil
}

// check compares what is planned with the inventory, and reports it as far as that does no harm.
func (r *Resource[M, R, E]) check(ctx context.Context, planned Planned[M]) diag.Diagnostics {
	severity := r.shared.severity(planned.Prior == nil, planned.Replaced != nil)
	if severity == SeveritySkip {
		return nil
	}
	planned.Unseen = planned.Prior == nil && planned.Replaced == nil && !r.shared.Process.Command.Plans()
	found := RunChecks(ctx, []Check{
		func(ctx context.Context) diag.Diagnostics { return r.adapter.Check(ctx, planned) },
		func(ctx context.Context) diag.Diagnostics { return r.nameTwice(ctx, planned) },
		func(ctx context.Context) diag.Diagnostics { return r.checkReplaced(ctx, planned) },
	})
	if severity == SeverityWarning {
		return tfdiag.ForNow(found)
	}

	return found
}

// prepare compares an object that is about to be created with the inventory once more, gets its creation ready, and notes its source. All only
// ask, at the same time, so that their questions share requests. Of the checks only the errors count: the plan has shown the warnings. A preparation
// that waits for a name ends at the first of them.
func (r *Resource[M, R, E]) prepare(ctx context.Context, change Change[M], store Private) (Prepared[M, E], diag.Diagnostics) {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	var found, noted diag.Diagnostics
	var group sync.WaitGroup
	group.Go(func() {
		found = r.adapter.Check(ctx, Planned[M]{Config: change.Config, Plan: change.Plan, Creating: true, Unseen: true}).Errors()
		if len(found) > 0 {
			stop()
		}
	})
	group.Go(func() { noted = r.noteSource(ctx, store, change.Plan) })
	prepared, diags := r.adapter.Prepare(waiting, change.Plan)
	group.Wait()
	diags.Append(noted...)
	if len(found) == 0 || ctx.Err() != nil {
		return prepared, diags
	}
	if prepared.Release != nil {
		prepared.Release()
	}

	return Prepared[M, E]{}, found
}

// leave notes that the plan destroys the object, and stores for the apply which others of its queue are planned to be destroyed by now.
func (r *Resource[M, R, E]) leave(ctx context.Context, store Private, state M) diag.Diagnostics {
	queue := r.adapter.Queue(state)
	r.shared.Registry.Leave(queue, r.adapter.Claims(state)...)
	if _, ok := r.adapter.(DestroyChecker[M]); !ok || queue == "" {
		return nil
	}

	return Save(ctx, store, privateLeaving, r.shared.Registry.Leaving(queue))
}

// checkDestroy returns what the adapter has to say about a plan under which the object goes.
func (r *Resource[M, R, E]) checkDestroy(ctx context.Context, state M, replaced bool) diag.Diagnostics {
	checker, ok := r.adapter.(DestroyChecker[M])
	if !ok { // also while the platform is not known
		return nil
	}

	return checker.CheckDestroy(ctx, state, replaced)
}
