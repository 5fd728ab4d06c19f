package zstackvirtualmachine

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

type model struct {
	UUID                 types.String `tfsdk:"uuid"`
	Name                 types.String `tfsdk:"name"`
	ID                   types.String `tfsdk:"id"`
	Description          types.String `tfsdk:"description"`
	State                types.String `tfsdk:"state"`
	Type                 types.String `tfsdk:"type"`
	Platform             types.String `tfsdk:"platform"`
	HypervisorType       types.String `tfsdk:"hypervisor_type"`
	CreatedAt            types.String `tfsdk:"created_at"`
	ZoneUUID             types.String `tfsdk:"zone_uuid"`
	ClusterUUID          types.String `tfsdk:"cluster_uuid"`
	HostUUID             types.String `tfsdk:"host_uuid"`
	LastHostUUID         types.String `tfsdk:"last_host_uuid"`
	ImageUUID            types.String `tfsdk:"image_uuid"`
	InstanceOfferingUUID types.String `tfsdk:"instance_offering_uuid"`
	DefaultL3NetworkUUID types.String `tfsdk:"default_l3_network_uuid"`
	CPUCount             types.Int64  `tfsdk:"cpu_count"`
	MemoryBytes          types.Int64  `tfsdk:"memory_bytes"`
	IPAddresses          types.List   `tfsdk:"ip_addresses"`
	NetworkInterfaces    types.Map    `tfsdk:"network_interfaces"`
	RootVolumeUUID       types.String `tfsdk:"root_volume_uuid"`
	DataVolumeUUIDs      types.List   `tfsdk:"data_volume_uuids"`
	Volumes              types.Map    `tfsdk:"volumes"`
}

// volumeType is the type of one element of `volumes`.
var volumeType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"name": types.StringType, "type": types.StringType, "primary_storage_uuid": types.StringType, "size_bytes": types.Int64Type,
	"device_id": types.Int64Type, "shareable": types.BoolType,
}}

// newModel maps a VM to the data source's state.
func newModel(vm zstack.VirtualMachine) model {
	nics := slices.SortedFunc(slices.Values(vm.NICs), func(a, b zstack.NIC) int { return cmp.Compare(a.DeviceID, b.DeviceID) })
	volumes := slices.SortedFunc(slices.Values(vm.Volumes), func(a, b zstack.Volume) int { return cmp.Compare(a.DeviceID, b.DeviceID) })
	var addresses, data []attr.Value
	for _, nic := range nics {
		if nic.IP != "" {
			addresses = append(addresses, types.StringValue(nic.IP))
		}
	}
	for _, volume := range volumes {
		if volume.Type == zstack.VolumeData {
			data = append(data, types.StringValue(volume.UUID))
		}
	}

	return model{
		UUID:                 types.StringValue(vm.UUID),
		Name:                 types.StringValue(vm.Name),
		ID:                   types.StringValue(vm.UUID),
		Description:          tfattr.StringOrNull(vm.Description),
		State:                types.StringValue(string(vm.State)),
		Type:                 tfattr.StringOrNull(vm.Type),
		Platform:             tfattr.StringOrNull(vm.Platform),
		HypervisorType:       tfattr.StringOrNull(vm.HypervisorType),
		CreatedAt:            tfattr.StringOrNull(vm.CreatedAt),
		ZoneUUID:             tfattr.StringOrNull(vm.ZoneUUID),
		ClusterUUID:          tfattr.StringOrNull(vm.ClusterUUID),
		HostUUID:             tfattr.StringOrNull(vm.HostUUID),
		LastHostUUID:         tfattr.StringOrNull(vm.LastHostUUID),
		ImageUUID:            tfattr.StringOrNull(vm.ImageUUID),
		InstanceOfferingUUID: tfattr.StringOrNull(vm.InstanceOfferingUUID),
		DefaultL3NetworkUUID: tfattr.StringOrNull(vm.DefaultL3NetworkUUID),
		CPUCount:             types.Int64Value(vm.CPUCount),
		MemoryBytes:          types.Int64Value(vm.MemoryBytes),
		IPAddresses:          types.ListValueMust(types.StringType, addresses),
		NetworkInterfaces:    tfattr.ZStackNetworkInterfacesValue(vm.NICs),
		RootVolumeUUID:       tfattr.StringOrNull(vm.RootVolumeUUID),
		DataVolumeUUIDs:      types.ListValueMust(types.StringType, data),
		Volumes:              volumesValue(vm.Volumes),
	}
}

func volumesValue(volumes []zstack.Volume) types.Map {
	elements := make(map[string]attr.Value, len(volumes))
	for _, volume := range volumes {
		elements[volume.UUID] = types.ObjectValueMust(volumeType.AttrTypes, map[string]attr.Value{
			"name":                 types.StringValue(volume.Name),
			"type":                 types.StringValue(volume.Type),
			"primary_storage_uuid": tfattr.StringOrNull(volume.PrimaryStorageUUID),
			"size_bytes":           types.Int64Value(volume.SizeBytes),
			"device_id":            types.Int64Value(volume.DeviceID),
			"shareable":            types.BoolValue(volume.Shareable),
		})
	}

	return types.MapValueMust(volumeType, elements)
}
