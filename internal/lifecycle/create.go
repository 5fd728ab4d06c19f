package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// The first step after a creation, in words.
const readIt = "read it"

// creation is one object that is created.
type creation[M Model[M], R, E any] struct {
	search[M, R, E]

	resource *Resource[M, R, E]
	change   Change[M]
	timeout  time.Duration
}

// Create creates the object. It sets the identity before it asks the platform for anything, since a response without one fails.
func (r *Resource[M, R, E]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var change Change[M]
	resp.Diagnostics.Append(req.Config.Get(ctx, &change.Config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &change.Plan)...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	timeout, diags := Timeout(change.Plan.OperationTimeouts(), CreateTimeout, r.kind.Timeouts.Create)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	defer r.shared.Process.change()()
	ctx = logged(ctx, change.Plan, "create")
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	platform, ok := r.connect(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, change.Plan.Bare("", ""))...)

	prepared, diags := r.prepare(bounded, change, resp.Private)
	resp.Diagnostics.Append(diags...)
	if prepared.Release != nil {
		defer prepared.Release()
	}
	if diags.HasError() {
		return
	}
	if prepared.Err == nil {
		change.Plan = prepared.Plan
	}
	c := &creation[M, R, E]{resource: r, change: change, timeout: timeout, search: search[M, R, E]{
		adapter: r.adapter, registry: r.shared.Registry, logger: r.logger, model: change.Plan, evidence: &prepared.Evidence,
	}}
	leave, err := func() {}, prepared.Err
	if err == nil {
		leave, err = r.shared.Queues.Enter(bounded, r.logger, r.adapter.Queue(change.Plan))
	}
	if err != nil {
		resp.Diagnostics.Append(c.refused(ctx, bounded, outcome[R]{Err: err})...)

		return
	}
	end := c.run(ctx, bounded)
	leave()
	state, diags := c.conclude(ctx, bounded, end)
	resp.Diagnostics.Append(diags...)
	if state == nil {
		return
	}
	if (*state).Pending() {
		resp.Diagnostics.Append(Save(ctx, resp.Private, privatePending, prepared.Evidence)...)
	}
	resp.Diagnostics.Append(r.anchor(ctx, change.Plan, resp.Private, false)...)
	resp.Diagnostics.Append(r.noteOverview(ctx, resp.Private, change.Config)...)
	resp.Diagnostics.Append(r.identify(ctx, resp.Identity, platform, *state)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(r.noteView(bounded, resp.Private, *state)...)
}

// conclude returns the state to save, nil where nothing came to be.
func (c *creation[M, R, E]) conclude(ctx, bounded context.Context, end outcome[R]) (*M, diag.Diagnostics) {
	switch end.Kind {
	case endCreated:
		return c.finish(ctx, bounded, end.Result)
	case endPartial:
		state, _ := c.made(bounded, end.Result)
		words := end.describe(c.model.Creation())

		return &state, diag.Diagnostics{words.StepFailed(c.adapter.ID(end.Result), c.resource.kind.Unfinished, end.Err)}
	case endNotCreated:
		return nil, c.refused(ctx, bounded, end)
	default:
		pending, diagnostic := end.withoutObject(c.model.Creation(), ctx.Err() != nil, c.timeout)
		if !pending {
			return nil, diag.Diagnostics{diagnostic}
		}
		state := c.model.Bare(c.model.ObjectID(), end.TaskID)

		return &state, diag.Diagnostics{diagnostic}
	}
}

// refused describes the error of a creation that the platform refused, or for which there was no time.
func (c *creation[M, R, E]) refused(ctx, bounded context.Context, end outcome[R]) diag.Diagnostics {
	words := end.describe(c.model.Creation())
	taken, isTaken := errors.AsType[*NameTakenError](end.Err)
	switch {
	case isTaken:
		return diag.Diagnostics{taken.Diagnostic(words)}
	case ctx.Err() != nil:
		return diag.Diagnostics{words.InterruptedNotCreated(end.Err)}
	case bounded.Err() != nil, errors.Is(end.Err, ErrOutOfTime):
		return diag.Diagnostics{words.TimedOutNotCreated(c.timeout, end.Err)}
	default:
		return c.adapter.Refused(bounded, c.model, end.Err)
	}
}

// finish reads the new object and takes the steps that are left. An interrupted apply saves what there is, and says what is left.
func (c *creation[M, R, E]) finish(ctx, bounded context.Context, made R) (*M, diag.Diagnostics) {
	words := c.model.Creation()
	state, err := c.made(bounded, made)
	if apierr.Is(err, apierr.NotFound) {
		switch found := c.missing(bounded); {
		case found.kind == resolved:
			made = found.result
			state, err = c.made(bounded, made)
		case found.candidate != nil:
			state = c.model.Bare(c.model.ObjectID(), UnknownTask)

			return &state, diag.Diagnostics{words.Unproved(found.candidate.Existing, err, ctx.Err() != nil)}
		}
	}
	id := c.adapter.ID(made)
	switch {
	case err != nil && ctx.Err() != nil:
		return &state, diag.Diagnostics{words.InterruptedStep(id, readIt)}
	case err != nil:
		return &state, diag.Diagnostics{words.StepFailed(id, readIt, err)}
	}

	var warnings diag.Diagnostics
	for _, step := range c.adapter.AfterCreate(c.model, made, state) {
		err := ctx.Err()
		switch {
		case err != nil && step.Idle != nil && step.Idle(state):
			continue
		case err == nil:
			var said diag.Diagnostics
			state, said, err = step.Do(logged(bounded, c.model, step.Action), state)
			warnings.Append(said...)
		}
		switch {
		case err != nil && ctx.Err() != nil: // no failure: the next apply must not replace what lacks one step
			state = state.Keeping(c.model)

			return &state, append(warnings, words.InterruptedStep(id, step.Action))
		case err != nil:
			if len(step.Timeout.Steps()) > 0 {
				words.TimeoutAttribute = step.Timeout
			}

			return &state, append(warnings, words.StepFailed(id, step.Action, err))
		}
	}
	state = state.Keeping(c.model)

	return &state, warnings
}

// made returns the state of a new object. One that can't be read has no more than its id there: the next refresh fills in the rest.
func (c *creation[M, R, E]) made(ctx context.Context, made R) (M, error) {
	late, stop := Late(ctx)
	defer stop()
	state, err := c.adapter.Made(late, c.model, made)
	if err != nil {
		return c.model.Bare(c.adapter.ID(made), ""), err
	}

	return state, nil
}
