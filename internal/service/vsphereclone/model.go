package vsphereclone

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration.
type model struct {
	vm.Attributes

	Placement              types.Object `tfsdk:"placement"`
	DisksToRemove          types.Set    `tfsdk:"disks_to_remove"`
	DisksToUpdate          types.Map    `tfsdk:"disks_to_update"`
	GuestCustomizationSpec types.Object `tfsdk:"guest_customization_spec"`
	NetworkInterfaces      types.Map    `tfsdk:"network_interfaces"`
}

var placementTypes = map[string]attr.Type{
	"folder_id":        types.StringType,
	"resource_pool_id": types.StringType,
	"host_id":          types.StringType,
	"cluster_id":       types.StringType,
	"datastore_id":     types.StringType,
}

// Parts takes the placement apart.
func (m model) Parts() vm.Placement { return vm.PlacementOf(m.Placement) }

// cloneSpec returns the request that makes what is planned. Unknown parts are computed ones: the platform chooses.
func (m model) cloneSpec() vsphere.CloneSpec {
	parts := m.Parts()

	return vsphere.CloneSpec{
		SourceID: m.SourceVMID.ValueString(),
		Name:     m.Name.ValueString(),
		Placement: vsphere.Placement{
			FolderID:       parts.FolderID.ValueString(),
			ResourcePoolID: parts.ResourcePoolID.ValueString(),
			HostID:         parts.HostID.ValueString(),
			ClusterID:      parts.ClusterID.ValueString(),
			DatastoreID:    parts.DatastoreID.ValueString(),
		},
		DisksToRemove:     m.disksToRemove(),
		DisksToUpdate:     m.disksToUpdate(),
		PowerOn:           m.PowerOn.ValueBool(),
		CustomizationSpec: m.customizationSpec().ValueString(),
	}
}

// disksToRemove returns the known keys of disks_to_remove, sorted; nil where there are none.
func (m model) disksToRemove() []string {
	var keys []string
	for _, element := range m.DisksToRemove.Elements() {
		if key, ok := element.(types.String); ok && !key.IsUnknown() {
			keys = append(keys, key.ValueString())
		}
	}
	slices.Sort(keys)

	return keys
}

// disksToUpdate returns the datastore of each disk in disks_to_update, "" where it is not known yet; nil where there are
// none.
func (m model) disksToUpdate() map[string]string {
	if len(m.DisksToUpdate.Elements()) == 0 {
		return nil
	}
	datastores := make(map[string]string, len(m.DisksToUpdate.Elements()))
	for key, element := range m.DisksToUpdate.Elements() {
		datastores[key] = ""
		if update, ok := element.(types.Object); ok {
			datastores[key] = lifecycle.StringIn(update, "datastore_id").ValueString()
		}
	}

	return datastores
}

// customizationSpec returns the name in guest_customization_spec, null where there is none.
func (m model) customizationSpec() types.String {
	return lifecycle.StringIn(m.GuestCustomizationSpec, "name")
}

// WithCommon implements [vm.Model].
func (m model) WithCommon(attributes vm.Attributes) model {
	m.Attributes = attributes

	return m
}

// search returns how to find the clone, should its task be lost.
func (m model) search() vsphere.CloneSearch {
	spec := m.cloneSpec()

	return vsphere.CloneSearch{SourceID: spec.SourceID, Name: spec.Name, FolderID: spec.Placement.FolderID}
}

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays. So does placement.host_id once it is known: DRS moves a VM as it likes, which is no drift, and the top-level
// host_id tells where the VM runs now.
func (m model) observed(found *vsphere.VirtualMachine) model {
	m.Attributes = m.ObservedCommon(found)
	m.Placement = m.Parts().Observed(found).Object(placementTypes)
	m.NetworkInterfaces = tfattr.VSphereNetworkInterfacesValue(found.NetworkInterfaces)

	return m
}

// Keeping returns m with every value that the plan knows. The CLI holds a provider to its plan; what has changed by itself
// since then (an address, a host that DRS chose) shows at the next refresh.
func (m model) Keeping(plan model) model {
	m.Attributes = m.KeepingCommon(plan.Attributes)
	m.Placement = m.Parts().Keeping(plan.Parts()).Object(placementTypes)
	m.NetworkInterfaces = lifecycle.Keep(plan.NetworkInterfaces, m.NetworkInterfaces)

	return m
}

// Bare returns m with the ids and with every other unknown value set to null: what can be put in state when the platform has
// not told.
func (m model) Bare(vmID, taskID string) model {
	m.Attributes = m.BareCommon(vmID, taskID)
	if m.Placement.IsUnknown() {
		m.Placement = types.ObjectNull(placementTypes)
	} else if !m.Placement.IsNull() {
		m.Placement = m.Parts().UnknownAsNull().Object(placementTypes)
	}
	m.NetworkInterfaces = lifecycle.NullIfUnknown(m.NetworkInterfaces, types.MapNull(tfattr.VSphereNetworkInterfacesType()))

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	parts := m.Parts()

	return m.Known(parts.FolderID, parts.ResourcePoolID, parts.HostID, parts.ClusterID, parts.DatastoreID, m.NetworkInterfaces)
}

// diskLabels returns the label of each disk by its key, for texts.
func diskLabels(disks map[string]vsphere.Disk) map[string]string {
	labels := make(map[string]string, len(disks))
	for _, key := range slices.Sorted(maps.Keys(disks)) {
		labels[key] = disks[key].Label
	}

	return labels
}
