package vsphereftsecondary

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// The privileges of the methods, each needed on the primary.
const (
	privilegeCreate      = "VirtualMachine.Interact.CreateSecondary"
	privilegeEnable      = "VirtualMachine.Interact.EnableSecondary"
	privilegeDisable     = "VirtualMachine.Interact.DisableSecondary"
	privilegeMakePrimary = "VirtualMachine.Interact.MakePrimary"
	privilegeTurnOff     = "VirtualMachine.Interact.TurnOffFaultTolerance"
)

// seeToPower applies what DRS recommends in order to power a secondary on, where it may, and returns what is left of the
// outcome. A secondary that is not powered on is a warning, since it exists.
func (r *secondaryResource) seeToPower(
	ctx context.Context, plan model, result vsphere.SecondaryResult,
) (vsphere.SecondaryResult, diag.Diagnostics) {
	if len(result.Recommendations) > 0 && plan.ApplyDRSRecommendation.ValueBool() {
		err := r.approve(ctx, plan.PrimaryVMID.ValueString(), result.SecondaryID, result.Recommendations)
		switch {
		case err == nil:
			result.Recommendations, result.PowerOnAttempted = nil, true

			return result, nil
		case errors.Is(ctx.Err(), context.Canceled):
			return result, diag.Diagnostics{plan.creation().InterruptedStep(result.SecondaryID, "power it on")}
		}
		result.PowerOnFault = asFault(err)
	}

	var diags diag.Diagnostics
	primary := plan.PrimaryVMID.ValueString()
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

	return result, diags
}

// approve applies the recommendations and waits until the secondary runs. One that runs already is fine: then somebody else
// has approved them.
func (r *secondaryResource) approve(ctx context.Context, primary, secondary string, all []vsphere.Recommendation) error {
	for _, one := range all {
		cluster := one.ClusterID
		if cluster == "" {
			vm, err := r.client.VirtualMachine(ctx, primary)
			if err != nil {
				return err
			}
			cluster = vm.Placement.ClusterID
		}
		err := r.client.ApplyRecommendation(ctx, cluster, one.Key)
		if err = r.unlessPair(ctx, primary, err, isRunning); err != nil {
			return err
		}
	}

	return r.client.WaitForPowerState(ctx, secondary, vsphere.PoweredOn)
}

// enable enables the secondary and returns how powering it on went.
func (r *secondaryResource) enable(ctx context.Context, primary, secondary string) (vsphere.SecondaryResult, error) {
	result, err := run(ctx, r, func(ctx context.Context) (task.Handle[vsphere.SecondaryResult], error) {
		return r.client.EnableSecondary(ctx, primary, secondary, "")
	})
	if err != nil {
		return result, r.explained(ctx, primary, r.unlessPair(ctx, primary, err, isEnabled), privilegeEnable)
	}

	return result, nil
}

// disable disables the secondary. One that is disabled already is fine.
func (r *secondaryResource) disable(ctx context.Context, primary, secondary string) error {
	_, err := run(ctx, r, func(ctx context.Context) (task.Handle[struct{}], error) {
		return r.client.DisableSecondary(ctx, primary, secondary)
	})

	return r.explained(ctx, primary, r.unlessPair(ctx, primary, err, isDisabled), privilegeDisable)
}

// failBack makes the secondary the primary. One that is the primary already is fine.
func (r *secondaryResource) failBack(ctx context.Context, primary, secondary string) error {
	_, err := run(ctx, r, func(ctx context.Context) (task.Handle[struct{}], error) {
		return r.client.MakePrimary(ctx, primary, secondary)
	})
	swapped := func(pair vsphere.FaultTolerance) bool { return pair.PrimaryID == secondary }

	return r.explained(ctx, primary, r.unlessPair(ctx, primary, err, swapped), privilegeMakePrimary)
}

func isEnabled(pair vsphere.FaultTolerance) bool { return pair.SecondaryID != "" && !isDisabled(pair) }

func isRunning(pair vsphere.FaultTolerance) bool {
	return pair.SecondaryPowerState == vsphere.PoweredOn
}

func isDisabled(pair vsphere.FaultTolerance) bool {
	return pair.State == vsphere.FaultToleranceDisabled
}

// unlessPair returns nil when a step failed but the pair is as it should be: something else has brought it there.
func (r *secondaryResource) unlessPair(
	ctx context.Context, vmID string, err error, wanted func(vsphere.FaultTolerance) bool,
) error {
	if err == nil || errors.Is(err, task.ErrUnfinished) || apierr.Is(err, apierr.Denied) {
		return err
	}
	if pair, readErr := r.pairNow(ctx, vmID, ""); readErr == nil && wanted(pair) {
		return nil
	}

	return err
}

// pairNow reads the pair, whose other VM is most likely partnerID, for the state that an operation leaves behind, also when the operation was interrupted or its time
// is over: then on a short time of its own.
func (r *secondaryResource) pairNow(ctx context.Context, vmID, partnerID string) (vsphere.FaultTolerance, error) {
	if ctx.Err() != nil {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
		defer stop()
		ctx = detached
	}

	return r.client.FaultToleranceWith(ctx, vmID, partnerID)
}

// explained adds to a denied operation's error that the user lacks the privilege, where vCenter tells.
func (r *secondaryResource) explained(ctx context.Context, primary string, err error, privilege string) error {
	denied, ok := errors.AsType[*apierr.Error](err)
	if !ok || denied.Kind != apierr.Denied || len(denied.MissingPrivileges) > 0 {
		return err
	}
	missing, askErr := r.client.MissingPrivileges(ctx, primary, privilege)
	if askErr != nil || len(missing) == 0 {
		return err
	}
	named := *denied
	named.MissingPrivileges = missing

	return named.Wrap(err)
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
