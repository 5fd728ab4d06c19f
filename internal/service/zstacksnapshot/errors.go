package zstacksnapshot

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// inWords names the group for diagnostics.
func (m model) inWords() string {
	vm := m.VMUUID.ValueString()
	if m.Name.ValueString() == "" {
		return "snapshot group " + m.ID.ValueString()
	}

	return fmt.Sprintf("snapshot group %q of %s", m.Name.ValueString(), vm)
}

// Creation describes the group for diagnostics about its life.
func (m model) Creation() tfdiag.Creation {
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

// Operation describes an operation for the diagnostic of its failure: action is "take", for one; timeout is the argument that bounds it.
func (m model) Operation(action string, timeout path.Path) tfdiag.Operation {
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
func (m model) attributes() map[string]path.Path {
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

// Refused implements [lifecycle.Adapter].
func (a *adapter) Refused(_ context.Context, plan model, err error) diag.Diagnostics {
	return diag.Diagnostics{tfdiag.FromError(plan.Operation("take", lifecycle.CreateTimeout), err)}
}

// members returns snapshots of the group for diagnostics.
func members(snapshots []zstack.VolumeSnapshot) []tfdiag.GroupMember {
	all := make([]tfdiag.GroupMember, len(snapshots))
	for i, snapshot := range snapshots {
		all[i] = tfdiag.GroupMember{SnapshotUUID: snapshot.UUID, VolumeUUID: snapshot.VolumeUUID, VolumeType: snapshot.VolumeType}
	}

	return all
}
