package zstacksnapshot

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// inWords names the group for texts.
func (m *model) inWords() string {
	vm := m.VMUUID.ValueString()
	if m.Name.ValueString() == "" {
		return "snapshot group " + m.ID.ValueString()
	}

	return fmt.Sprintf("snapshot group %q of %s", m.Name.ValueString(), vm)
}

// creation describes the group for the texts of its life cycle.
func (m *model) creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Platform:         tfdiag.ZStack,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: lifecycle.CreateTimeout,
	}
	if id := m.PendingJobUUID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// operation describes one step for the text of its failure: action is "take", "rename", …; timeout is the argument that
// bounds it.
func (m *model) operation(action string, timeout path.Path) tfdiag.Operation {
	return tfdiag.Operation{
		Action:           action + " " + m.inWords(),
		Platform:         tfdiag.ZStack,
		Attributes:       m.attributes(),
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: timeout,
	}
}

// attributes finds the attribute that an error is about: by the uuids in the configuration, and by the names of the request's
// parameters.
func (m *model) attributes() map[string]path.Path {
	found := map[string]path.Path{
		"name":           path.Root("name"),
		"description":    path.Root("description"),
		"withMemory":     path.Root("with_memory"),
		"rootVolumeUuid": path.Root("vm_uuid"),
	}
	if uuid := m.VMUUID.ValueString(); uuid != "" {
		found[uuid] = path.Root("vm_uuid")
	}

	return found
}

// connecting describes the connection for the text of its failure.
func connecting() tfdiag.Operation {
	return tfdiag.Operation{Action: "connect to ZStack", Platform: tfdiag.ZStack}
}

// members are snapshots of the group for texts.
func members(snapshots []zstack.VolumeSnapshot) []tfdiag.GroupMember {
	all := make([]tfdiag.GroupMember, len(snapshots))
	for i, snapshot := range snapshots {
		all[i] = tfdiag.GroupMember{SnapshotUUID: snapshot.UUID, VolumeUUID: snapshot.VolumeUUID, VolumeType: snapshot.VolumeType}
	}

	return all
}
