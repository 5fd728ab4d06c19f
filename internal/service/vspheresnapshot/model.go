package vspheresnapshot

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration, in the schema's order.
type model struct {
	VMID                    types.String   `tfsdk:"vm_id"`
	Name                    types.String   `tfsdk:"name"`
	Description             types.String   `tfsdk:"description"`
	Memory                  types.Bool     `tfsdk:"memory"`
	Quiesce                 types.Object   `tfsdk:"quiesce"`
	RemoveChildrenOnDestroy types.Bool     `tfsdk:"remove_children_on_destroy"`
	ConsolidateOnDestroy    types.Bool     `tfsdk:"consolidate_on_destroy"`
	Timeouts                timeouts.Value `tfsdk:"timeouts"`

	ID               types.String `tfsdk:"id"`
	InstanceUUID     types.String `tfsdk:"instance_uuid"`
	CreatedAt        types.String `tfsdk:"created_at"`
	PowerState       types.String `tfsdk:"power_state"`
	Quiesced         types.Bool   `tfsdk:"quiesced"`
	IsCurrent        types.Bool   `tfsdk:"is_current"`
	ParentSnapshotID types.String `tfsdk:"parent_snapshot_id"`
	PendingTaskID    types.String `tfsdk:"pending_task_id"`
}

// ObjectID returns the snapshot's managed object id, empty while it is not known.
func (m model) ObjectID() string { return m.ID.ValueString() }

// ObjectName returns the snapshot's name.
func (m model) ObjectName() string { return m.Name.ValueString() }

// Pending reports whether the snapshot's creation was started and its id is not known.
func (m model) Pending() bool { return m.ID.IsNull() }

// PendingTask returns the id of the task that takes a pending snapshot.
func (m model) PendingTask() string { return m.PendingTaskID.ValueString() }

// OperationTimeouts returns the attribute timeouts.
func (m model) OperationTimeouts() timeouts.Value { return m.Timeouts }

// asked returns what is asked for, without the time.
func (m model) asked() pendingSnapshot {
	return pendingSnapshot{VMID: m.VMID.ValueString(), Name: m.Name.ValueString(), Description: m.Description.ValueString()}
}

// spec returns the request that takes what is planned.
func (m model) spec() vsphere.SnapshotSpec {
	return vsphere.SnapshotSpec{
		VMID:        m.VMID.ValueString(),
		Name:        m.Name.ValueString(),
		Description: m.Description.ValueString(),
		Memory:      m.Memory.ValueBool(),
		Quiesce:     quiesceSpec(m.Quiesce),
	}
}

// quiesceSpec takes the quiesce attribute apart; nil where it is not set.
func quiesceSpec(quiesce types.Object) *vsphere.QuiesceSpec {
	if quiesce.IsNull() || quiesce.IsUnknown() {
		return nil
	}
	spec := &vsphere.QuiesceSpec{}
	if minutes, ok := quiesce.Attributes()["timeout_minutes"].(types.Int32); ok {
		spec.TimeoutMinutes = minutes.ValueInt32()
	}
	windows, ok := quiesce.Attributes()["windows"].(types.Object)
	if !ok || windows.IsNull() || windows.IsUnknown() {
		return spec
	}
	spec.Windows = &vsphere.WindowsQuiesceSpec{}
	parts := windows.Attributes()
	if kind, ok := parts["vss_backup_type"].(types.Int32); ok {
		spec.Windows.VSSBackupType = kind.ValueInt32()
	}
	if bootable, ok := parts["vss_bootable_system_state"].(types.Bool); ok {
		spec.Windows.VSSBootableSystemState = bootable.ValueBoolPointer()
	}
	if partial, ok := parts["vss_partial_file_support"].(types.Bool); ok {
		spec.Windows.VSSPartialFileSupport = partial.ValueBoolPointer()
	}
	if backup, ok := parts["vss_backup_context"].(types.String); ok {
		spec.Windows.VSSBackupContext = backup.ValueString()
	}

	return spec
}

// observed returns m with everything that the platform tells of the snapshot and its VM replaced by what it told. How the snapshot was
// taken only the configuration knows.
func (m model) observed(snapshot vsphere.Snapshot, instanceUUID string) model {
	m.VMID = types.StringValue(snapshot.VMID)
	m.Name = types.StringValue(snapshot.NameLike(m.Name.ValueString()))
	m.Description = types.StringValue(snapshot.Description)

	m.ID = types.StringValue(snapshot.ID)
	m.InstanceUUID = tfattr.StringOrNull(instanceUUID)
	m.CreatedAt = types.StringValue(snapshot.CreatedAt.UTC().Format(time.RFC3339))
	m.PowerState = types.StringValue(string(snapshot.PowerState))
	m.Quiesced = types.BoolValue(snapshot.Quiesced)
	m.IsCurrent = types.BoolValue(snapshot.Current)
	m.ParentSnapshotID = tfattr.StringOrNull(snapshot.ParentID)
	m.PendingTaskID = types.StringNull()

	return m
}

// Keeping returns m with every value that the plan knows. The CLI holds a provider to its plan; what has changed by itself
// since then (which snapshot is the current one) shows at the next refresh.
func (m model) Keeping(plan model) model {
	m.Name = lifecycle.Keep(plan.Name, m.Name)
	m.Description = lifecycle.Keep(plan.Description, m.Description)
	m.InstanceUUID = lifecycle.Keep(plan.InstanceUUID, m.InstanceUUID)
	m.CreatedAt = lifecycle.Keep(plan.CreatedAt, m.CreatedAt)
	m.PowerState = lifecycle.Keep(plan.PowerState, m.PowerState)
	m.Quiesced = lifecycle.Keep(plan.Quiesced, m.Quiesced)
	m.IsCurrent = lifecycle.Keep(plan.IsCurrent, m.IsCurrent)
	m.ParentSnapshotID = lifecycle.Keep(plan.ParentSnapshotID, m.ParentSnapshotID)

	return m
}

// Bare returns m with the ids and with every other unknown value set to null: what can be put in state when the platform has not told.
func (m model) Bare(id, taskID string) model {
	m.ID, m.PendingTaskID = tfattr.StringOrNull(id), tfattr.StringOrNull(taskID)
	for _, text := range []*types.String{&m.Description, &m.InstanceUUID, &m.CreatedAt, &m.PowerState, &m.ParentSnapshotID} {
		*text = lifecycle.NullIfUnknown(*text, types.StringNull())
	}
	for _, truth := range []*types.Bool{&m.Quiesced, &m.IsCurrent} {
		*truth = lifecycle.NullIfUnknown(*truth, types.BoolNull())
	}

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	for _, value := range []attr.Value{
		m.Description, m.ID, m.InstanceUUID, m.CreatedAt, m.PowerState, m.Quiesced, m.IsCurrent, m.ParentSnapshotID, m.PendingTaskID,
	} {
		if value.IsUnknown() {
			return false
		}
	}

	return true
}
