package vsphereftsecondary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Anchor implements [lifecycle.DestroyPlanner]: the primary that the configuration names is to stay.
func (a *adapter) Anchor(of model) string { return of.PrimaryVMID.ValueString() }

// PlanDestroy implements [lifecycle.DestroyPlanner]: what stays is the primary at this moment, whichever the state says.
func (a *adapter) PlanDestroy(ctx context.Context, state model, anchor string) (*lifecycle.PlannedDestroy, diag.Diagnostics) {
	pair, err := a.pairNow(ctx, state.PrimaryVMID.ValueString(), state.ObjectID())
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil, nil
	case err != nil:
		return nil, vm.CheckSkipped("which VM of the pair is the primary, and stays", err)
	}
	told := &lifecycle.PlannedDestroy{
		StaysID: pair.PrimaryID, StaysName: pair.PrimaryName, Owned: a.shared.Registry.Owned(pair.PrimaryID), GoesID: pair.SecondaryID,
	}
	switch {
	case told.StaysID != anchor:
		return told, diag.Diagnostics{tfdiag.FailedOverDestroy(remainder(told, anchor))}
	case a.shared.Registry.Owned(told.GoesID):
		return told, diag.Diagnostics{tfdiag.ManagedSecondary(told.StaysID, told.GoesID)}
	default:
		return told, nil
	}
}

// remainder is what a destroy leaves, in the terms of diagnostics.
func remainder(told *lifecycle.PlannedDestroy, anchor string) tfdiag.PairRemainder {
	return tfdiag.PairRemainder{
		ConfiguredID: anchor, StaysID: told.StaysID, StaysName: told.StaysName, Managed: told.Owned, GoesID: told.GoesID,
	}
}

// Remove implements [lifecycle.Adapter] by [adapter.RemovePlanned], of a primary that is as in state.
func (a *adapter) Remove(ctx context.Context, state model) (*model, diag.Diagnostics) {
	return a.RemovePlanned(ctx, state, a.Anchor(state), nil)
}

// RemovePlanned implements [lifecycle.DestroyPlanner] by TurnOffFaultToleranceForVM_Task of the VM that was the primary when the destroy was
// planned: it removes the secondary. vCenter refuses where that VM is not the primary any more, and then the plan told the opposite of
// what would happen. Whether there is a pair is asked only when vCenter refuses.
func (a *adapter) RemovePlanned(
	ctx context.Context, state model, anchor string, told *lifecycle.PlannedDestroy,
) (*model, diag.Diagnostics) {
	primary := a.Anchor(state)
	switch {
	case told != nil:
		primary = told.StaysID
	case primary != anchor:
		return nil, diag.Diagnostics{tfdiag.FailBackFirst(path.Empty(), anchor, primary)}
	}
	_, err := run(ctx, a, func(ctx context.Context) (task.Handle[struct{}], error) {
		return a.client.TurnOffFaultTolerance(ctx, primary)
	})
	if apierr.Is(err, apierr.NotFound) { // the primary may have been registered once more, under another id
		if _, gone, diags := a.Identify(ctx, state); gone || diags.HasError() {
			return nil, diags
		}
	}
	var now vsphere.FaultTolerance
	err = a.unlessPair(ctx, primary, err, func(pair vsphere.FaultTolerance) bool {
		now = pair

		return pair.Role == vsphere.RoleNone
	})
	switch {
	case err == nil && told != nil && primary != anchor:
		return nil, diag.Diagnostics{tfdiag.FailedOverDestroyed(remainder(told, anchor))}
	case err == nil:
		return nil, nil
	case now.Role == vsphere.RoleSecondary:
		return nil, diag.Diagnostics{tfdiag.FailedOverSincePlan(primary, now.PrimaryID)}
	}
	op := state.Operation("remove", lifecycle.DeleteTimeout)
	op.Attributes = nil

	return nil, diag.Diagnostics{tfdiag.FromError(op, a.explained(ctx, primary, err, privilegeTurnOff))}
}
