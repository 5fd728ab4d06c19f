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
// primary or the secondary of that pair. It prints the import block that adopts the pair; existing says whether it may be in state already.
func AlreadyFaultTolerant(at path.Path, resourceType, vmID, primaryID, secondaryID string, existing Existing) diag.Diagnostic {
	text := fmt.Sprintf("Its secondary is %s.", secondaryID)
	if vmID != primaryID {
		text = fmt.Sprintf("It is the secondary of %s.", primaryID)
	}
	if made := existing.made(); made != "" {
		text += " It was made " + made + "."
	}

	summary := fmt.Sprintf("%s is fault tolerant already", vmID)
	var own string
	if existing.Unseen {
		own = "A VM has one secondary. If it is what this resource replaces, remove create_before_destroy, which creates the new one first."
	}
	if existing.Unseen && existing.BlocksLater {
		return report(diag.SeverityError, at, summary, text, own,
			"If no resource has the pair in state, \""+Command("plan")+"\" prints the block that imports it.")
	}

	return report(diag.SeverityError, at, summary, text, own,
		"To manage the pair with "+product()+", add this block, with the resource's own name for <NAME>, and apply again:",
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
		fmt.Sprintf("Apply without this change first, which makes %s the primary again; %s takes a taint back. Or protect %s from "+
			"now on: set primary_vm_id = %q.", wantedID, Command("untaint"), primaryID, primaryID))
}

// PairRemainder is what turning fault tolerance off leaves of a pair that has failed over.
type PairRemainder struct {
	ConfiguredID string // the VM that the configuration protects
	StaysID      string // the primary now
	StaysName    string // empty where it is not known
	Managed      bool   // another resource of the state has the VM that stays
	GoesID       string // the secondary now
}

// stays names the VM that stays.
func (p PairRemainder) stays() string {
	if p.StaysName == "" {
		return p.StaysID
	}

	return fmt.Sprintf("%q (%s)", p.StaysName, p.StaysID)
}

// managed says which state has the VM that stays.
func (p PairRemainder) managed() string {
	if p.Managed {
		return "Another resource of this state manages it."
	}

	return "No resource that this run has seen manages it."
}

// adoption says how a resource gets the VM that stays.
func (p PairRemainder) adoption() []string {
	if p.Managed {
		return nil
	}

	return []string{
		fmt.Sprintf("If a resource manages %s, remove that from the state with %s. Then adopt %s with this block, with the "+
			"resource's own type and name for <TYPE>.<NAME>, or delete it in vCenter:", p.ConfiguredID, Command("state rm"), p.StaysID),
		indented("import {", "  to = <TYPE>.<NAME>", fmt.Sprintf("  id = %q", p.StaysID), "}"),
	}
}

// FailedOverDestroy is the warning of a plan that destroys a pair which has failed over: the VM that stays is not the one that the
// configuration protects.
func FailedOverDestroy(pair PairRemainder) diag.Diagnostic {
	back := ""
	if pair.GoesID == pair.ConfiguredID {
		back = fmt.Sprintf("To keep %s instead, apply with the pair in the configuration first: that makes %s the primary again.",
			pair.ConfiguredID, pair.ConfiguredID)
	}

	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("The pair of %s failed over: %s stays", pair.ConfiguredID, pair.StaysID),
		append([]string{
			fmt.Sprintf("%s is the primary now, and %s its secondary. The destroy turns fault tolerance off, which removes %s with its files. "+
				"%s stays and runs on. %s", pair.StaysID, pair.GoesID, pair.GoesID, pair.stays(), pair.managed()),
			back,
		}, pair.adoption()...)...)
}

// ManagedSecondary is the warning of a plan that destroys a pair whose secondary is the object of another resource.
func ManagedSecondary(stays, goes string) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("%s goes with the pair of %s", goes, stays),
		fmt.Sprintf("%s is the pair's secondary, and another resource of this state manages it. The destroy turns fault tolerance off, which "+
			"removes %s with its files. %s stays.", goes, goes, stays))
}

// FailedOverDestroyed is the warning that a pair which had failed over is destroyed, and what is left of it.
func FailedOverDestroyed(pair PairRemainder) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("%s is left of the pair of %s", pair.StaysID, pair.ConfiguredID),
		append([]string{
			fmt.Sprintf("The pair had failed over. Fault tolerance is off, and %s, its secondary, is removed with its files. %s, its primary, "+
				"stays and runs on. %s", pair.GoesID, pair.stays(), pair.managed()),
		}, pair.adoption()...)...)
}

// FailedOverSincePlan is the error of a destroy whose plan told that a VM stays which is the secondary by now.
func FailedOverSincePlan(toldID, primaryID string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("The pair of %s failed over since the plan", toldID),
		fmt.Sprintf("The destroy was to keep %s. It is the secondary of %s now: turning fault tolerance off would remove it with its files. "+
			"Nothing was changed.", toldID, primaryID),
		"Plan again: the new plan tells which VM stays.")
}
