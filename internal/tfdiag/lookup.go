package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Candidate is an object that a look-up found.
type Candidate struct {
	ID   string
	Path string // inventory path; may be empty
}

// maxCandidates bounds how many candidates a diagnostic lists.
const maxCandidates = 20

// NoMatch says that a data source's selector fits no object. What is the kind of object ("virtual machine"); elsewhere
// lists objects of that kind that resemble the one looked for, as far as they are known.
func NoMatch(at path.Path, what, value string, elsewhere []Candidate) diag.Diagnostic {
	detail := fmt.Sprintf("No %s has the %s %q, or the user may not see it.", what, at, value)
	if len(elsewhere) > 0 {
		detail += fmt.Sprintf("\n\nOf that name there is:\n%s", bullets(elsewhere))
	}

	return diag.NewAttributeErrorDiagnostic(at, fmt.Sprintf("No such %s", what), detail)
}

// SeveralMatches says that a data source's selector fits more than one object, and which. Instead tells what to select
// by.
func SeveralMatches(at path.Path, what, value string, candidates []Candidate, instead string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at,
		fmt.Sprintf("Several %ss match", what),
		fmt.Sprintf("%d %ss have the %s %q:\n%s\n\n%s", len(candidates), what, at, value, bullets(candidates), instead),
	)
}

func bullets(candidates []Candidate) string {
	lines := make([]string, 0, len(candidates))
	for i, candidate := range candidates {
		if i == maxCandidates {
			lines = append(lines, fmt.Sprintf("  - and %d more", len(candidates)-i))

			break
		}
		lines = append(lines, strings.TrimRight("  - "+candidate.ID+"  "+candidate.Path, " "))
	}

	return strings.Join(lines, "\n")
}
