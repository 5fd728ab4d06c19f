package tfdiag

import (
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// AlreadyFaultTolerant is the error of a VM that is to get a secondary but is in a pair already. The VM itself is the
// primary or the secondary of that pair. It prints the import block that adopts the pair.
func AlreadyFaultTolerant(at path.Path, resourceType, vmID, primaryID, secondaryID string) diag.Diagnostic {
	text := fmt.Sprintf("Its secondary is %s.", secondaryID)
	if vmID != primaryID {
		text = fmt.Sprintf("It is the secondary of %s.", primaryID)
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s is fault tolerant already", vmID), text,
		"To manage the pair with Terraform, add this block, with the resource's own name for <NAME>, and apply again:",
		indented(
			"import {",
			fmt.Sprintf("  to = %s.<NAME>", resourceType),
			fmt.Sprintf("  id = %q", primaryID),
			"}",
		))
}

// NotFaultTolerable is what vCenter's own check says against making a VM fault tolerant: an error where it would fail, a
// warning where it would not.
func NotFaultTolerable(ref Reference, finding *apierr.Error, fails bool) diag.Diagnostic {
	if !fails {
		return report(diag.SeverityWarning, ref.Attribute, ref.ID+" may be made fault tolerant, but see", said(ref.Platform, finding))
	}

	return report(diag.SeverityError, ref.Attribute, ref.ID+" can't be made fault tolerant",
		said(ref.Platform, finding), "Put that right, or protect another virtual machine.")
}

// SecondaryNotPoweredOn is the warning that a secondary was made or enabled but does not run: its primary is not protected.
func SecondaryNotPoweredOn(primaryID, secondaryID string, fault *apierr.Error) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The FT secondary of %s does not run", primaryID),
		said(VSphere, fault),
		fmt.Sprintf("%s exists, but %s is not protected until it runs. Put right what vCenter names; then power the "+
			"secondary on in vCenter, or apply once with enabled = false and once with enabled = true.", secondaryID, primaryID))
}

// SecondaryNotRunning is the warning that a pair does not run although its secondary was powered on: state is what vCenter says of the
// pair after the time that the creation waited.
func SecondaryNotRunning(primaryID, secondaryID, state string, waited time.Duration) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The FT secondary of %s does not run yet", primaryID),
		fmt.Sprintf("%s was created and powered on, but after %s vCenter still says that the pair is %q. %s is not protected until it is "+
			"\"running\".", secondaryID, waited.Round(time.Second), state, primaryID),
		"The pair may only need more time: the next refresh shows its state. If that does not change, look at the events of both VMs in vCenter "+
			"and at the network for fault tolerance logging between their hosts; then power the secondary on in vCenter, or apply once with "+
			"enabled = false and once with enabled = true.")
}

// SecondaryAwaitsApproval is the warning that DRS must be allowed to power a secondary on. recommendations are lines, each
// one recommendation.
func SecondaryAwaitsApproval(primaryID, secondaryID string, recommendations []string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The FT secondary of %s waits for approval", primaryID),
		fmt.Sprintf("DRS is not automatic in this cluster. To power %s on it recommends:", secondaryID),
		indented(slices.Clone(recommendations)...),
		fmt.Sprintf("%s is not protected until that is done. Set apply_drs_recommendation = true and apply, or apply the "+
			"recommendation in vCenter.", primaryID))
}

// FailedOver is the warning of a refresh that finds the roles of a pair changed: what was the primary is its secondary now,
// or gone.
func FailedOver(beforeID, primaryID, secondaryID string) diag.Diagnostic {
	now := fmt.Sprintf("%s is the primary now, and %s its secondary.", primaryID, secondaryID)
	back := fmt.Sprintf("An apply makes %s the primary again, in place. To leave it as it is, set primary_vm_id = %q.", beforeID, primaryID)
	if beforeID != secondaryID {
		back = fmt.Sprintf("To leave it as it is, set primary_vm_id = %q.", primaryID)
	}

	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("%s failed over to %s", beforeID, primaryID),
		now, back,
		fmt.Sprintf("Destroying the resource now would keep %s and remove %s with its files.", primaryID, secondaryID))
}

// FailBackFirst is the error of a plan that would replace a pair that has failed over: that would remove the VM which the
// configuration wants to protect, since it is the secondary now. at is the argument that asks for the replacement.
func FailBackFirst(at path.Path, wantedID, primaryID string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("%s is a secondary now and would be removed", wantedID),
		fmt.Sprintf("The pair failed over: %s is the primary. Replacing the pair turns fault tolerance off, which removes "+
			"the secondary with its files, and that is %s.", primaryID, wantedID),
		fmt.Sprintf("Apply without this change first, which makes %s the primary again. Or protect %s from now on: set primary_vm_id = %q.",
			wantedID, primaryID, primaryID))
}
