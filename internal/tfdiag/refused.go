package tfdiag

import "github.com/hashicorp/terraform-plugin-framework/diag"

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
