package tfattr

import (
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const zstackNICsDescription = "The network interfaces, by device id (`\"0\"`)."

var zstackNICFields = map[string]computedField{
	"uuid":            {types.StringType, "UUID of the network interface."},
	"l3_network_uuid": {types.StringType, "UUID of the L3 network that the interface is on."},
	"ip_address":      {types.StringType, "The interface's IP address; null where it has none."},
	"mac_address":     {types.StringType, "The interface's MAC address."},
	"netmask":         {types.StringType, "Netmask of the address; null where it has none."},
	"gateway":         {types.StringType, "Gateway of the address; null where it has none."},
}

// ZStackNetworkInterface is one network interface of a ZStack VM as Terraform shows it; zstack.NIC has the same fields.
type ZStackNetworkInterface struct {
	UUID, L3NetworkUUID, IP, MAC, Netmask, Gateway string
	DeviceID                                       int64
}

// ZStackNetworkInterfacesType returns the type of one element of a `network_interfaces` map.
func ZStackNetworkInterfacesType() types.ObjectType { return fieldsType(zstackNICFields) }

// ZStackNetworkInterfacesDataAttribute returns the computed `network_interfaces` attribute of a data source that reads a ZStack
// VM.
func ZStackNetworkInterfacesDataAttribute() dschema.MapNestedAttribute {
	return dataSourceMap(zstackNICsDescription, zstackNICFields)
}

// ZStackNetworkInterfacesValue returns the value of a `network_interfaces` attribute. It takes the interfaces as the ZStack
// client gives them.
func ZStackNetworkInterfacesValue[N ~struct {
	UUID, L3NetworkUUID, IP, MAC, Netmask, Gateway string
	DeviceID                                       int64
}](nics []N,
) types.Map {
	elements := make(map[string]attr.Value, len(nics))
	for _, given := range nics {
		nic := ZStackNetworkInterface(given)
		elements[strconv.FormatInt(nic.DeviceID, 10)] = types.ObjectValueMust(ZStackNetworkInterfacesType().AttrTypes,
			map[string]attr.Value{
				"uuid":            types.StringValue(nic.UUID),
				"l3_network_uuid": StringOrNull(nic.L3NetworkUUID),
				"ip_address":      StringOrNull(nic.IP),
				"mac_address":     StringOrNull(nic.MAC),
				"netmask":         StringOrNull(nic.Netmask),
				"gateway":         StringOrNull(nic.Gateway),
			})
	}

	return types.MapValueMust(ZStackNetworkInterfacesType(), elements)
}
