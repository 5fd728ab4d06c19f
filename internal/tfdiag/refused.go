package tfdiag

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Refused is the diagnostic of a connection that only another configuration of the provider can make. Every resource meets it, so it has a type
// of its own, by which it can be told once.
type Refused struct {
	diag.Diagnostic

	Platform Platform
}

// Equal implements [diag.Diagnostic].
func (r Refused) Equal(other diag.Diagnostic) bool {
	refused, ok := other.(Refused)

	return ok && r.Platform == refused.Platform && r.Diagnostic.Equal(refused.Diagnostic)
}

// Brief returns the diagnostic for where the whole text has been told.
func (r Refused) Brief() diag.Diagnostic {
	return report(r.Severity(), path.Empty(), r.Summary(),
		fmt.Sprintf("There is no connection to %s. Another error of this run says why, and what to do.", r.Platform))
}
