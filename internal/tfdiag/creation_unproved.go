package tfdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Unproved is the diagnostic of a creation whose end could not be seen, where an object has the name and nothing proves that this
// creation made it: the resource is in state as pending. It is an error, since dependents must not run, or a warning after an
// interruption. err is the error of the request or of its task.
func (c Creation) Unproved(candidate Existing, err error, interrupted bool) diag.Diagnostic {
	severity, tainted := diag.SeverityError, ", marked as tainted"
	if interrupted {
		severity, tainted = diag.SeverityWarning, ""
	}

	return report(severity, path.Empty(), upperFirst(c.Object)+" may have been created: nothing proves whose the present one is",
		c.saidBy(err), c.present(candidate),
		fmt.Sprintf("The resource is in state as pending%s, and nothing of %s is changed.", tainted, c.Platform),
		c.claim(candidate), c.disown(candidate))
}

// PendingUnproved is the warning of a refresh about a pending object, where an object has the name and nothing proves whose it is: the
// state is kept.
func (c Creation) PendingUnproved(candidate Existing) diag.Diagnostic {
	return report(diag.SeverityWarning, path.Empty(), "It is not known whether "+c.Object+" was created by the earlier apply",
		c.present(candidate), "The state is kept.", c.claim(candidate), c.disown(candidate))
}

// AdoptionUnproved is the error of an apply that was to adopt a pending object; as [Creation.PendingUnproved].
func (c Creation) AdoptionUnproved(candidate Existing) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), upperFirst(c.Object)+" was not adopted: nothing proves whose it is",
		c.present(candidate), "The state is as it was.", c.claim(candidate), c.disown(candidate))
}

// DeleteUnproved is the error of a destroy of a pending object; as [Creation.PendingUnproved]. Nothing is destroyed.
func (c Creation) DeleteUnproved(candidate Existing) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), "Did not destroy "+c.Object+": nothing proves whose it is",
		c.present(candidate), fmt.Sprintf("The state is kept, and nothing of %s is changed.", c.Platform),
		c.claim(candidate), c.disown(candidate))
}

// present says what is there.
func (c Creation) present(candidate Existing) string {
	what := candidate.ID + " has the name"
	switch {
	case candidate.Words != "":
		what = candidate.Words
	case candidate.Path != "":
		what = fmt.Sprintf("%s (%s) has the name", candidate.Path, candidate.ID)
	}
	made := ""
	if known := candidate.made(); known != "" {
		made = ", made " + known
	}

	return fmt.Sprintf("%s%s. It may be what was asked for, or what another request of the same account made at the same time.",
		what, made)
}

// claim says what to do with an object that is the user's own.
func (c Creation) claim(candidate Existing) string {
	return fmt.Sprintf("If it is yours, make %s forget the resource and import the object, with the resource's own name for <NAME>:\n\n%s\n\n%s",
		product(), indented(Command(fmt.Sprintf("state rm %s.<NAME>", c.ResourceType))), c.adoption(candidate))
}

// disown says what to do with an object that is not the user's own.
func (c Creation) disown(candidate Existing) string {
	if candidate.Words != "" { // it can't be renamed
		return fmt.Sprintf("If it is not, remove it in %s and apply again, or make %s forget the resource.", c.Platform, product())
	}

	return fmt.Sprintf("If it is not, rename or remove it in %s and apply again, or choose another name and make %s forget the resource.",
		c.Platform, product())
}
