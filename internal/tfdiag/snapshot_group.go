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
		indented(fmt.Sprintf("terraform apply -replace=%s.<NAME>", resourceType)))
}

// GroupPartlyDeleted is the error of a deletion that deleted some of a group's snapshots and left others, each with the reason.
// They stay in state. dissolved says that ZStack no longer knows them as a group, so that nothing can go on with it.
func GroupPartlyDeleted(op Operation, deleted int, left []GroupMember, dissolved bool) diag.Diagnostic {
	lines := make([]string, 0, len(left))
	for _, member := range left {
		why := "ZStack does not say why."
		if member.Err != nil {
			why = Creation{Platform: op.Platform}.saidBy(member.Err)
		}
		lines = append(lines, member.line(), "  "+strings.Join(strings.Fields(why), " "))
	}
	remedy := "What is left is still in state. Put right what the messages say, then apply again: it goes on with these."
	if dissolved {
		remedy = "ZStack has dissolved the group, so an apply can't go on with these, and the next refresh drops the group from the " +
			"state. Put right what the messages say, then delete these snapshots in ZStack."
	}

	return report(diag.SeverityError, path.Empty(), fmt.Sprintf("Could not %s: %d of %d snapshots are left", op.Action, len(left), deleted+len(left)),
		"These could not be deleted:", indented(lines...), remedy)
}
