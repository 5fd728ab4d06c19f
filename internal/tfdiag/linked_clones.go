package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// LinkedClone is a machine whose disks stand on files of another one.
type LinkedClone struct {
	ID, Name   string
	SnapshotID string   // whose files the disks stand on; empty where that is not known
	Disks      []string // device keys
}

// line is the machine as a line of a list.
func (c LinkedClone) line() string {
	text := fmt.Sprintf("- %s  %q, %s %s", c.ID, c.Name, plural(len(c.Disks), "disk"), strings.Join(c.Disks, ", "))
	if c.SnapshotID != "" {
		text += " on " + c.SnapshotID
	}

	return text
}

func plural(count int, noun string) string {
	if count == 1 {
		return noun
	}

	return noun + "s"
}

func linkedLines(clones []LinkedClone) string {
	lines := make([]string, len(clones))
	for i, each := range clones {
		lines[i] = each.line()
	}

	return indented(lines...)
}

const (
	standing = "Their disks are linked: they hold only what changed since, and read everything else from files that would go. vCenter does not " +
		"refuse that, and these machines may not run afterwards:"
	unlinked = "To keep them, give them disks of their own first: a migration to another datastore does that."
)

// LinkedClonesStay is the error of a removal of what disks of other machines stand on.
func LinkedClonesStay(op Operation, clones []LinkedClone) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("Could not %s: disks of other machines stand on it", op.Action),
		standing, linkedLines(clones),
		"Nothing was changed. Where this apply destroys them as well, apply again; it does so in the right order where their snapshot_id or "+
			"source_vm_id refers to this resource. "+unlinked)
}

// LinkedClonesAtRisk is the warning of a plan that destroys what disks of machines stand on which are in no state that is known.
func LinkedClonesAtRisk(object string, replaced bool, clones []LinkedClone) diag.Diagnostic {
	what := "destroys"
	if replaced {
		what = "replaces"
	}

	return report(diag.SeverityWarning, path.Empty(), fmt.Sprintf("This plan %s %s, on which disks of other machines stand", what, object),
		standing, linkedLines(clones),
		"No resource of this configuration has them. The apply changes nothing and fails as long as they are there. "+unlinked)
}
