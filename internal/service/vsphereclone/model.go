package vsphereclone

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration, in the schema's order.
type model struct {
	Name                   types.String    `tfsdk:"name"`
	SourceVMID             types.String    `tfsdk:"source_vm_id"`
	Placement              types.Object    `tfsdk:"placement"`
	DisksToRemove          types.Set       `tfsdk:"disks_to_remove"`
	DisksToUpdate          types.Map       `tfsdk:"disks_to_update"`
	PowerOn                types.Bool      `tfsdk:"power_on"`
	GuestCustomizationSpec types.Object    `tfsdk:"guest_customization_spec"`
	WaitForGuestIP         tfattr.Duration `tfsdk:"wait_for_guest_ip"`
	ShutdownTimeout        tfattr.Duration `tfsdk:"shutdown_timeout"`
	Timeouts               timeouts.Value  `tfsdk:"timeouts"`

	ID                types.String `tfsdk:"id"`
	InstanceUUID      types.String `tfsdk:"instance_uuid"`
	BIOSUUID          types.String `tfsdk:"bios_uuid"`
	PowerState        types.String `tfsdk:"power_state"`
	HostID            types.String `tfsdk:"host_id"`
	Disks             types.Map    `tfsdk:"disks"`
	NetworkInterfaces types.Map    `tfsdk:"network_interfaces"`
	GuestIPAddresses  types.List   `tfsdk:"guest_ip_addresses"`
	PendingTaskID     types.String `tfsdk:"pending_task_id"`
}

// placement is the placement attribute taken apart. The parts of an unknown placement are unknown, those of a null one
// null.
type placement struct {
	FolderID       types.String
	ResourcePoolID types.String
	HostID         types.String
	ClusterID      types.String
	DatastoreID    types.String
}

var placementTypes = map[string]attr.Type{
	"folder_id":        types.StringType,
	"resource_pool_id": types.StringType,
	"host_id":          types.StringType,
	"cluster_id":       types.StringType,
	"datastore_id":     types.StringType,
}

// pending reports whether the clone was started but its VM is not known.
func (m *model) pending() bool { return m.ID.IsNull() }

// parts takes the placement apart.
func (m *model) parts() placement {
	part := func(name string) types.String { return stringIn(m.Placement, name) }

	return placement{
		FolderID: part("folder_id"), ResourcePoolID: part("resource_pool_id"), HostID: part("host_id"),
		ClusterID: part("cluster_id"), DatastoreID: part("datastore_id"),
	}
}

// object puts the placement together.
func (p placement) object() types.Object {
	return types.ObjectValueMust(placementTypes, map[string]attr.Value{
		"folder_id": p.FolderID, "resource_pool_id": p.ResourcePoolID, "host_id": p.HostID,
		"cluster_id": p.ClusterID, "datastore_id": p.DatastoreID,
	})
}

// stringIn returns a string attribute of an object; unknown where the object is, null where it is.
func stringIn(object types.Object, name string) types.String {
	if object.IsUnknown() {
		return types.StringUnknown()
	}
	if value, ok := object.Attributes()[name].(types.String); ok {
		return value
	}

	return types.StringNull()
}

// cloneSpec returns the request that makes what is planned. Unknown parts are computed ones: the platform chooses.
func (m *model) cloneSpec() vsphere.CloneSpec {
	parts := m.parts()

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
func (m *model) disksToRemove() []string {
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
func (m *model) disksToUpdate() map[string]string {
	if len(m.DisksToUpdate.Elements()) == 0 {
		return nil
	}
	datastores := make(map[string]string, len(m.DisksToUpdate.Elements()))
	for key, element := range m.DisksToUpdate.Elements() {
		datastores[key] = ""
		if update, ok := element.(types.Object); ok {
			datastores[key] = stringIn(update, "datastore_id").ValueString()
		}
	}

	return datastores
}

// customizationSpec returns the name in guest_customization_spec, null where there is none.
func (m *model) customizationSpec() types.String { return stringIn(m.GuestCustomizationSpec, "name") }

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays. So does placement.host_id once it is known: DRS moves a VM as it likes, which is no drift, and the top-level
// host_id tells where the VM runs now.
func (m model) observed(vm *vsphere.VirtualMachine) model {
	before := m.parts()
	place := placement{
		FolderID:       tfattr.StringOrNull(vm.Placement.FolderID),
		ResourcePoolID: tfattr.StringOrNull(vm.Placement.ResourcePoolID),
		HostID:         known(before.HostID, vm.Placement.HostID),
		ClusterID:      observedOr(vm.Placement.ClusterID, before.ClusterID),
		DatastoreID:    tfattr.StringOrNull(vm.Placement.DatastoreID),
	}
	if vm.Template { // a template lies in no resource pool
		place.ResourcePoolID = observedOr(vm.Placement.ResourcePoolID, before.ResourcePoolID)
	}

	m.Name = types.StringValue(vm.Name)
	m.Placement = place.object()
	m.PowerOn = types.BoolValue(vm.PowerState == vsphere.PoweredOn)

	m.ID = types.StringValue(vm.ID)
	m.InstanceUUID = tfattr.StringOrNull(vm.InstanceUUID)
	m.BIOSUUID = tfattr.StringOrNull(vm.BIOSUUID)
	m.PowerState = types.StringValue(string(vm.PowerState))
	m.HostID = tfattr.StringOrNull(vm.Placement.HostID)
	m.Disks = tfattr.VSphereDisksValue(vm.Disks)
	m.NetworkInterfaces = tfattr.VSphereNetworkInterfacesValue(vm.NetworkInterfaces)
	m.GuestIPAddresses = addresses(vm.GuestIPAddresses)
	m.PendingTaskID = types.StringNull()

	return m
}

// keeping returns m with every value that the plan knows. The CLI holds a provider to its plan; what has changed by itself
// since then (an address, a host that DRS chose) shows at the next refresh.
func (m model) keeping(plan model) model {
	planned, place := plan.parts(), m.parts()
	place.FolderID = keep(planned.FolderID, place.FolderID)
	place.ResourcePoolID = keep(planned.ResourcePoolID, place.ResourcePoolID)
	place.HostID = keep(planned.HostID, place.HostID)
	place.ClusterID = keep(planned.ClusterID, place.ClusterID)
	place.DatastoreID = keep(planned.DatastoreID, place.DatastoreID)
	m.Placement = place.object()

	m.Name = keep(plan.Name, m.Name)
	m.PowerOn = keep(plan.PowerOn, m.PowerOn)
	m.InstanceUUID = keep(plan.InstanceUUID, m.InstanceUUID)
	m.BIOSUUID = keep(plan.BIOSUUID, m.BIOSUUID)
	m.PowerState = keep(plan.PowerState, m.PowerState)
	m.HostID = keep(plan.HostID, m.HostID)
	m.Disks = keep(plan.Disks, m.Disks)
	m.NetworkInterfaces = keep(plan.NetworkInterfaces, m.NetworkInterfaces)
	m.GuestIPAddresses = keep(plan.GuestIPAddresses, m.GuestIPAddresses)

	return m
}

// unknownAsNull returns m with every unknown value set to null: what can be put in state when the platform has not told.
func (m model) unknownAsNull() model {
	if m.Placement.IsUnknown() {
		m.Placement = types.ObjectNull(placementTypes)
	} else if !m.Placement.IsNull() {
		p := m.parts()
		for _, part := range []*types.String{&p.FolderID, &p.ResourcePoolID, &p.HostID, &p.ClusterID, &p.DatastoreID} {
			*part = nullIfUnknown(*part, types.StringNull())
		}
		m.Placement = p.object()
	}
	for _, text := range []*types.String{&m.ID, &m.InstanceUUID, &m.BIOSUUID, &m.PowerState, &m.HostID, &m.PendingTaskID} {
		*text = nullIfUnknown(*text, types.StringNull())
	}
	m.PowerOn = nullIfUnknown(m.PowerOn, types.BoolNull())
	m.Disks = nullIfUnknown(m.Disks, types.MapNull(tfattr.VSphereDisksType()))
	m.NetworkInterfaces = nullIfUnknown(m.NetworkInterfaces, types.MapNull(tfattr.VSphereNetworkInterfacesType()))
	m.GuestIPAddresses = nullIfUnknown(m.GuestIPAddresses, types.ListNull(types.StringType))

	return m
}

// addresses returns the value of guest_ip_addresses; a guest that tells none has an empty list.
func addresses(ips []string) types.List {
	elements := make([]attr.Value, len(ips))
	for i, ip := range ips {
		elements[i] = types.StringValue(ip)
	}

	return types.ListValueMust(types.StringType, elements)
}

// diskLabels returns the label of each disk by its key, for texts.
func diskLabels(disks map[string]vsphere.Disk) map[string]string {
	labels := make(map[string]string, len(disks))
	for _, key := range slices.Sorted(maps.Keys(disks)) {
		labels[key] = disks[key].Label
	}

	return labels
}

// known returns the value that is there already, and what the platform tells where there is none.
func known(before types.String, told string) types.String {
	if before.IsNull() || before.IsUnknown() {
		return tfattr.StringOrNull(told)
	}

	return before
}

// observedOr returns what the platform tells, and where it tells nothing the value that is there.
func observedOr(told string, before types.String) types.String {
	if told != "" || before.IsUnknown() {
		return tfattr.StringOrNull(told)
	}

	return before
}

// keep returns the planned value unless it is unknown.
func keep[T attr.Value](planned, observed T) T {
	if planned.IsUnknown() {
		return observed
	}

	return planned
}

func nullIfUnknown[T attr.Value](value, null T) T {
	if value.IsUnknown() {
		return null
	}

	return value
}
