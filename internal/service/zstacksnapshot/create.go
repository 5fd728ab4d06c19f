package zstacksnapshot

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Create chooses the group's uuid and takes the group. The identity is set before anything is asked for, since a response
// without one fails.
func (r *snapshotResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeouts.Create)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.Apply()

	plan.ID = types.StringValue(zstack.NewUUID())
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, plan.ID)...)
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	c := creation{resource: r, plan: plan, timeout: timeout}
	state, diags := c.run(ctx, bounded)
	resp.Diagnostics.Append(diags...)
	if state != nil {
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// creation takes one group, and turns its fate into state and diagnostics.
type creation struct {
	resource *snapshotResource
	plan     model
	timeout  time.Duration
}

// run returns the state to save, nil where nothing came to be.
func (c creation) run(ctx, bounded context.Context) (*model, diag.Diagnostics) {
	vmUUID := c.plan.VMUUID.ValueString()
	vm, err := c.resource.client.VirtualMachine(bounded, vmUUID)
	switch {
	case err != nil:
		return nil, c.refused(ctx, bounded, c.plan.creation(), err)
	case !exists(vm.State) || vm.RootVolumeUUID == "":
		return nil, diag.Diagnostics{unusable(vmReference(&c.plan), vm.State)}
	}

	return c.conclude(ctx, bounded, c.resource.take(ctx, bounded, c.plan.spec(vm.RootVolumeUUID), vmUUID))
}

// conclude returns the state to save, nil where nothing came to be.
func (c creation) conclude(ctx, bounded context.Context, end fate) (*model, diag.Diagnostics) {
	words := end.Words(c.plan.creation())
	switch end.Kind {
	case lifecycle.Created:
		return c.finish(ctx, bounded, &end.Result)
	case lifecycle.Partial:
		state, diags := c.finish(ctx, bounded, &end.Result)
		if !apierr.Is(end.Err, apierr.TimedOut) { // else ZStack has only lost patience with itself
			diags = diag.Diagnostics{words.StepFailed(c.plan.ID.ValueString(), "finish it", end.Err)}
		}

		return state, diags
	case lifecycle.NotCreated:
		return nil, c.refused(ctx, bounded, words, end.Err)
	default:
		pending, said := end.Unmade(words, ctx.Err() != nil, c.timeout)
		if !pending {
			return nil, diag.Diagnostics{said}
		}
		state := c.plan.bare(end.TaskID)

		return &state, diag.Diagnostics{said}
	}
}

// refused words the error of a group that ZStack did not take.
func (c creation) refused(ctx, bounded context.Context, words tfdiag.Creation, err error) diag.Diagnostics {
	switch {
	case ctx.Err() != nil:
		return diag.Diagnostics{words.InterruptedNotCreated(err)}
	case bounded.Err() != nil, errors.Is(err, lifecycle.ErrOutOfTime):
		return diag.Diagnostics{words.TimedOutNotCreated(c.timeout, err)}
	}

	return diag.Diagnostics{tfdiag.FromError(c.plan.operation("take", lifecycle.CreateTimeout), err)}
}

// finish reads what a job leaves out of what it made. An interrupted apply only saves what there is.
func (c creation) finish(ctx, bounded context.Context, group *zstack.SnapshotGroup) (*model, diag.Diagnostics) {
	uuid := c.plan.ID.ValueString()
	whole, err := c.resource.readNow(bounded, uuid)
	if err == nil {
		group = whole
	}
	if group.UUID != uuid { // the job did not tell
		state := c.plan.bare("")
		if ctx.Err() != nil {
			return &state, nil // nobody uses what is missing, and the next refresh fills it in
		}

		return &state, diag.Diagnostics{c.plan.creation().StepFailed(uuid, "read it", err)}
	}
	state := c.plan.observed(group).keeping(c.plan)

	return &state, nil
}
