package vsphereftsecondary

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// The privileges of the methods, each needed on the primary, and the last one on its cluster.
const (
	privilegeCreate      = "VirtualMachine.Interact.CreateSecondary"
	privilegeEnable      = "VirtualMachine.Interact.EnableSecondary"
	privilegeDisable     = "VirtualMachine.Interact.DisableSecondary"
	privilegeMakePrimary = "VirtualMachine.Interact.MakePrimary"
	privilegeTurnOff     = "VirtualMachine.Interact.TurnOffFaultTolerance"
	privilegeApprove     = "Resource.ApplyRecommendation"
)

// seeToPower applies what DRS recommends in order to power a secondary on, where it may, and returns what is left of the
// outcome. A secondary that is not powered on is a warning, since it exists; the error says that the CLI was interrupted.
func (a *adapter) seeToPower(
	ctx context.Context, plan model, result vsphere.SecondaryResult,
) (vsphere.SecondaryResult, diag.Diagnostics, error) {
	primary := plan.PrimaryVMID.ValueString()
	if len(result.Recommendations) > 0 && plan.ApplyDRSRecommendation.ValueBool() {
		err := a.approve(ctx, primary, result.SecondaryID, result.Recommendations)
		switch {
		case err == nil:
			result.Recommendations, result.PowerOnAttempted = nil, true

			return result, nil, nil
		case errors.Is(ctx.Err(), context.Canceled):
			return result, nil, err
		}
		result.PowerOnFault = asFault(err)
	}

	var diags diag.Diagnostics
	switch {
	case result.PowerOnFault != nil:
		diags.Append(tfdiag.SecondaryNotPoweredOn(primary, result.SecondaryID, result.PowerOnFault))
	case len(result.Recommendations) > 0:
		reasons := make([]string, len(result.Recommendations))
		for i, one := range result.Recommendations {
			reasons[i] = fmt.Sprintf("%s: %s", one.Key, one.Reason)
		}
		diags.Append(tfdiag.SecondaryAwaitsApproval(primary, result.SecondaryID, reasons))
	}

	return result, diags, nil
}

// approve applies the recommendations and waits until the secondary is powered on. A secondary that runs already is no error: then
// another user has approved them.
func (a *adapter) approve(ctx context.Context, primary, secondary string, all []vsphere.Recommendation) error {
	for _, one := range all {
		cluster := one.ClusterID
		if cluster == "" {
			machine, err := a.client.VirtualMachine(ctx, primary)
			if err != nil {
				return err
			}
			cluster = machine.Placement.ClusterID
		}
		err := a.client.ApplyRecommendation(ctx, cluster, one.Key)
		if err = a.unlessPair(ctx, primary, err, isRunning); err != nil {
			return err
		}
	}

	return a.client.WaitForPowerState(ctx, secondary, vsphere.PoweredOn)
}

// enable enables the secondary and returns how powering it on went.
func (a *adapter) enable(ctx context.Context, primary, secondary string) (vsphere.SecondaryResult, error) {
	result, err := run(ctx, a, func(ctx context.Context) (task.Handle[vsphere.SecondaryResult], error) {
		return a.client.EnableSecondary(ctx, primary, secondary, "")
	})
	if err != nil {
		return result, a.explained(ctx, primary, a.unlessPair(ctx, primary, err, isEnabled), privilegeEnable)
	}

	return result, nil
}

// disable disables the secondary. One that is disabled already is no error.
func (a *adapter) disable(ctx context.Context, primary, secondary string) error {
	_, err := run(ctx, a, func(ctx context.Context) (task.Handle[struct{}], error) {
		return a.client.DisableSecondary(ctx, primary, secondary)
	})

	return a.explained(ctx, primary, a.unlessPair(ctx, primary, err, isDisabled), privilegeDisable)
}

// failBack makes the secondary the primary. One that is the primary already is no error.
func (a *adapter) failBack(ctx context.Context, primary, secondary string) error {
	_, err := run(ctx, a, func(ctx context.Context) (task.Handle[struct{}], error) {
		return a.client.MakePrimary(ctx, primary, secondary)
	})
	swapped := func(pair vsphere.FaultTolerance) bool { return pair.PrimaryID == secondary }

	return a.explained(ctx, primary, a.unlessPair(ctx, primary, err, swapped), privilegeMakePrimary)
}

func isEnabled(pair vsphere.FaultTolerance) bool { return pair.SecondaryID != "" && !isDisabled(pair) }

func isRunning(pair vsphere.FaultTolerance) bool {
	return pair.SecondaryPowerState == vsphere.PoweredOn
}

func isDisabled(pair vsphere.FaultTolerance) bool {
	return pair.State == vsphere.FaultToleranceDisabled
}

// unlessPair returns nil when a step failed but the pair is as it should be: something else has brought it there.
func (a *adapter) unlessPair(ctx context.Context, vmID string, err error, wanted func(vsphere.FaultTolerance) bool) error {
	if err == nil || errors.Is(err, task.ErrUnfinished) || apierr.Is(err, apierr.Denied) {
		return err
	}
	late, stop := lifecycle.Late(ctx)
	defer stop()
	if pair, readErr := a.client.FaultTolerance(late, vmID); readErr == nil && wanted(pair) {
		return nil
	}

	return err
}

// run starts one task and sees it through, within the limit of concurrent tasks. It tries again while the VM is busy, and sends a
// request whose answer was lost once more, which every task can take that only switches something.
func run[T any](ctx context.Context, a *adapter, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	tasks := lifecycle.Tasks{Logger: a.logger, Slot: a.client.AcquireTaskSlot}

	return lifecycle.RunTask(ctx, tasks, &lifecycle.BusyOrLostOnce{}, start)
}

// explained adds to the error of a denied operation that the user lacks the privilege, where vCenter tells.
func (a *adapter) explained(ctx context.Context, primary string, err error, privilege string) error {
	return vm.ExplainDenied(ctx, a.client, err, primary, privilege)
}

// isTooOld reports whether the platform does not have something yet.
func isTooOld(err error) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && failure.Code == apierr.CodeVersionTooOld
}

// isAboutHost reports whether the host that was asked for can't have the secondary.
func isAboutHost(err error) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && (failure.Code == "IncompatibleHostForFtSecondary" || failure.Code == "VmFaultToleranceTooManyVMsOnHost")
}

// asFault returns the platform's error in err's chain, or one that says what err does.
func asFault(err error) *apierr.Error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		return failure
	}

	return &apierr.Error{Kind: apierr.Internal, Messages: []string{err.Error()}}
}
