package vsphereftsecondary

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Create makes the secondary. The identity is known before: it is the primary's.
func (r *secondaryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultCreateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.Apply()

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, plan.PrimaryVMID)...)

	c := creation{resource: r, plan: plan, timeout: timeout}
	if problem := c.unpaired(bounded); problem != nil {
		resp.Diagnostics.Append(problem)

		return
	}
	making := &pairing{client: r.client, logger: r.logger, spec: plan.spec()}
	state, diags := c.conclude(ctx, bounded, making.run(ctx, bounded))
	resp.Diagnostics.Append(diags...)
	if state != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// creation turns the fate of a secondary into state and diagnostics.
type creation struct {
	resource *secondaryResource
	plan     model
	timeout  time.Duration
}

// unpaired returns an error when the primary has a secondary already. What is found later is then known to be ours.
func (c creation) unpaired(ctx context.Context) diag.Diagnostic {
	primary := c.plan.PrimaryVMID.ValueString()
	pair, err := c.resource.client.FaultTolerance(ctx, primary)
	switch {
	case err != nil:
		return tfdiag.FromError(c.plan.operation("create"), err)
	case pair.Role == vsphere.RoleSecondary, pair.SecondaryID != "":
		return alreadyPaired(pair)
	default:
		return nil
	}
}

// conclude returns the state to save, nil where nothing came to be.
func (c creation) conclude(ctx, bounded context.Context, end fate) (*model, diag.Diagnostics) {
	words := c.plan.creation()
	if end.taskID != lifecycle.UnknownTask {
		words.TaskID = end.taskID
	}
	interrupted := ctx.Err() != nil

	switch end.kind {
	case made:
		return c.finish(ctx, bounded, end.result)
	case partial:
		state := c.read(ctx, bounded, end.result, nil)

		return &state, diag.Diagnostics{words.StepFailed(end.result.SecondaryID, "finish it", end.err)}
	case cancelled:
		if interrupted {
			return nil, diag.Diagnostics{words.InterruptedNotCreated(end.err)}
		}

		return nil, diag.Diagnostics{words.TimedOutNotCreated(c.timeout, end.err)}
	case pending, lost:
		state := c.plan.unknownAsNull()
		state.PendingTaskID = types.StringValue(end.taskID)
		switch {
		case interrupted:
			return &state, diag.Diagnostics{words.InterruptedPending()}
		case end.kind == pending:
			return &state, diag.Diagnostics{words.TimedOutPending(c.timeout)}
		default:
			return &state, diag.Diagnostics{words.AnswerLostUnresolved(end.err, end.search)}
		}
	case lostNotMade:
		return nil, diag.Diagnostics{words.AnswerLostNotCreated(end.err)}
	default:
		return nil, diag.Diagnostics{c.refused(bounded, end.err)}
	}
}

// finish sees to what comes after the secondary was made: what DRS recommends, and disabling it where that is wanted. An
// interrupted apply only saves what there is.
func (c creation) finish(ctx, bounded context.Context, result vsphere.SecondaryResult) (*model, diag.Diagnostics) {
	var diags diag.Diagnostics
	if ctx.Err() == nil {
		result, diags = c.resource.seeToPower(bounded, c.plan, result)
	}
	if ctx.Err() == nil && !c.plan.Enabled.ValueBool() {
		err := c.resource.disable(bounded, c.plan.PrimaryVMID.ValueString(), result.SecondaryID)
		switch words := c.plan.creation(); {
		case err != nil && ctx.Err() != nil: // no failure: lest the next apply replace what only has to be disabled
			diags.Append(words.InterruptedStep(result.SecondaryID, "disable it"))
		case err != nil:
			state := c.read(ctx, bounded, result, nil)

			return &state, append(diags, words.StepFailed(result.SecondaryID, "disable it", err))
		}
	}
	state := c.read(ctx, bounded, result, &diags)
	if !diags.HasError() && !state.State.IsNull() {
		state = state.keeping(c.plan)
	}

	return &state, diags
}

// read returns the state of a new secondary. One that can't be read is in state by its id alone, and the next refresh fills
// in the rest: that is an error, since others would use what is missing, but after an interruption nobody does.
func (c creation) read(ctx, bounded context.Context, result vsphere.SecondaryResult, diags *diag.Diagnostics) model {
	pair, err := c.resource.pairNow(bounded, c.plan.PrimaryVMID.ValueString(), result.SecondaryID)
	if err == nil && pair.SecondaryID != "" {
		return c.plan.withOutcome(result).observed(pair)
	}

	state := c.plan.withOutcome(result).unknownAsNull()
	state.ID = types.StringValue(result.SecondaryID)
	if err != nil && diags != nil && ctx.Err() == nil {
		diags.Append(c.plan.creation().StepFailed(result.SecondaryID, "read it", err))
	}

	return state
}

// refused words the error of a secondary that vCenter did not make, with the privilege that a denied user lacks.
func (c creation) refused(ctx context.Context, err error) diag.Diagnostic {
	op := c.plan.operation("create")
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Unsupported, apierr.Busy, apierr.Denied) {
		delete(op.Attributes, c.plan.PrimaryVMID.ValueString()) // every error names the primary; these are not about it
	}
	if isAboutHost(err) && !c.plan.HostID.IsNull() {
		op.Attributes = map[string]path.Path{c.plan.PrimaryVMID.ValueString(): path.Root("host_id")}
	}
	if isTooOld(err) {
		op.Attributes = nil
		if _, metro := c.plan.hostGroup(); metro {
			op.Attributes = map[string]path.Path{c.plan.PrimaryVMID.ValueString(): path.Root("metro")}
		}
	}

	return tfdiag.FromError(op, c.resource.explained(ctx, c.plan.PrimaryVMID.ValueString(), err, privilegeCreate))
}
