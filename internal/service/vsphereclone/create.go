package vsphereclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Create clones the VM. The identity is set before anything is asked for, since a response without one fails.
func (r *cloneResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultCreateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.applying.Store(true)

	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, "")...)

	began, err := r.client.ServerTime(bounded)
	if err != nil {
		resp.Diagnostics.Append(tfdiag.FromError(plan.operation("clone"), err))

		return
	}

	clone := &cloning{client: r.client, logger: r.logger, claims: r.session.claims, spec: plan.cloneSpec(), began: began}
	c := creation{resource: r, plan: plan, timeout: timeout}
	state, diags := c.conclude(ctx, bounded, clone.run(ctx, bounded))
	resp.Diagnostics.Append(diags...)
	if state == nil {
		return
	}
	if state.pending() {
		resp.Diagnostics.Append(savePending(ctx, resp.Private, clone.search(state.PendingTaskID.ValueString()))...)
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, state.ID.ValueString())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// creation turns the fate of a clone into state and diagnostics.
type creation struct {
	resource *cloneResource
	plan     model
	timeout  time.Duration
}

// conclude returns the state to save, nil where nothing came to be.
func (c creation) conclude(ctx, bounded context.Context, end fate) (*model, diag.Diagnostics) {
	words := c.plan.creation()
	if end.taskID != unknownTask {
		words.TaskID = end.taskID
	}
	interrupted := ctx.Err() != nil

	switch end.kind {
	case created:
		return c.finish(ctx, bounded, end.vmID)
	case partial:
		state := c.read(ctx, bounded, end.vmID, nil)

		return &state, diag.Diagnostics{words.StepFailed(end.vmID, "finish the clone", end.err)}
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
	case lostNotCreated:
		return nil, diag.Diagnostics{words.AnswerLostNotCreated(end.err)}
	default:
		return nil, c.refused(ctx, words, end.err)
	}
}

// finish reads the new VM and sees to what comes after the clone: power and addresses. An interrupted apply only saves
// what there is.
func (c creation) finish(ctx, bounded context.Context, vmID string) (*model, diag.Diagnostics) {
	var diags diag.Diagnostics
	state := c.read(ctx, bounded, vmID, &diags)
	if diags.HasError() {
		return &state, diags
	}
	if ctx.Err() != nil {
		state = state.keeping(c.plan)

		return &state, diags
	}

	if c.plan.PowerOn.ValueBool() && state.PowerState.ValueString() != string(vsphere.PoweredOn) {
		if err := c.resource.powerOn(bounded, vmID); err != nil {
			return c.unfinished(ctx, state, createTimeout, "power it on", err)
		}
		state.PowerOn, state.PowerState = types.BoolValue(true), types.StringValue(string(vsphere.PoweredOn))
	}
	if err := c.resource.awaitGuestIP(bounded, &state); err != nil {
		return c.unfinished(ctx, state, path.Root("wait_for_guest_ip"), "get an IP address from its guest", err)
	}
	state = state.keeping(c.plan)

	return &state, diags
}

// unfinished returns the state of a VM that is there when a step after the clone failed. An interruption is no failure: the
// VM is not tainted, lest the next apply replace what only has to be powered on or waited for.
func (c creation) unfinished(ctx context.Context, state model, limit path.Path, step string, err error) (*model, diag.Diagnostics) {
	words, id := c.plan.creation(), state.ID.ValueString()
	if ctx.Err() != nil {
		state = state.keeping(c.plan)

		return &state, diag.Diagnostics{words.InterruptedStep(id, step)}
	}
	words.TimeoutAttribute = limit

	return &state, diag.Diagnostics{words.StepFailed(id, step, err)}
}

// read returns the state of a new VM. A VM that can't be read is in state by its id alone, and the next refresh fills in
// the rest: that is an error, since others would use what is missing, but after an interruption nobody does.
func (c creation) read(ctx, bounded context.Context, vmID string, diags *diag.Diagnostics) model {
	vm, err := c.resource.readNow(bounded, vmID)
	if err == nil {
		return c.plan.observed(vm)
	}

	state := c.plan.unknownAsNull()
	state.ID = types.StringValue(vmID)
	if diags != nil && ctx.Err() == nil {
		diags.Append(c.plan.creation().StepFailed(vmID, "read it", err))
	}

	return state
}

// refused words the error of a clone that vCenter did not make: with the VM that has the name already, and with the
// privileges that a denied user lacks. Both are looked up only now, and best effort: the error itself must get out.
func (c creation) refused(ctx context.Context, words tfdiag.Creation, err error) diag.Diagnostics {
	if apierr.Is(err, apierr.AlreadyExists) {
		if existing, ok := c.resource.existing(ctx, c.plan.cloneSpec()); ok {
			return diag.Diagnostics{words.AlreadyExists(existing)}
		}
	}
	op := c.plan.operation("clone")
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied) {
		delete(op.Attributes, c.plan.SourceVMID.ValueString()) // every error of a clone names its source; these are not about it
	}
	if apierr.Is(err, apierr.Denied) {
		err = c.resource.withMissingPrivileges(ctx, c.plan.cloneSpec(), err)
	}

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// setIdentity sets the identity of a response. A pending clone has a vCenter but no VM yet.
func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, vcenter, vmID string) diag.Diagnostics {
	if identity == nil {
		return nil
	}

	return identity.Set(ctx, identityModel{
		VCenterUUID: types.StringValue(vcenter),
		VMID:        tfattr.StringOrNull(vmID),
	})
}
