package tfattr_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// TestZStackNetworkInterfaces has one interface that has everything, and one that has no address.
func TestZStackNetworkInterfaces(t *testing.T) {
	t.Parallel()
	kind := tfattr.ZStackNetworkInterfacesType()
	got := tfattr.ZStackNetworkInterfacesValue([]tfattr.ZStackNetworkInterface{
		{UUID: "n1", L3NetworkUUID: "net", DeviceID: 1},
		{UUID: "n0", L3NetworkUUID: "net", IP: "10.0.0.2", MAC: "fa:00:00:00:00:01", Netmask: "255.0.0.0", Gateway: "10.0.0.1"},
	})
	text := types.StringValue
	want := types.MapValueMust(kind, map[string]attr.Value{
		"0": types.ObjectValueMust(kind.AttrTypes, map[string]attr.Value{
			"uuid": text("n0"), "l3_network_uuid": text("net"), "ip_address": text("10.0.0.2"), "mac_address": text("fa:00:00:00:00:01"),
			"netmask": text("255.0.0.0"), "gateway": text("10.0.0.1"),
		}),
		"1": types.ObjectValueMust(kind.AttrTypes, map[string]attr.Value{
			"uuid": text("n1"), "l3_network_uuid": text("net"), "ip_address": types.StringNull(), "mac_address": types.StringNull(),
			"netmask": types.StringNull(), "gateway": types.StringNull(),
		}),
	})
	if !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if !tfattr.ZStackNetworkInterfacesDataAttribute().GetType().Equal(got.Type(t.Context())) {
		t.Error("the attributes are of another type than their value")
	}
}
