package tfattr_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	dschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	rschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// TestSchemas holds the attributes against the framework's own rules.
func TestSchemas(t *testing.T) {
	t.Parallel()
	resource := rschema.Schema{Attributes: map[string]rschema.Attribute{
		"id":               tfattr.IDAttribute("Managed object id."),
		"pending_task_id":  tfattr.PendingTaskIDAttribute(),
		"shutdown_timeout": tfattr.DurationAttribute("How long."),
		"disks":            tfattr.VSphereDisksAttribute(),
	}}
	if diags := resource.ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	data := dschema.Schema{Attributes: map[string]dschema.Attribute{
		"disks":              tfattr.VSphereDisksDataAttribute(),
		"network_interfaces": tfattr.VSphereNetworkInterfacesDataAttribute(),
	}}
	if diags := data.ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	for name, attribute := range resource.Attributes {
		if attribute.GetMarkdownDescription() == "" {
			t.Errorf("%s has no description", name)
		}
	}
}

// disk and networkInterface stand for the types of the vSphere client.
type (
	disk struct {
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
	networkInterface struct {
		Label      string
		Type       string
		NetworkID  string
		MACAddress string
		Connected  bool
	}
)

func TestVSphereDevices(t *testing.T) {
	t.Parallel()
	disks := tfattr.VSphereDisksValue(map[string]disk{"2000": {Label: "Hard disk 1", CapacityBytes: 10 << 30, DatastoreID: "datastore-11", Mode: "persistent"}, "2001": {Label: "Hard disk 2"}})
	wantDisks := types.MapValueMust(tfattr.VSphereDisksType(), map[string]attr.Value{
		"2000": types.ObjectValueMust(tfattr.VSphereDisksType().AttrTypes, map[string]attr.Value{
			"label": types.StringValue("Hard disk 1"), "capacity_bytes": types.Int64Value(10 << 30),
			"datastore_id": types.StringValue("datastore-11"),
		}),
		"2001": types.ObjectValueMust(tfattr.VSphereDisksType().AttrTypes, map[string]attr.Value{
			"label": types.StringValue("Hard disk 2"), "capacity_bytes": types.Int64Value(0), "datastore_id": types.StringNull(),
		}),
	})
	if !disks.Equal(wantDisks) {
		t.Errorf("got  %s\nwant %s", disks, wantDisks)
	}
	if kind := tfattr.VSphereDisksAttribute().GetType(); !kind.Equal(disks.Type(t.Context())) {
		t.Errorf("the schema has %s, the value %s", kind, disks.Type(t.Context()))
	}

	details := tfattr.VSphereDiskDetailsValue(map[string]disk{"2000": {
		Label: "Hard disk 1", Provisioning: "thin", Mode: "persistent", Controller: "scsi0", UnitNumber: 1, UUID: "6000C29", Parent: "[ds] a/a.vmdk",
	}})
	wantDetails := types.MapValueMust(tfattr.VSphereDiskDetailsType(), map[string]attr.Value{
		"2000": types.ObjectValueMust(tfattr.VSphereDiskDetailsType().AttrTypes, map[string]attr.Value{
			"label": types.StringValue("Hard disk 1"), "capacity_bytes": types.Int64Value(0), "datastore_id": types.StringNull(),
			"provisioning": types.StringValue("thin"), "mode": types.StringValue("persistent"), "controller": types.StringValue("scsi0"),
			"unit_number": types.Int64Value(1), "uuid": types.StringValue("6000C29"), "parent": types.StringValue("[ds] a/a.vmdk"),
		}),
	})
	if !details.Equal(wantDetails) {
		t.Errorf("got  %s\nwant %s", details, wantDetails)
	}

	interfaces := tfattr.VSphereNetworkInterfacesValue(map[string]networkInterface{"4000": {"ethernet-0", "vmxnet3", "", "00:50:56:00:00:01", true}})
	wantInterfaces := types.MapValueMust(tfattr.VSphereNetworkInterfacesType(), map[string]attr.Value{
		"4000": types.ObjectValueMust(tfattr.VSphereNetworkInterfacesType().AttrTypes, map[string]attr.Value{
			"label": types.StringValue("ethernet-0"), "type": types.StringValue("vmxnet3"), "network_id": types.StringNull(),
			"mac_address": types.StringValue("00:50:56:00:00:01"), "connected": types.BoolValue(true),
		}),
	})
	if !interfaces.Equal(wantInterfaces) {
		t.Errorf("got  %s\nwant %s", interfaces, wantInterfaces)
	}
	if kind := tfattr.VSphereNetworkInterfacesDataAttribute().GetType(); !kind.Equal(interfaces.Type(t.Context())) {
		t.Errorf("the schema has %s, the value %s", kind, interfaces.Type(t.Context()))
	}
}
