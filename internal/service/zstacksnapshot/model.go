package zstacksnapshot

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// model is the resource in state, plan and configuration, in the schema's order.
type model struct {
	VMUUID         types.String   `tfsdk:"vm_uuid"`
	Name           types.String   `tfsdk:"name"`
	Description    types.String   `tfsdk:"description"`
	WithMemory     types.Bool     `tfsdk:"with_memory"`
	RemoveChildren types.Bool     `tfsdk:"remove_children_on_destroy"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`

	ID             types.String `tfsdk:"id"`
	CreatedAt      types.String `tfsdk:"created_at"`
	Snapshots      types.Map    `tfsdk:"snapshots"`
	Whole          types.Bool   `tfsdk:"complete"`
	PendingJobUUID types.String `tfsdk:"pending_job_uuid"`

	rootVolumeUUID, zoneUUID string // of the VM, for a group that is about to be taken
}

// memoryVolume is the type of the volume that holds a running VM's memory.
const memoryVolume = "Memory"

// snapshotType is the type of one element of `snapshots`.
var snapshotType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"uuid": types.StringType, "name": types.StringType, "volume_type": types.StringType, "device_id": types.Int64Type,
	"size_bytes": types.Int64Type, "primary_storage_uuid": types.StringType,
}}

// ObjectID returns the group's UUID.
func (m model) ObjectID() string { return m.ID.ValueString() }

// ObjectName returns the group's name.
func (m model) ObjectName() string { return m.Name.ValueString() }

// Pending reports whether the group's creation was started and its end is not known.
func (m model) Pending() bool { return !m.PendingJobUUID.IsNull() && !m.PendingJobUUID.IsUnknown() }

// PendingTask returns the UUID of the job that takes a pending group.
func (m model) PendingTask() string { return m.PendingJobUUID.ValueString() }

// OperationTimeouts returns the attribute timeouts.
func (m model) OperationTimeouts() timeouts.Value { return m.Timeouts }

// Identity returns the identity model. A pending group has it too.
func (m model) Identity(string) any { return identityModel{UUID: m.ID} }

// spec returns the request that takes what is planned.
func (m model) spec() zstack.SnapshotGroupSpec {
	return zstack.SnapshotGroupSpec{
		ResourceUUID:   m.ID.ValueString(),
		RootVolumeUUID: m.rootVolumeUUID,
		Name:           m.Name.ValueString(),
		Description:    m.Description.ValueString(),
		WithMemory:     m.WithMemory.ValueBool(),
	}
}

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays.
func (m model) observed(group *zstack.SnapshotGroup) model {
	m.VMUUID = types.StringValue(group.VMUUID)
	m.Name = types.StringValue(group.Name)
	m.Description = types.StringValue(group.Description)

	m.ID = types.StringValue(group.UUID)
	m.CreatedAt = tfattr.StringOrNull(group.CreatedAt)
	m.Snapshots = snapshotsValue(group)
	m.Whole = types.BoolValue(len(lost(group)) == 0)
	m.PendingJobUUID = types.StringNull()

	return m
}

// Keeping returns m with every value that the plan knows. The CLI holds a provider to its plan; what has changed by itself
// since then shows at the next refresh.
func (m model) Keeping(plan model) model {
	m.Name = lifecycle.Keep(plan.Name, m.Name)
	m.Description = lifecycle.Keep(plan.Description, m.Description)
	m.CreatedAt = lifecycle.Keep(plan.CreatedAt, m.CreatedAt)
	m.Snapshots = lifecycle.Keep(plan.Snapshots, m.Snapshots)
	m.Whole = lifecycle.Keep(plan.Whole, m.Whole)

	return m
}

// withArguments returns m with the arguments of the plan that the platform does not tell.
func (m model) withArguments(plan model) model {
	m.WithMemory = lifecycle.NullIfUnknown(plan.WithMemory, types.BoolNull())
	m.RemoveChildren = plan.RemoveChildren
	m.Timeouts = plan.Timeouts

	return m
}

// Bare returns m with the UUIDs of the group and of its job, null where they are empty, and with every other unknown value null.
func (m model) Bare(uuid, jobUUID string) model {
	m.ID = tfattr.StringOrNull(uuid)
	m.Description = lifecycle.NullIfUnknown(m.Description, types.StringNull())
	m.CreatedAt = lifecycle.NullIfUnknown(m.CreatedAt, types.StringNull())
	m.Snapshots = lifecycle.NullIfUnknown(m.Snapshots, types.MapNull(snapshotType))
	m.Whole = lifecycle.NullIfUnknown(m.Whole, types.BoolNull())
	m.PendingJobUUID = tfattr.StringOrNull(jobUUID)

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	for _, value := range []attr.Value{m.Description, m.ID, m.CreatedAt, m.Snapshots, m.Whole, m.PendingJobUUID} {
		if value.IsUnknown() {
			return false
		}
	}

	return true
}

// lost returns the group's snapshots that were deleted one by one.
func lost(group *zstack.SnapshotGroup) []zstack.VolumeSnapshot {
	var gone []zstack.VolumeSnapshot
	for _, snapshot := range group.Snapshots {
		if snapshot.Deleted {
			gone = append(gone, snapshot)
		}
	}

	return gone
}

// withMemory reports whether a VM's memory is part of the group.
func withMemory(group *zstack.SnapshotGroup) bool {
	for _, snapshot := range group.Snapshots {
		if snapshot.VolumeType == memoryVolume {
			return true
		}
	}

	return false
}

// volumeOf returns the volume of one of the group's snapshots and its type, as far as the state knows.
func (m model) volumeOf(snapshotUUID string) (volumeUUID, volumeType string) {
	for uuid, element := range m.Snapshots.Elements() {
		snapshot, ok := element.(types.Object)
		if !ok || !snapshot.Attributes()["uuid"].Equal(types.StringValue(snapshotUUID)) {
			continue
		}
		if kind, ok := snapshot.Attributes()["volume_type"].(types.String); ok {
			return uuid, kind.ValueString()
		}
	}

	return "", ""
}

func snapshotsValue(group *zstack.SnapshotGroup) types.Map {
	elements := map[string]attr.Value{}
	for _, snapshot := range group.Snapshots {
		if snapshot.Deleted {
			continue
		}
		size := types.Int64Null()
		if snapshot.SizeBytes > 0 {
			size = types.Int64Value(snapshot.SizeBytes)
		}
		elements[snapshot.VolumeUUID] = types.ObjectValueMust(snapshotType.AttrTypes, map[string]attr.Value{
			"uuid":                 types.StringValue(snapshot.UUID),
			"name":                 tfattr.StringOrNull(snapshot.Name),
			"volume_type":          types.StringValue(snapshot.VolumeType),
			"device_id":            types.Int64Value(snapshot.DeviceID),
			"size_bytes":           size,
			"primary_storage_uuid": tfattr.StringOrNull(snapshot.PrimaryStorageUUID),
		})
	}

	return types.MapValueMust(snapshotType, elements)
}
