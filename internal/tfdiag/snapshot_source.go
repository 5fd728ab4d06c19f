package tfdiag

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// UnknownSnapshot is the error of an argument that names a snapshot which the source does not have. known are the paths of those that it has,
// by their id.
func UnknownSnapshot(at path.Path, sourceID, id string, known map[string]string) diag.Diagnostic {
	text := fmt.Sprintf("%s has no snapshots.", sourceID)
	lines := make([]string, 0, len(known))
	for each, name := range known {
		lines = append(lines, fmt.Sprintf("%q  %s", each, name))
	}
	if len(lines) > 0 {
		slices.Sort(lines)
		text = fmt.Sprintf("%s has these:", sourceID)
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s has no snapshot %q", sourceID, id),
		"A machine is cloned from a snapshot of its own source: this one is another machine's, or was removed. "+text, indented(lines...))
}

// NoSnapshotToLink is the error of a linked clone of a source without a snapshot; template says that the source is one.
func NoSnapshotToLink(at path.Path, sourceID string, template bool) diag.Diagnostic {
	var first string
	if template {
		first = fmt.Sprintf("vSphere takes no snapshots of a template, but keeps those of a machine that becomes one: make %s a machine first, and a "+
			"template again afterwards.", sourceID)
	}

	return report(diag.SeverityError, at, fmt.Sprintf("%s has no snapshot to link to", sourceID),
		"The disks of a linked clone stand on those of a snapshot of its source. Take one, and name it, so that it is taken first and removed last:",
		indented(
			`resource "vmfork_vsphere_snapshot" "base" {`,
			fmt.Sprintf("  vm_id = %q", sourceID),
			`  name  = "base"`,
			`}`,
			``,
			`snapshot_id = vmfork_vsphere_snapshot.base.id`,
		), first)
}
