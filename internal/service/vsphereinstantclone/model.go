package vsphereinstantclone

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration.
type model struct {
	vm.Attributes

	settings.Annotation
	settings.ExtraConfig
	labels.Labels

	Placement                 types.Object `tfsdk:"placement"`
	NetworkInterfaces         types.Map    `tfsdk:"network_interfaces"`
	NetworkInterfacesToRemove types.Set    `tfsdk:"network_interfaces_to_remove"`
	SerialPorts               types.Map    `tfsdk:"serial_ports"`
	ParallelPorts             types.Map    `tfsdk:"parallel_ports"`
	SourceFrozen              types.Bool   `tfsdk:"source_frozen"`
}

var placementTypes = map[string]attr.Type{
	"folder_id":        types.StringType,
	"resource_pool_id": types.StringType,
	"datastore_id":     types.StringType,
}

// Parts takes the placement apart.
func (m model) Parts() vm.Placement { return vm.PlacementOf(m.Placement) }

// WithParts implements [vm.Model].
func (m model) WithParts(parts vm.Placement) model {
	m.Placement = parts.Object(placementTypes)

	return m
}

// WithCommon implements [vm.Model].
func (m model) WithCommon(attributes vm.Attributes) model {
	m.Attributes = attributes

	return m
}

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays.
func (m model) observed(found *vsphere.VirtualMachine) model {
	wanted := m.BIOSUUID
	m.Attributes = m.ObservedCommon(found)
	if strings.EqualFold(wanted.ValueString(), m.BIOSUUID.ValueString()) {
		m.BIOSUUID = wanted // as the configuration spells it
	}
	m.Placement = m.Parts().Observed(found).Object(placementTypes)
	m.NetworkInterfaces = interfaces.Observed(m.NetworkInterfaces, found)
	m.NetworkInterfacesToRemove = observedRemoved(m.NetworkInterfacesToRemove, found)
	m.SerialPorts, m.ParallelPorts = observedPorts(m.SerialPorts, found.SerialPorts), observedPorts(m.ParallelPorts, found.ParallelPorts)
	m.Annotation = m.ObservedAnnotation(found)
	m.ExtraConfig = m.ObservedSettings(found)
	m.Labels = m.ObservedLabels(found)

	return m
}

// Keeping returns m with every value that the plan knows.
func (m model) Keeping(plan model) model {
	m.Attributes = m.KeepingCommon(plan.Attributes)
	m.Placement = m.Parts().Keeping(plan.Parts()).Object(placementTypes)
	m.Annotation, m.ExtraConfig, m.Labels = plan.Annotation, plan.ExtraConfig, plan.Labels
	m.SerialPorts, m.ParallelPorts = plan.SerialPorts, plan.ParallelPorts
	m.SourceFrozen = lifecycle.Keep(plan.SourceFrozen, m.SourceFrozen)
	m.NetworkInterfaces = interfaces.Kept(plan.NetworkInterfaces, m.NetworkInterfaces)
	m.NetworkInterfacesToRemove = plan.NetworkInterfacesToRemove

	return m
}

// Bare returns m with the ids and with every other unknown value set to null.
func (m model) Bare(vmID, taskID string) model {
	m.Attributes = m.BareCommon(vmID, taskID)
	if m.Placement.IsUnknown() {
		m.Placement = types.ObjectNull(placementTypes)
	} else if !m.Placement.IsNull() {
		m.Placement = m.Parts().UnknownAsNull().Object(placementTypes)
	}
	m.SourceFrozen = lifecycle.NullIfUnknown(m.SourceFrozen, types.BoolNull())
	m.NetworkInterfaces = interfaces.Bare(m.NetworkInterfaces)
	m.NetworkInterfacesToRemove = lifecycle.NullIfUnknown(m.NetworkInterfacesToRemove, types.SetNull(types.StringType))

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	parts := m.Parts()

	return interfaces.Known(m.NetworkInterfaces) &&
		m.Known(parts.FolderID, parts.ResourcePoolID, parts.DatastoreID, m.SourceFrozen)
}
