package vspherevirtualmachine

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	attrpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

type model struct {
	hardware
	labels

	ID                  types.String `tfsdk:"id"`
	Path                types.String `tfsdk:"path"`
	InstanceUUID        types.String `tfsdk:"instance_uuid"`
	Name                types.String `tfsdk:"name"`
	BIOSUUID            types.String `tfsdk:"bios_uuid"`
	PowerState          types.String `tfsdk:"power_state"`
	Template            types.Bool   `tfsdk:"template"`
	FolderID            types.String `tfsdk:"folder_id"`
	ResourcePoolID      types.String `tfsdk:"resource_pool_id"`
	HostID              types.String `tfsdk:"host_id"`
	ClusterID           types.String `tfsdk:"cluster_id"`
	DatastoreID         types.String `tfsdk:"datastore_id"`
	Disks               types.Map    `tfsdk:"disks"`
	NetworkInterfaces   types.Map    `tfsdk:"network_interfaces"`
	InstantCloneFrozen  types.Bool   `tfsdk:"instant_clone_frozen"`
	VirtualTPM          types.Bool   `tfsdk:"virtual_tpm"`
	Encryption          types.Object `tfsdk:"encryption"`
	FaultToleranceState types.String `tfsdk:"fault_tolerance_state"`
	CurrentSnapshotID   types.String `tfsdk:"current_snapshot_id"`
}

// selector is the one attribute that says which VM is meant.
type selector struct {
	at    attrpath.Path
	value string
	query vsphere.VMQuery // empty for an id
}

func (m model) selector() selector {
	switch {
	case m.Path.ValueString() != "":
		return selector{attrpath.Root("path"), m.Path.ValueString(), vsphere.VMQuery{Path: m.Path.ValueString()}}
	case m.InstanceUUID.ValueString() != "":
		return selector{attrpath.Root("instance_uuid"), m.InstanceUUID.ValueString(), vsphere.VMQuery{InstanceUUID: m.InstanceUUID.ValueString()}}
	case m.Name.ValueString() != "":
		return selector{attrpath.Root("name"), m.Name.ValueString(), vsphere.VMQuery{Name: m.Name.ValueString()}}
	default:
		return selector{at: attrpath.Root("id"), value: m.ID.ValueString()}
	}
}

// newModel maps a VM and its inventory path to the data source's state, but for its tags. keys are the settings to show.
func newModel(vm *vsphere.VirtualMachine, inventoryPath string, keys types.Set) model {
	return model{
		hardware:            newHardware(vm, keys),
		labels:              labels{Tags: types.SetNull(types.StringType), CustomAttributes: newAttributes(vm)},
		ID:                  types.StringValue(vm.ID),
		Path:                types.StringValue(inventoryPath),
		InstanceUUID:        tfattr.StringOrNull(vm.InstanceUUID),
		Name:                types.StringValue(vm.Name),
		BIOSUUID:            tfattr.StringOrNull(vm.BIOSUUID),
		PowerState:          types.StringValue(string(vm.PowerState)),
		Template:            types.BoolValue(vm.Template),
		FolderID:            tfattr.StringOrNull(vm.Placement.FolderID),
		ResourcePoolID:      tfattr.StringOrNull(vm.Placement.ResourcePoolID),
		HostID:              tfattr.StringOrNull(vm.Placement.HostID),
		ClusterID:           tfattr.StringOrNull(vm.Placement.ClusterID),
		DatastoreID:         tfattr.StringOrNull(vm.Placement.DatastoreID),
		Disks:               tfattr.VSphereDiskDetailsValue(vm.Disks),
		NetworkInterfaces:   tfattr.VSphereNetworkInterfacesValue(vm.NetworkInterfaces),
		InstantCloneFrozen:  types.BoolValue(vm.InstantCloneFrozen),
		VirtualTPM:          types.BoolValue(vm.VirtualTPM),
		Encryption:          newEncryption(vm),
		FaultToleranceState: tfattr.StringOrNull(vm.FaultToleranceState),
		CurrentSnapshotID:   tfattr.StringOrNull(vm.CurrentSnapshotID),
	}
}

var encryptionTypes = map[string]attr.Type{"key_provider_id": types.StringType}

// newEncryption returns how a VM is encrypted, null where it is not. Of a trusted key provider vCenter does not tell the id.
func newEncryption(vm *vsphere.VirtualMachine) types.Object {
	if !vm.Encrypted {
		return types.ObjectNull(encryptionTypes)
	}

	return types.ObjectValueMust(encryptionTypes, map[string]attr.Value{"key_provider_id": tfattr.StringOrNull(vm.KeyProviderID)})
}

// withoutConfig returns what is known of a VM whose configuration vCenter can't read: the rest is null.
func (m model) withoutConfig() model {
	m.Template, m.InstantCloneFrozen, m.VirtualTPM = types.BoolNull(), types.BoolNull(), types.BoolNull()
	m.InstanceUUID, m.BIOSUUID, m.DatastoreID = types.StringNull(), types.StringNull(), types.StringNull()
	m.Disks = types.MapNull(tfattr.VSphereDiskDetailsType())
	m.NetworkInterfaces = types.MapNull(tfattr.VSphereNetworkInterfacesType())
	m.CurrentSnapshotID, m.Encryption = types.StringNull(), types.ObjectNull(encryptionTypes)
	m.hardware = m.unread()

	return m
}
