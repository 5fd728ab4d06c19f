package vsphereftsecondary

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration, in the schema's order.
type model struct {
	PrimaryVMID            types.String   `tfsdk:"primary_vm_id"`
	HostID                 types.String   `tfsdk:"host_id"`
	MetadataDatastoreID    types.String   `tfsdk:"metadata_datastore_id"`
	ConfigDatastoreID      types.String   `tfsdk:"config_datastore_id"`
	DiskDatastores         types.Map      `tfsdk:"disk_datastores"`
	Metro                  types.Object   `tfsdk:"metro"`
	Enabled                types.Bool     `tfsdk:"enabled"`
	ApplyDRSRecommendation types.Bool     `tfsdk:"apply_drs_recommendation"`
	Timeouts               timeouts.Value `tfsdk:"timeouts"`

	ID                    types.String `tfsdk:"id"`
	InstanceUUID          types.String `tfsdk:"instance_uuid"`
	SecondaryInstanceUUID types.String `tfsdk:"secondary_instance_uuid"`
	State                 types.String `tfsdk:"state"`
	SecondaryHostID       types.String `tfsdk:"secondary_host_id"`
	PowerOnAttempted      types.Bool   `tfsdk:"power_on_attempted"`
	PowerOnFault          types.String `tfsdk:"power_on_fault"`
	Recommendations       types.List   `tfsdk:"recommendations"`
	PendingTaskID         types.String `tfsdk:"pending_task_id"`

	// running says that both VMs of the pair ran when it was read last: the primary is protected.
	running bool
}

var metroTypes = map[string]attr.Type{"host_group": types.StringType}

var recommendationType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"key": types.StringType, "cluster_id": types.StringType, "reason": types.StringType,
}}

// ObjectID returns the secondary's managed object id, empty while it is not known.
func (m model) ObjectID() string { return m.ID.ValueString() }

// ObjectName is empty: a secondary has its primary's name.
func (m model) ObjectName() string { return "" }

// Pending reports whether the secondary's creation was started and it is not known to exist.
func (m model) Pending() bool { return m.ID.IsNull() }

// PendingTask returns the id of the task that creates a pending secondary.
func (m model) PendingTask() string { return m.PendingTaskID.ValueString() }

// OperationTimeouts returns the attribute timeouts.
func (m model) OperationTimeouts() timeouts.Value { return m.Timeouts }

// spec returns the request that creates what is planned.
func (m model) spec() vsphere.SecondarySpec {
	spec := vsphere.SecondarySpec{
		PrimaryID:           m.PrimaryVMID.ValueString(),
		HostID:              m.HostID.ValueString(),
		MetadataDatastoreID: m.MetadataDatastoreID.ValueString(),
		ConfigDatastoreID:   m.ConfigDatastoreID.ValueString(),
		DiskDatastores:      m.diskDatastores(),
	}
	if group, ok := m.hostGroup(); ok {
		name := group.ValueString()
		spec.MetroHostGroup = &name
	}

	return spec
}

// diskDatastores returns the datastore of each disk in disk_datastores, "" where it is not known yet; nil where there are
// none.
func (m model) diskDatastores() map[string]string {
	if len(m.DiskDatastores.Elements()) == 0 {
		return nil
	}
	datastores := make(map[string]string, len(m.DiskDatastores.Elements()))
	for key, element := range m.DiskDatastores.Elements() {
		datastores[key] = ""
		if id, ok := element.(types.String); ok {
			datastores[key] = id.ValueString()
		}
	}

	return datastores
}

// hostGroup returns the metro host group; false where metro is not set.
func (m model) hostGroup() (types.String, bool) {
	group, ok := m.Metro.Attributes()["host_group"].(types.String)

	return group, ok && !m.Metro.IsNull()
}

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays, and so does how powering on went, until the secondary runs.
func (m model) observed(pair vsphere.FaultTolerance) model {
	m.PrimaryVMID = types.StringValue(pair.PrimaryID)
	m.Enabled = types.BoolValue(pair.State != vsphere.FaultToleranceDisabled)
	if pair.MetroHostGroup != nil {
		m.Metro = types.ObjectValueMust(metroTypes, map[string]attr.Value{"host_group": types.StringValue(*pair.MetroHostGroup)})
	}
	m.ID = tfattr.StringOrNull(pair.SecondaryID)
	m.InstanceUUID = tfattr.StringOrNull(pair.PrimaryInstanceUUID)
	m.SecondaryInstanceUUID = tfattr.StringOrNull(pair.SecondaryInstanceUUID)
	m.State = tfattr.StringOrNull(string(pair.State))
	m.SecondaryHostID = tfattr.StringOrNull(pair.SecondaryHostID)
	m.PendingTaskID = types.StringNull()

	poweredOn := pair.SecondaryPowerState == vsphere.PoweredOn
	m.running = poweredOn && pair.State == vsphere.FaultToleranceRunning
	if poweredOn || m.Recommendations.IsNull() || m.Recommendations.IsUnknown() {
		m.Recommendations = recommendations(nil)
	}
	if poweredOn || m.PowerOnFault.IsUnknown() {
		m.PowerOnFault = types.StringNull()
	}
	if m.PowerOnAttempted.IsNull() || m.PowerOnAttempted.IsUnknown() {
		m.PowerOnAttempted = types.BoolValue(poweredOn)
	}

	return m
}

// told returns m with how powering on went, where the result is a task's own. A search finds no more than the secondary's id.
func (m model) told(made vsphere.SecondaryResult) model {
	if !made.PowerOnAttempted && made.PowerOnFault == nil && len(made.Recommendations) == 0 {
		return m
	}

	return m.withOutcome(made)
}

// withOutcome returns m with how powering on went when the secondary was created or enabled.
func (m model) withOutcome(result vsphere.SecondaryResult) model {
	m.PowerOnAttempted = types.BoolValue(result.PowerOnAttempted)
	m.PowerOnFault = faultText(result.PowerOnFault)
	m.Recommendations = recommendations(result.Recommendations)

	return m
}

// Keeping returns m with every computed value that the plan knows. The CLI holds a provider to its plan; what has changed
// by itself since then shows at the next refresh. Of a pair that has failed over meanwhile the id is the other VM, as it was planned.
func (m model) Keeping(plan model) model {
	if m.ID.Equal(plan.PrimaryVMID) && !m.PrimaryVMID.Equal(plan.PrimaryVMID) {
		m.ID = m.PrimaryVMID
	}
	m.PrimaryVMID, m.Metro = plan.PrimaryVMID, plan.Metro
	m.Enabled = lifecycle.Keep(plan.Enabled, m.Enabled)
	m.ID = lifecycle.Keep(plan.ID, m.ID)
	m.InstanceUUID = lifecycle.Keep(plan.InstanceUUID, m.InstanceUUID)
	m.SecondaryInstanceUUID = lifecycle.Keep(plan.SecondaryInstanceUUID, m.SecondaryInstanceUUID)
	m.State = lifecycle.Keep(plan.State, m.State)
	m.SecondaryHostID = lifecycle.Keep(plan.SecondaryHostID, m.SecondaryHostID)
	m.PowerOnAttempted = lifecycle.Keep(plan.PowerOnAttempted, m.PowerOnAttempted)
	m.PowerOnFault = lifecycle.Keep(plan.PowerOnFault, m.PowerOnFault)
	m.Recommendations = lifecycle.Keep(plan.Recommendations, m.Recommendations)

	return m
}

// Bare returns m with the ids and with every other unknown value set to null: what can be put in state when the platform has not told.
func (m model) Bare(id, taskID string) model {
	m.ID, m.PendingTaskID = tfattr.StringOrNull(id), tfattr.StringOrNull(taskID)
	for _, text := range []*types.String{&m.InstanceUUID, &m.SecondaryInstanceUUID, &m.State, &m.SecondaryHostID, &m.PowerOnFault} {
		*text = lifecycle.NullIfUnknown(*text, types.StringNull())
	}
	m.PowerOnAttempted = lifecycle.NullIfUnknown(m.PowerOnAttempted, types.BoolNull())
	m.Recommendations = lifecycle.NullIfUnknown(m.Recommendations, types.ListNull(recommendationType))

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	for _, value := range []attr.Value{
		m.ID, m.InstanceUUID, m.SecondaryInstanceUUID, m.State, m.SecondaryHostID, m.PowerOnAttempted, m.PowerOnFault, m.Recommendations,
		m.PendingTaskID,
	} {
		if value.IsUnknown() {
			return false
		}
	}

	return true
}

// waiting returns the recommendations in m that wait for approval.
func (m model) waiting() []vsphere.Recommendation {
	var all []vsphere.Recommendation
	for _, element := range m.Recommendations.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		text := func(name string) string {
			value, _ := object.Attributes()[name].(types.String)

			return value.ValueString()
		}
		all = append(all, vsphere.Recommendation{Key: text("key"), ClusterID: text("cluster_id"), Reason: text("reason")})
	}

	return all
}

// recommendations returns the value of the attribute of that name.
func recommendations(all []vsphere.Recommendation) types.List {
	elements := make([]attr.Value, len(all))
	for i, one := range all {
		elements[i] = types.ObjectValueMust(recommendationType.AttrTypes, map[string]attr.Value{
			"key": types.StringValue(one.Key), "cluster_id": tfattr.StringOrNull(one.ClusterID), "reason": tfattr.StringOrNull(one.Reason),
		})
	}

	return types.ListValueMust(recommendationType, elements)
}

// faultText is a fault as power_on_fault shows it: its type and what it says.
func faultText(fault *apierr.Error) types.String {
	if fault == nil {
		return types.StringNull()
	}
	words := fault.Messages
	if fault.Code != "" {
		words = append([]string{fault.Code}, words...)
	}
	if len(words) == 0 {
		words = []string{fault.Kind.String()}
	}

	return types.StringValue(strings.Join(words, ": "))
}
