package vsphereftsecondary

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// AfterCreate implements [lifecycle.Adapter]: what DRS recommends, disabling the secondary where that is wanted, and else the wait until
// the pair runs.
func (a *adapter) AfterCreate(plan model, made vsphere.SecondaryResult, _ model) []lifecycle.Step[model] {
	var steps []lifecycle.Step[model]
	approves := len(made.Recommendations) > 0 && plan.ApplyDRSRecommendation.ValueBool()
	if len(made.Recommendations) > 0 || made.PowerOnFault != nil {
		steps = append(steps, lifecycle.Step[model]{
			Action: "power it on", Idle: func(model) bool { return !approves },
			Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
				result, warnings, err := a.seeToPower(ctx, plan, made)

				return state.withOutcome(result), warnings, err
			},
		})
	}
	if plan.Enabled.ValueBool() {
		return append(steps, lifecycle.Step[model]{
			Action: "wait until it runs", Idle: func(model) bool { return true }, // the next refresh tells whether it does
			Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
				state, warnings := a.awaitStart(ctx, state, approves)

				return state, warnings, nil
			},
		})
	}

	return append(steps, lifecycle.Step[model]{
		Action: "disable it",
		Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
			return state, nil, a.disable(ctx, state.PrimaryVMID.ValueString(), state.ObjectID())
		},
	}, lifecycle.Step[model]{
		Action: "read it",
		Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
			pair, err := a.client.FaultToleranceWith(ctx, state.PrimaryVMID.ValueString(), state.ObjectID())
			if err != nil {
				return state, nil, err
			}

			return state.observed(pair), nil, nil
		},
	})
}

// awaitStart waits until a pair whose secondary was powered on runs, within the time that ctx and [startWait] leave; a pair that does not
// run by then is a warning. An interruption only ends the wait. approved says that the secondary was powered on after the pair was read.
func (a *adapter) awaitStart(ctx context.Context, state model, approved bool) (model, diag.Diagnostics) {
	if state.running || !state.starts() {
		return state, nil
	}
	began := time.Now()
	bounded, stop := context.WithTimeout(ctx, startWait)
	defer stop()
	for look := 1; ; look++ {
		if (!approved || look > 1) && !backoff.Pause(bounded, startPauses.After(look)) {
			break
		}
		pair, err := a.client.FaultToleranceWith(bounded, state.PrimaryVMID.ValueString(), state.ObjectID())
		switch {
		case err != nil:
			a.logger.DebugContext(ctx, "A pair that starts can't be read", "primary", state.PrimaryVMID.ValueString(), "error", err.Error())
		case !isPair(pair):
			return state, nil // something else turned fault tolerance off: the next refresh tells
		default:
			state = state.observed(pair)
		}
		if state.running {
			return state, nil
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return state, nil
	}

	return state, diag.Diagnostics{tfdiag.SecondaryNotRunning(state.PrimaryVMID.ValueString(), state.ObjectID(), state.State.ValueString(),
		time.Since(began))}
}

// starts reports whether the secondary was powered on, so that the pair is going to run.
func (m model) starts() bool {
	return m.PowerOnAttempted.ValueBool() && m.PowerOnFault.IsNull() && len(m.waiting()) == 0
}

// Steps implements [lifecycle.Adapter]. Only a primary can enable its secondary, so failing back goes first.
func (a *adapter) Steps(change lifecycle.Change[model]) []lifecycle.Step[model] {
	state, plan := change.State, change.Plan
	var steps []lifecycle.Step[model]
	if before := state.PrimaryVMID; !plan.PrimaryVMID.Equal(before) {
		steps = append(steps, lifecycle.Step[model]{
			Action: "fail back from", Attributes: map[string]path.Path{before.ValueString(): path.Root("primary_vm_id")},
			Do: func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
				if err := a.failBack(ctx, before.ValueString(), plan.PrimaryVMID.ValueString()); err != nil {
					return state, nil, err
				}
				state.PrimaryVMID, state.ID = plan.PrimaryVMID, before
				state.InstanceUUID, state.SecondaryInstanceUUID = state.SecondaryInstanceUUID, state.InstanceUUID

				return state, nil, nil
			},
		})
	}
	about := func(argument string) map[string]path.Path {
		return map[string]path.Path{plan.PrimaryVMID.ValueString(): path.Root(argument)}
	}
	switched := !plan.Enabled.Equal(state.Enabled)
	switch enable := plan.Enabled.ValueBool(); {
	case switched && enable:
		steps = append(steps, lifecycle.Step[model]{Action: "enable", Attributes: about("enabled"), Do: a.enableStep(plan)})
	case switched:
		steps = append(steps, lifecycle.Step[model]{Action: "disable", Attributes: about("enabled"), Do: a.disableStep})
	case plan.approves(state):
		steps = append(steps, lifecycle.Step[model]{Action: "power on", Attributes: about("apply_drs_recommendation"), Do: a.approveStep})
	}

	return steps
}

// enableStep enables the secondary and sees to its power.
func (a *adapter) enableStep(plan model) func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
	return func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		result, err := a.enable(ctx, state.PrimaryVMID.ValueString(), state.ObjectID())
		if err != nil {
			return state, nil, err
		}
		result, warnings, err := a.seeToPower(ctx, plan, result)
		if err != nil {
			warnings.Append(plan.Creation().InterruptedStep(result.SecondaryID, "power it on"))
		}

		return state.withOutcome(result), warnings, nil
	}
}

func (a *adapter) disableStep(ctx context.Context, state model) (model, diag.Diagnostics, error) {
	if err := a.disable(ctx, state.PrimaryVMID.ValueString(), state.ObjectID()); err != nil {
		return state, nil, err
	}

	return state.withOutcome(vsphere.SecondaryResult{}), nil, nil
}

func (a *adapter) approveStep(ctx context.Context, state model) (model, diag.Diagnostics, error) {
	if err := a.approve(ctx, state.PrimaryVMID.ValueString(), state.ObjectID(), state.waiting()); err != nil {
		return state, nil, err
	}

	return state.withOutcome(vsphere.SecondaryResult{PowerOnAttempted: true}), nil, nil
}

// approves reports whether the plan applies what DRS recommended earlier.
func (m model) approves(prior model) bool {
	return m.ApplyDRSRecommendation.ValueBool() && m.Enabled.ValueBool() && len(prior.waiting()) > 0
}
