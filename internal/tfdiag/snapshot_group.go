package tfdiag

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// GroupMember is one snapshot of a snapshot group. Only SnapshotUUID is needed.
type GroupMember struct {
	SnapshotUUID string
	VolumeUUID   string
	VolumeType   string // "Root", "Data" or "Memory"
	Err          error  // why it could not be deleted
	Readers      []SnapshotReader
}

// SnapshotReader is a volume that was made from a snapshot and still reads from it. VMUUID is empty for one that no VM has.
type SnapshotReader struct{ VolumeUUID, VMUUID string }

// line is the volume as a line of a list.
func (r SnapshotReader) line() string {
	if r.VMUUID == "" {
		return "volume " + r.VolumeUUID
	}

	return fmt.Sprintf("volume %s of VM %s", r.VolumeUUID, r.VMUUID)
}

// line is the member as a line of a list.
func (m GroupMember) line() string {
	text := "- " + m.SnapshotUUID
	if m.VolumeUUID != "" {
		text += fmt.Sprintf("  %s volume %s", strings.ToLower(m.VolumeType), m.VolumeUUID)
	}

	return text
}

// GroupIncomplete is the warning of a refresh that finds snapshots of a group deleted one by one. object names the group in
// words, resourceType is the Terraform type.
func GroupIncomplete(at path.Path, object, resourceType string, gone []GroupMember) diag.Diagnostic {
	lines := make([]string, len(gone))
	for i, member := range gone {
		lines[i] = member.line()
	}

	return report(diag.SeverityWarning, at, upperFirst(object)+" is not complete any more",
		"Somebody has deleted these of its snapshots:", indented(lines...),
		"The VM can't go back to the group as a whole. To take a new one in its place:",
		indented(Command(fmt.Sprintf("apply -replace=%s.<NAME>", resourceType))))
}

// GroupPartlyDeleted is the error of a deletion that deleted some of a group's snapshots and left others, each with the reason.
// They stay in state. dissolved says that ZStack no longer knows them as a group, so that nothing can go on with it.
func GroupPartlyDeleted(op Operation, deleted int, left []GroupMember, dissolved bool) diag.Diagnostic {
	lines, built := make([]string, 0, len(left)), false
	for _, member := range left {
		why := "ZStack does not say why."
		if member.Err != nil {
			why = Creation{Platform: op.Platform}.saidBy(member.Err)
		}
		lines = append(lines, member.line(), "  "+strings.Join(strings.Fields(why), " "))
		for _, reader := range member.Readers {
			lines = append(lines, "  Built on it: "+reader.line())
			built = true
		}
	}
	remedy := "What is left is still in state. Put right what the messages say, then apply again: it goes on with these."
	if dissolved {
		remedy = "ZStack has dissolved the group, so an apply can't go on with these, and the next refresh drops the group from the " +
			"state. Put right what the messages say, then delete these snapshots in ZStack."
	}
	if built {
		remedy += " A volume that is built on a snapshot, as that of a linked clone, needs it, or one that is older. Flatten the volume in " +
			"ZStack, which makes it independent, or delete its machine first."
	}

	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("Could not %s: %d of %d snapshots are left", op.Action, len(left), deleted+len(left)),
		"These could not be deleted:", indented(lines...), remedy)
}

// Dependent is what depends on a snapshot of a group: a newer group, or a single snapshot of one volume.
type Dependent struct {
	UUID, Name string
	VolumeUUID string // of a single snapshot, empty for a group
	TakenAt    string // as ZStack writes it
}

// line is the dependent as a line of a list.
func (d Dependent) line() string {
	what := "snapshot group"
	if d.VolumeUUID != "" {
		what = "snapshot of volume " + d.VolumeUUID
	}
	text := fmt.Sprintf("- %s  %s", d.UUID, what)
	if d.Name != "" {
		text += fmt.Sprintf(" %q", d.Name)
	}
	if d.TakenAt != "" {
		text += ", taken at " + d.TakenAt
	}

	return text
}

func dependentLines(dependents []Dependent) string {
	lines := make([]string, len(dependents))
	for i, each := range dependents {
		lines[i] = each.line()
	}

	return indented(lines...)
}

const (
	chained = "The storage keeps each snapshot as what changed since the one before, so deleting a snapshot deletes what was taken after it:"
	allowed = "To have them deleted too, set remove_children_on_destroy = true and apply that first."
)

// DependentsStay is the error of a deletion that would delete snapshots which are not of the group.
func DependentsStay(op Operation, dependents []Dependent) diag.Diagnostic {
	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("Could not %s: newer snapshots depend on it", op.Action),
		chained, dependentLines(dependents),
		"Nothing was deleted. Where this apply destroys them as well, apply again. Where they are not needed any more, delete them first. "+allowed)
}

// DependentsAtRisk is the warning of a plan that destroys a group on which newer snapshots depend. removed says that the configuration wants
// those deleted too; else the apply fails, unless it destroys them by itself.
func DependentsAtRisk(object string, replaced, removed bool, dependents []Dependent) diag.Diagnostic {
	what := "destroys"
	if replaced {
		what = "replaces"
	}
	ends := "The apply deletes nothing and fails, unless it destroys these as well. " + allowed
	summary := fmt.Sprintf("This plan %s %s, on which newer snapshots depend", what, object)
	if removed {
		ends = "They are deleted with it, since remove_children_on_destroy is true in the state, and can't be brought back."
	}

	return report(diag.SeverityWarning, path.Empty(), summary, chained, dependentLines(dependents), ends)
}
