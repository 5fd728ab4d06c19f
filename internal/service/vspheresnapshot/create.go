package vspheresnapshot

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Create takes the snapshot. The identity is set before anything is asked for, since a response without one fails.
func (r *snapshotResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
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
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, &plan)...)
	began, err := r.client.ServerTime(bounded)
	if err != nil {
		resp.Diagnostics.Append(tfdiag.FromError(plan.operation("take", createTimeout), err))

		return
	}

	t := &taking{resource: r, spec: plan.spec(), began: began}
	c := creation{resource: r, plan: plan, timeout: timeout}
	state, diags := c.conclude(ctx, bounded, t.run(ctx, bounded))
	resp.Diagnostics.Append(diags...)
	if state == nil {
		return
	}
	if state.pending() {
		resp.Diagnostics.Append(savePending(ctx, resp.Private, t.search())...)
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, state)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// creation turns the fate of a snapshot into state and diagnostics.
type creation struct {
	resource *snapshotResource
	plan     model
	timeout  time.Duration
}

// conclude returns the state to save, nil where nothing came to be.
func (c creation) conclude(ctx, bounded context.Context, end lifecycle.Fate[string]) (*model, diag.Diagnostics) {
	switch end.Kind {
	case lifecycle.Created, lifecycle.Partial:
		return c.finish(ctx, bounded, end.Result)
	case lifecycle.NotCreated:
		return nil, c.refused(ctx, bounded, end.Words(c.plan.creation()), end.Err)
	default:
		pending, said := end.Unmade(c.plan.creation(), ctx.Err() != nil, c.timeout)
		if !pending {
			return nil, diag.Diagnostics{said}
		}
		state := c.plan.unknownAsNull()
		state.PendingTaskID = types.StringValue(end.TaskID)

		return &state, diag.Diagnostics{said}
	}
}

// refused words the error of a snapshot that vCenter did not take.
func (c creation) refused(ctx, bounded context.Context, words tfdiag.Creation, err error) diag.Diagnostics {
	switch {
	case ctx.Err() != nil:
		return diag.Diagnostics{words.InterruptedNotCreated(err)}
	case bounded.Err() != nil, errors.Is(err, lifecycle.ErrOutOfTime):
		return diag.Diagnostics{words.TimedOutNotCreated(c.timeout, err)}
	}
	vmID := c.plan.VMID.ValueString()
	op := c.plan.operation("take", createTimeout)
	switch { // every error names the VM; these are about it, or about its guest
	case quiesceFailed(err):
		op.Attributes[vmID] = path.Root("quiesce")
	case !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied, apierr.Unsupported):
		delete(op.Attributes, vmID)
	}
	err = c.resource.withMissingPrivileges(ctx, vmID, privilegeCreate, err)

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// quiesceFailed reports whether VMware Tools could not quiesce the guest.
func quiesceFailed(err error) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && (failure.Code == "FilesystemQuiesceFault" || failure.Code == "ApplicationQuiesceFault")
}

// finish reads the new snapshot, and clears a default description that nobody asked for. An interrupted apply only saves
// what there is.
func (c creation) finish(ctx, bounded context.Context, id string) (*model, diag.Diagnostics) {
	words := c.plan.creation()
	snapshot, err := c.resource.readNow(bounded, c.plan.VMID.ValueString(), id)
	if err != nil {
		state := c.plan.unknownAsNull()
		state.ID = types.StringValue(id)
		if ctx.Err() != nil {
			return &state, nil // nobody uses what is missing, and the next refresh fills it in
		}

		return &state, diag.Diagnostics{words.StepFailed(id, "read it", err)}
	}

	state := c.plan.observed(snapshot)
	if ctx.Err() == nil && (lifecycle.Changed(state.Name, c.plan.Name) || lifecycle.Changed(state.Description, c.plan.Description)) {
		if err := c.resource.rename(bounded, id, &c.plan, snapshot.Description); err != nil {
			const step = "give it its name and description"
			if ctx.Err() != nil { // not tainted: the next refresh shows that this is left to do
				state = state.keeping(c.plan)

				return &state, diag.Diagnostics{words.InterruptedStep(id, step)}
			}

			return &state, diag.Diagnostics{words.StepFailed(id, step, err)}
		}
	}
	state = state.keeping(c.plan)

	return &state, nil
}
