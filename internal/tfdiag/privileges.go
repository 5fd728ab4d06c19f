package tfdiag

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// MissingPrivileges is the error of a plan for which the user lacks privileges; there is at least one. It sits on the attribute that names the
// first object that the operation knows, about being the object that the operation works on.
func MissingPrivileges(op Operation, about string, missing []apierr.MissingPrivilege) diag.Diagnostic {
	at := op.attribute(&apierr.Error{Kind: apierr.Denied, Object: about, MissingPrivileges: missing})

	return report(diag.SeverityError, at, "Privileges are missing to "+op.Action, lacking(op, missing))
}

// DestroyRefused returns what a plan has found against a destroy, with warnings in place of errors.
func DestroyRefused(found diag.Diagnostics) diag.Diagnostics {
	warnings := make(diag.Diagnostics, 0, len(found))
	for _, each := range found {
		warnings.Append(report(diag.SeverityWarning, path.Empty(), each.Summary(), each.Detail(),
			"This is a warning: the rest of the plan can be applied all the same. As it is now, "+
				"this object's destroy will fail, and the object stays in state."))
	}

	return warnings
}
