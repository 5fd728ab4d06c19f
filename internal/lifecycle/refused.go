package lifecycle

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// toldRefusal is a connection that was refused and how that was told.
type toldRefusal struct {
	platform tfdiag.Platform
	severity diag.Severity
}

// once drops each diagnostic of a refused connection but the first of the configured provider, and reports whether it dropped one. Only
// what may answer as if nothing was wrong uses it, such as a plan: the one error fails the CLI's whole run.
func (s *Shared) once(diags diag.Diagnostics) (kept diag.Diagnostics, dropped bool) {
	for _, each := range diags {
		if refused, ok := each.(tfdiag.Refused); ok && s.refusalTold(refused) {
			dropped = true

			continue
		}
		kept.Append(each)
	}

	return kept, dropped
}

// refusalTold notes a diagnostic, and reports whether one like it was noted before.
func (s *Shared) refusalTold(refused tfdiag.Refused) bool {
	_, told := s.refusals.LoadOrStore(toldRefusal{refused.Platform, refused.Severity()}, true)

	return told
}
