package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Candidate is an object that a look-up found.
type Candidate struct {
	ID   string // "vm-42"
	Name string // printed where there is no path
	Path string // inventory path, empty where it is not known
}

// maxCandidates bounds how many candidates a diagnostic lists.
const maxCandidates = 20

// NoMatch is the error of a data source's selector that fits no object. what is the kind of object ("virtual machine");
// elsewhere lists objects of that kind that resemble the one looked for, as far as they are known.
func NoMatch(at path.Path, what, value string, elsewhere []Candidate) diag.Diagnostic {
	var others string
	if len(elsewhere) > 0 {
		others = "Of that name there is:\n" + candidateLines(elsewhere)
	}

	return report(diag.SeverityError, at, "No such "+what,
		fmt.Sprintf("No %s has the %s %q, or the user may not see it.", what, at, value), others)
}

// VMNotRead is the error of a data source that could not read what a VM has: [NoMatch] where there is no such VM. at is the argument that names
// the VM; action is what was tried, such as "read the snapshots of vm-42".
func VMNotRead(at path.Path, vmID, action string, err error) diag.Diagnostic {
	if apierr.Is(err, apierr.NotFound) {
		return NoMatch(at, "virtual machine", vmID, nil)
	}

	return FromError(Operation{Action: action, Platform: VSphere, Attributes: map[string]path.Path{vmID: at}}, err)
}

// SeveralMatches is the error of a data source's selector that fits more than one object; it lists them. instead is the
// sentence that tells what to select by.
func SeveralMatches(at path.Path, what, value string, found []Candidate, instead string) diag.Diagnostic {
	return report(diag.SeverityError, at, fmt.Sprintf("Several %ss match", what),
		fmt.Sprintf("%d %ss have the %s %q:\n%s", len(found), what, at, value, candidateLines(found)), instead)
}

// NothingToImport is the error of an import that found no object. query says in words what was asked for: `the path
// "/DC0/vm/web"`.
func NothingToImport(platform Platform, what, query string) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("No %s has %s", what, query),
		fmt.Sprintf("%s knows none, or the user may not see it.", platform))
}

// SeveralToImport is the error of an import that found more than one object; it lists them.
func SeveralToImport(what, query string, found []Candidate) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("Several %ss have %s", what, query),
		"Only one can be imported:\n"+candidateLines(found), "Import it by its id.")
}

// candidateLines lists what was found, a line each.
func candidateLines(found []Candidate) string {
	lines := make([]string, 0, len(found))
	for i, candidate := range found {
		if i == maxCandidates {
			lines = append(lines, fmt.Sprintf("- and %d more", len(found)-i))

			break
		}
		lines = append(lines, strings.TrimRight("- "+candidate.ID+"  "+orElse(candidate.Path, candidate.Name), " "))
	}

	return indented(lines...)
}
