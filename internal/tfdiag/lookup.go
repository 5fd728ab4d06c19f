package tfdiag

import (
	"fmt"
	pathpkg "path"
	"slices"
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
	Note string // what else tells it from others
}

// maxCandidates bounds how many candidates a diagnostic lists.
const maxCandidates = 20

// Nearby is what may have been meant by a path or a name that finds nothing, as far as that is known.
type Nearby struct {
	Is      string // kind of the object of another type that is at the path, in words: "folder"; empty for none
	ID      string // of that object
	Instead string // how to find that object, a sentence; empty for no advice
	// Resembling lists objects of the wanted kind that have the name elsewhere, or one that resembles it.
	Resembling []Candidate
}

// Resembling lists what a look-up of names that resemble one has found. It is a hint: where the look-up failed, there is none.
func Resembling[T any](found []T, err error, candidate func(T) Candidate) Nearby {
	var near Nearby
	if err != nil {
		return near
	}
	for _, one := range found {
		near.Resembling = append(near.Resembling, candidate(one))
	}

	return near
}

// NoMatch is the error of a data source's selector that fits no object. what is the kind of object ("virtual machine").
func NoMatch(at path.Path, what, value string, near Nearby) diag.Diagnostic {
	return report(diag.SeverityError, at, "No such "+what,
		near.orElse(what, value, fmt.Sprintf("No %s has the %s %q, or the user may not see it.", what, at, value))...)
}

// orElse returns the paragraphs about a value that names nothing of the kind; otherwise is what to say where nothing else is there.
func (n Nearby) orElse(what, value, otherwise string) []string {
	if n.Is != "" {
		return []string{fmt.Sprintf("%q is a %s (%s), and no %s.", value, n.Is, n.ID, what), n.Instead}
	}

	return []string{otherwise, n.resembling(value)}
}

// resembling asks whether something was meant that the value resembles.
func (n Nearby) resembling(value string) string {
	elsewhere := func(one Candidate) bool { return pathpkg.Base(one.Path) == pathpkg.Base(value) }
	switch {
	case len(n.Resembling) == 0:
		return ""
	case !slices.ContainsFunc(n.Resembling, func(one Candidate) bool { return !elsewhere(one) }):
		return "Of that name there is:\n" + candidateLines(n.Resembling)
	case len(n.Resembling) > 1:
		return "Did you mean one of these?\n" + candidateLines(n.Resembling)
	}
	one := n.Resembling[0]
	meant := one.Name
	if strings.Contains(value, "/") {
		meant = orElse(one.Path, one.Name)
	}

	return fmt.Sprintf("There is %q (%s). Did you mean %q?", one.Name, one.ID, meant)
}

// NoneChosen is the error of a data source whose selector fits objects, but whose argument at leaves none of them.
func NoneChosen(at path.Path, what, value string, found []Candidate) diag.Diagnostic {
	return report(diag.SeverityError, at, "No such "+what, fmt.Sprintf("There is %q, but none as %s wants it:\n%s", value, at, candidateLines(found)))
}

// VMNotRead is the error of a data source that could not read what a VM has: [NoMatch] where there is no such VM. at is the argument that names
// the VM; action is what was tried, such as "read the snapshots of vm-42".
func VMNotRead(at path.Path, vmID, action string, err error) diag.Diagnostic {
	if apierr.Is(err, apierr.NotFound) {
		return NoMatch(at, "virtual machine", vmID, Nearby{})
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

// NothingAt is [NothingToImport] of an inventory path, or of a name where value is one; query says which.
func NothingAt(platform Platform, what, query, value string, near Nearby) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("No %s has %s", what, query),
		near.orElse(what, value, fmt.Sprintf("%s knows none, or the user may not see it.", platform))...)
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
		line := strings.TrimRight("- "+candidate.ID+"  "+orElse(candidate.Path, candidate.Name), " ")
		if candidate.Note != "" {
			line += ", " + candidate.Note
		}
		lines = append(lines, line)
	}

	return indented(lines...)
}
