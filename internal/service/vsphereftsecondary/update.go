package vsphereftsecondary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Update brings the pair to where the plan wants it, one step after another. When a step fails, the state tells what the
// platform has by then. A pending secondary is adopted first.
func (r *secondaryResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultUpdateTimeout)
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
	resp.Diagnostics.Append(keepIdentity(ctx, resp.Identity, vcenter, state.PrimaryVMID)...)

	if state.pending() {
		if !r.adopt(bounded, &state, resp) {
			return
		}
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}

	u := &updating{resource: r, plan: plan, state: state}
	final, diags := u.apply(bounded)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(lifecycle.ForgetImported(ctx, resp.Private)...)
	}
}

// adopt waits for a pending secondary and reads it into state. Without one the old state stays, with an error: the next
// refresh drops what is proved not to exist.
func (r *secondaryResource) adopt(ctx context.Context, state *model, resp *resource.UpdateResponse) bool {
	words := state.creation()
	words.TimeoutAttribute = updateTimeout
	found := r.resolve(ctx, state, true)
	switch found.kind {
	case resolvedPair:
	case resolvedNothing:
		resp.Diagnostics.Append(words.PendingFailed(found.err))

		return false
	default:
		resp.Diagnostics.Append(words.PendingUnfinished(found.err))

		return false
	}
	pair, err := r.client.FaultTolerance(ctx, state.PrimaryVMID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(words.PendingUnfinished(err))

		return false
	}
	if found.told {
		*state = state.withOutcome(found.result)
	}
	*state = state.observed(pair)

	return true
}

// updating is one update of a pair.
type updating struct {
	resource    *secondaryResource
	plan, state model
	outcome     *vsphere.SecondaryResult // of a secondary that was enabled or approved on the way
	warnings    diag.Diagnostics
}

// apply takes the steps and returns the state to save.
func (u *updating) apply(ctx context.Context) (model, diag.Diagnostics) {
	steps := u.steps()
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			op := u.state.operation(step.action)
			op.Attributes = map[string]path.Path{u.state.PrimaryVMID.ValueString(): step.attribute}

			return u.readBack(ctx), append(u.warnings, tfdiag.FromError(op, err))
		}
	}

	if len(steps) == 0 && u.plan.complete() {
		return u.plan, nil
	}
	pair, err := u.resource.pairNow(ctx, u.plan.PrimaryVMID.ValueString(), u.state.ID.ValueString())
	if err != nil {
		return u.readBack(ctx), append(u.warnings, tfdiag.FromError(u.plan.operation("read"), err))
	}
	final := u.plan
	final.PowerOnAttempted, final.PowerOnFault, final.Recommendations = u.state.PowerOnAttempted, u.state.PowerOnFault, u.state.Recommendations
	if u.outcome != nil {
		final = final.withOutcome(*u.outcome)
	}

	return final.observed(pair).keeping(u.plan), u.warnings
}

// readBack returns the state after a step failed: what the platform tells, also when the operation's time is over.
func (u *updating) readBack(ctx context.Context) model {
	pair, err := u.resource.pairNow(ctx, u.state.PrimaryVMID.ValueString(), u.state.ID.ValueString())
	if err != nil || pair.SecondaryID == "" {
		return u.state
	}

	return u.state.observed(pair)
}

// step is one change of the pair.
type step struct {
	action    string    // in words, before "the FT secondary of …": "disable"
	attribute path.Path // what asks for it
	do        func(ctx context.Context) error
}

// steps returns what has to be done, in this order: only a primary can enable its secondary.
func (u *updating) steps() []step {
	before, primary, secondary := u.state.PrimaryVMID.ValueString(), u.plan.PrimaryVMID.ValueString(), u.state.ID.ValueString()
	var steps []step
	if primary != before {
		secondary = before
		steps = append(steps, step{"fail back from", path.Root("primary_vm_id"), func(ctx context.Context) error {
			return u.resource.failBack(ctx, before, primary)
		}})
	}
	switched := !u.plan.Enabled.Equal(u.state.Enabled)
	switch enable := u.plan.Enabled.ValueBool(); {
	case switched && enable:
		steps = append(steps, step{"enable", path.Root("enabled"), func(ctx context.Context) error {
			result, err := u.resource.enable(ctx, primary, secondary)
			if err == nil {
				u.seen(u.resource.seeToPower(ctx, u.plan, result))
			}

			return err
		}})
	case switched:
		steps = append(steps, step{"disable", path.Root("enabled"), func(ctx context.Context) error {
			u.seen(vsphere.SecondaryResult{SecondaryID: secondary}, nil)

			return u.resource.disable(ctx, primary, secondary)
		}})
	case u.plan.approves(&u.state):
		steps = append(steps, step{"power on", path.Root("apply_drs_recommendation"), func(ctx context.Context) error {
			err := u.resource.approve(ctx, primary, secondary, u.state.waiting())
			if err == nil {
				u.seen(vsphere.SecondaryResult{SecondaryID: secondary, PowerOnAttempted: true}, nil)
			}

			return err
		}})
	}

	return steps
}

func (u *updating) seen(result vsphere.SecondaryResult, warnings diag.Diagnostics) {
	u.outcome = &result
	u.warnings.Append(warnings...)
}

// approves reports whether the plan applies what DRS recommended earlier.
func (m *model) approves(prior *model) bool {
	return m.ApplyDRSRecommendation.ValueBool() && m.Enabled.ValueBool() && len(prior.waiting()) > 0
}

// complete reports whether a plan leaves nothing for the platform to tell.
func (m *model) complete() bool {
	known := m.unknownAsNull()

	return m.ID.Equal(known.ID) && m.State.Equal(known.State) && m.SecondaryHostID.Equal(known.SecondaryHostID) &&
		m.PowerOnAttempted.Equal(known.PowerOnAttempted) && m.PowerOnFault.Equal(known.PowerOnFault) &&
		m.Recommendations.Equal(known.Recommendations) && m.PendingTaskID.Equal(types.StringNull())
}
