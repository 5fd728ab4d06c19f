package tfdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// DryRun describes what the platform's own check has to say about an operation that a plan makes: an error where fatal is true, else a warning.
// It sits on the attribute that the failure names (see [FromError]), else on at.
func DryRun(op Operation, failure *apierr.Error, fatal bool, at path.Path) diag.Diagnostic {
	severity, summary := diag.SeverityWarning, fmt.Sprintf("%s warns about the plan to %s", op.Platform, op.Action)
	if fatal {
		severity, summary = diag.SeverityError, fmt.Sprintf("%s would refuse to %s", op.Platform, op.Action)
	}
	if named := op.attribute(failure); !isEmpty(named) {
		at = named
	}

	return report(severity, at, summary,
		said(op.Platform, failure),
		advice(op, failure),
		"The plan had it checked, and nothing was made. Machines that differ in name alone share this answer, which is shown once. To plan without "+
			"the check, set vsphere.dry_run = false in the provider's configuration.",
		facts(op.Platform, failure),
	)
}
