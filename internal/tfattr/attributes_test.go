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
		"id":                 tfattr.IDAttribute("Managed object id."),
		"pending_task_id":    tfattr.PendingTaskIDAttribute(),
		"shutdown_timeout":   tfattr.DurationAttribute("How long."),
		"disks":              tfattr.VSphereDisksAttribute(),
		"network_interfaces": tfattr.VSphereNetworkInterfacesAttribute(),
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
	for name, attribute := range data.Attributes {
		if !attribute.GetType().Equal(resource.Attributes[name].GetType()) {
			t.Errorf("%s is of another type in a data source", name)
		}
	}
}

// disk and networkInterface stand for the types of the vSphere client.
type (
	disk struct {
		Label         string
		CapacityBytes int64
		DatastoreID   string
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
	disks := tfattr.VSphereDisksValue(map[string]disk{"2000": {"Hard disk 1", 10 << 30, "datastore-11"}, "2001": {Label: "Hard disk 2"}})
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
	if kind := tfattr.VSphereNetworkInterfacesAttribute().GetType(); !kind.Equal(interfaces.Type(t.Context())) {
		t.Errorf("the schema has %s, the value %s", kind, interfaces.Type(t.Context()))
	}
}
