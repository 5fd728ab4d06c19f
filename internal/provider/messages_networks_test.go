package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// networksPath is the path that all networks of [threeNetworks] have.
const networksPath = "/DC0/network/web"

// threeNetworks makes a standard port group and, on the switches DVS0 and DVS1, port groups of the same name, as NSX does.
func threeNetworks(t *testing.T, server *vcenter.Server) {
	t.Helper()
	client := acctest.LogIn(t, server)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ref := func(kind, path string) types.ManagedObjectReference {
		return types.ManagedObjectReference{Type: kind, Value: server.ID(path)}
	}
	host := object.NewHostSystem(client.Client, ref("HostSystem", "/DC0/host/DC0_C0/DC0_C0_H0"))
	network, err := host.ConfigManager().NetworkSystem(t.Context())
	must(err)
	must(network.AddPortGroup(t.Context(), types.HostPortGroupSpec{Name: "web", VswitchName: "vSwitch0"}))

	folder := object.NewFolder(client.Client, ref("Folder", "/DC0/network"))
	task, err := folder.CreateDVS(t.Context(), types.DVSCreateSpec{ConfigSpec: &types.DVSConfigSpec{Name: "DVS1"}})
	must(err)
	must(task.Wait(t.Context()))
	for _, name := range []string{"DVS0", "DVS1"} {
		of := object.NewDistributedVirtualSwitch(client.Client, ref("DistributedVirtualSwitch", "/DC0/network/"+name))
		task, err := of.AddPortgroup(t.Context(), []types.DVPortgroupConfigSpec{{
			Name: "web", Type: string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding),
			BackingType: string(types.DistributedVirtualPortgroupBackingTypeNsx),
		}})
		must(err)
		must(task.Wait(t.Context()))
	}
	must(client.Logout(t.Context()))
}

// TestAccNetworks_ofOneName chooses each of three networks of one path by its switch or its type, and names all of them where none is chosen.
func TestAccNetworks_ofOneName(t *testing.T) {
	t.Parallel()

	server := acctest.VSphere(t)
	threeNetworks(t, server)
	data := func(label, path, arguments string) string {
		return fmt.Sprintf("data \"vmfork_vsphere_object\" %q {\n  type = \"network\"\n  path = %q\n  %s\n}\n", label, path, arguments)
	}
	for name, config := range map[string]string{
		"several_networks": data("web", networksPath, ""),
		"two_networks":     data("web", "web", `network_type = "distributed_portgroup"`),
		"no_such_network":  data("web", networksPath, `network_type = "opaque_network"`),
		"no_network": fmt.Sprintf("data \"vmfork_vsphere_object\" \"web\" {\n  type = \"folder\"\n  path = \"/DC0/vm\"\n  switch_id = %q\n}\n",
			server.ID("/DC0/network/DVS0")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := planned(t, providerBlock(server, map[string]any{})+config)
			golden(t, "lookup_"+name, inventoryIDs.ReplaceAllString(got, "$1-N"))
		})
	}
	t.Run("chosen", func(t *testing.T) {
		t.Parallel()

		config := acctest.ProviderConfig(server) + data("standard", networksPath, `network_type = "standard_portgroup"`)
		checks := []statecheck.StateCheck{
			is("standard", "network_type", knownvalue.StringExact("standard_portgroup")), is("standard", "switch_id", knownvalue.Null()),
		}
		for _, name := range []string{"DVS0", "DVS1"} {
			of := server.ID("/DC0/network/" + name)
			config += data(name, networksPath, fmt.Sprintf("switch_id = %q", of))
			checks = append(checks, is(name, "switch_id", knownvalue.StringExact(of)), is(name, "name", knownvalue.StringExact("web")),
				is(name, "network_type", knownvalue.StringExact("distributed_portgroup")))
		}
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories(t),
			Steps: []resource.TestStep{{Config: config, ConfigStateChecks: append(checks,
				statecheck.CompareValuePairs("data.vmfork_vsphere_object.DVS0", tfjsonpath.New("id"),
					"data.vmfork_vsphere_object.DVS1", tfjsonpath.New("id"), compare.ValuesDiffer()))}},
		})
	})
}

func is(label, attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.vmfork_vsphere_object."+label, tfjsonpath.New(attribute), value)
}
