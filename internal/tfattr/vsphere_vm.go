package tfattr

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// What the devices of a vSphere VM look like, in resources and in data sources alike.
const (
	disksDescription = "The virtual disks, by device key (`\"2000\"`): the key that `disks_to_remove` and `disks_to_update` of a " +
		"clone of this VM take."
	networkInterfacesDescription = "The virtual network interfaces, by device key (`\"4000\"`)."
)

// VSphereDisk is one virtual disk as Terraform shows it. vsphere.Disk has the same fields, so that one converts to the
// other although neither package knows the other.
type VSphereDisk struct {
	Label         string
	CapacityBytes int64
	DatastoreID   string
	Provisioning  string
	Mode          string
	Controller    string
	UnitNumber    int32
	UUID          string
	Parent        string
}

// VSphereNetworkInterface is one network interface as Terraform shows it; vsphere.NetworkInterface has the same fields.
type VSphereNetworkInterface struct {
	Label      string
	Type       string
	NetworkID  string
	MACAddress string
	Connected  bool
}

// computedField is one read-only attribute of a device, before a kind of schema is chosen for it.
type computedField struct {
	kind        attr.Type
	description string
}

var diskFields = map[string]computedField{
	"label":          {types.StringType, "The disk's label, such as `Hard disk 1`."},
	"capacity_bytes": {types.Int64Type, "The disk's capacity in bytes."},
	"datastore_id":   {types.StringType, "Managed object id of the datastore that holds the disk, such as `datastore-15`."},
}

// diskDetails are the fields of a disk in data sources: a state that is older than one of them must not differ from what is there.
var diskDetails = map[string]computedField{
	"label":          diskFields["label"],
	"capacity_bytes": diskFields["capacity_bytes"],
	"datastore_id":   diskFields["datastore_id"],
	"provisioning":   {types.StringType, "How the disk takes its space: `thin`, `thick` or `eager_zeroed`. Null for a raw disk."},
	"mode":           {types.StringType, "The disk's mode: `persistent`, `independent_persistent` or `independent_nonpersistent`."},
	"controller":     {types.StringType, "The disk's controller, such as `scsi0`, `nvme0`, `sata0` or `ide1`."},
	"unit_number":    {types.Int64Type, "The disk's unit number on its controller."},
	"uuid":           {types.StringType, "UUID of the disk's file, which the guest may see as the disk's serial number."},
	"parent":         {types.StringType, "The file that the disk stands on, of a snapshot or of another machine. Null where it has all of its own."},
}

var networkInterfaceFields = map[string]computedField{
	"label":       {types.StringType, "The network interface's label, such as `Network adapter 1`."},
	"type":        {types.StringType, "The network interface's type: `vmxnet3`, `e1000`, `e1000e`, `pcnet32` or `sriov`."},
	"network_id":  {types.StringType, "Managed object id of the network or distributed port group; null where the network interface has none."},
	"mac_address": {types.StringType, "The network interface's MAC address."},
	"connected":   {types.BoolType, "Whether the network interface is connected to its network."},
}

// VSphereDisksType returns the type of one element of a `disks` map.
func VSphereDisksType() types.ObjectType { return fieldsType(diskFields) }

// VSphereDiskDetailsType returns the type of one element of a `disks` map in a data source.
func VSphereDiskDetailsType() types.ObjectType { return fieldsType(diskDetails) }

// VSphereNetworkInterfacesType returns the type of one element of a `network_interfaces` map.
func VSphereNetworkInterfacesType() types.ObjectType { return fieldsType(networkInterfaceFields) }

// VSphereDisksAttribute returns the computed `disks` attribute of a resource that is a VM.
func VSphereDisksAttribute(modifiers ...planmodifier.Map) rschema.MapNestedAttribute {
	return resourceMap(disksDescription, diskFields, modifiers)
}

// VSphereDisksDataAttribute returns the computed `disks` attribute of a data source that reads a VM.
func VSphereDisksDataAttribute() dschema.MapNestedAttribute {
	return dataSourceMap(disksDescription, diskDetails)
}

// VSphereNetworkInterfacesDataAttribute returns the computed `network_interfaces` attribute of a data source that reads
// a VM.
func VSphereNetworkInterfacesDataAttribute() dschema.MapNestedAttribute {
	return dataSourceMap(networkInterfacesDescription, networkInterfaceFields)
}

// VSphereDisksValue returns the value of a `disks` attribute of a resource. It takes the disks as the vSphere client gives them.
func VSphereDisksValue[D vsphereDisk](disks map[string]D) types.Map {
	return disksValue(disks, diskFields)
}

// VSphereDiskDetailsValue returns the value of a `disks` attribute of a data source.
func VSphereDiskDetailsValue[D vsphereDisk](disks map[string]D) types.Map {
	return disksValue(disks, diskDetails)
}

// vsphereDisk is a disk as the vSphere client gives it.
type vsphereDisk interface {
	~struct {
		Label         string
		CapacityBytes int64
		DatastoreID   string
		Provisioning  string
		Mode          string
		Controller    string
		UnitNumber    int32
		UUID          string
		Parent        string
	}
}

func disksValue[D vsphereDisk](disks map[string]D, fields map[string]computedField) types.Map {
	kind := fieldsType(fields)
	elements := make(map[string]attr.Value, len(disks))
	for key, device := range disks {
		disk := VSphereDisk(device)
		all := map[string]attr.Value{
			"label":          types.StringValue(disk.Label),
			"capacity_bytes": types.Int64Value(disk.CapacityBytes),
			"datastore_id":   StringOrNull(disk.DatastoreID),
			"provisioning":   StringOrNull(disk.Provisioning),
			"mode":           StringOrNull(disk.Mode),
			"controller":     StringOrNull(disk.Controller),
			"unit_number":    types.Int64Value(int64(disk.UnitNumber)),
			"uuid":           StringOrNull(disk.UUID),
			"parent":         StringOrNull(disk.Parent),
		}
		values := make(map[string]attr.Value, len(fields))
		for name := range fields {
			values[name] = all[name]
		}
		elements[key] = types.ObjectValueMust(kind.AttrTypes, values)
	}

	return types.MapValueMust(kind, elements)
}

// VSphereNetworkInterfacesValue returns the value of a `network_interfaces` attribute. It takes the interfaces as the
// vSphere client gives them.
func VSphereNetworkInterfacesValue[N ~struct {
	Label      string
	Type       string
	NetworkID  string
	MACAddress string
	Connected  bool
}](interfaces map[string]N,
) types.Map {
	elements := make(map[string]attr.Value, len(interfaces))
	for key, device := range interfaces {
		network := VSphereNetworkInterface(device)
		elements[key] = types.ObjectValueMust(VSphereNetworkInterfacesType().AttrTypes, map[string]attr.Value{
			"label":       types.StringValue(network.Label),
			"type":        types.StringValue(network.Type),
			"network_id":  StringOrNull(network.NetworkID),
			"mac_address": StringOrNull(network.MACAddress),
			"connected":   types.BoolValue(network.Connected),
		})
	}

	return types.MapValueMust(VSphereNetworkInterfacesType(), elements)
}

// StringOrNull returns s as a Terraform string, null when s is empty: what the platform does not tell is null, never "".
func StringOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}

	return types.StringValue(s)
}

func fieldsType(fields map[string]computedField) types.ObjectType {
	kinds := make(map[string]attr.Type, len(fields))
	for name, field := range fields {
		kinds[name] = field.kind
	}

	return types.ObjectType{AttrTypes: kinds}
}

func resourceMap(description string, fields map[string]computedField, modifiers []planmodifier.Map) rschema.MapNestedAttribute {
	attributes := make(map[string]rschema.Attribute, len(fields))
	for name, field := range fields {
		switch field.kind {
		case types.Int64Type:
			attributes[name] = rschema.Int64Attribute{Computed: true, MarkdownDescription: field.description}
		case types.BoolType:
			attributes[name] = rschema.BoolAttribute{Computed: true, MarkdownDescription: field.description}
		default:
			attributes[name] = rschema.StringAttribute{Computed: true, MarkdownDescription: field.description}
		}
	}

	return rschema.MapNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		PlanModifiers:       modifiers,
		NestedObject:        rschema.NestedAttributeObject{Attributes: attributes},
	}
}

func dataSourceMap(description string, fields map[string]computedField) dschema.MapNestedAttribute {
	attributes := make(map[string]dschema.Attribute, len(fields))
	for name, attribute := range resourceMap(description, fields, nil).NestedObject.Attributes {
		attributes[name] = attribute // a computed attribute is the same in both kinds of schema
	}

	return dschema.MapNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		NestedObject:        dschema.NestedAttributeObject{Attributes: attributes},
	}
}
