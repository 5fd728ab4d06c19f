package zstackvirtualmachine_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// TestAccZStackVirtualMachine_everySelector finds one VM in both ways with one configuration, with integers written as some
// versions of the platform do.
func TestAccZStackVirtualMachine_everySelector(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t, zstacksim.Options{FloatNumbers: true})
	vm := named(t, server, "golden")
	config := acctest.ZStackProviderConfig(server)
	var checks []statecheck.StateCheck
	for selector, value := range map[string]string{"uuid": vm.UUID, "name": vm.Name} {
		config += dataSource("by_"+selector, selector, value)
		checks = append(checks, sameAs("data.vmfork_zstack_virtual_machine.by_"+selector, vm)...)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
}

// sameAs compares the data source with the simulator's inventory.
func sameAs(address string, vm zstacksim.VM) []statecheck.StateCheck {
	addresses := make([]knownvalue.Check, len(vm.IPAddresses))
	for i, ip := range vm.IPAddresses {
		addresses[i] = knownvalue.StringExact(ip)
	}
	volumes := []knownvalue.Check{}
	for _, uuid := range vm.DataVolumeUUIDs {
		volumes = append(volumes, knownvalue.StringExact(uuid))
	}
	want := map[string]knownvalue.Check{
		"id":                knownvalue.StringExact(vm.UUID),
		"uuid":              knownvalue.StringExact(vm.UUID),
		"name":              knownvalue.StringExact(vm.Name),
		"state":             knownvalue.StringExact(vm.State),
		"zone_uuid":         knownvalue.StringExact(vm.ZoneUUID),
		"cluster_uuid":      knownvalue.StringExact(vm.ClusterUUID),
		"host_uuid":         knownvalue.StringExact(vm.HostUUID),
		"image_uuid":        knownvalue.StringExact(vm.ImageUUID),
		"cpu_count":         knownvalue.Int64Exact(vm.CPUCount),
		"memory_bytes":      knownvalue.Int64Exact(vm.MemoryBytes),
		"ip_addresses":      knownvalue.ListExact(addresses),
		"root_volume_uuid":  knownvalue.StringExact(vm.RootVolumeUUID),
		"data_volume_uuids": knownvalue.ListExact(volumes),
		"volumes":           knownvalue.MapSizeExact(1 + len(volumes)),
		"network_interfaces": knownvalue.MapPartial(map[string]knownvalue.Check{
			"0": knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"ip_address":  addresses[0],
				"mac_address": knownvalue.StringRegexp(regexp.MustCompile(`^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$`)),
			}),
		}),
	}
	var checks []statecheck.StateCheck
	for name, check := range want {
		checks = append(checks, statecheck.ExpectKnownValue(address, tfjsonpath.New(name), check))
	}

	return checks
}

func TestAccZStackVirtualMachine_refused(t *testing.T) {
	t.Parallel()

	server := acctest.ZStack(t, zstacksim.Options{VMs: 3})
	gone, twin := named(t, server, "vm-0"), named(t, server, "vm-1")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(server.DestroyVM(gone.UUID))
	must(server.ChangeVM(twin.UUID, zstacksim.Change{Name: new("vm-2")}))
	var steps []resource.TestStep
	for _, test := range []struct{ selectors, want string }{
		{`name = "nothing"`, `No such virtual machine`},
		{`uuid = "20debd9bc9594d70b1ec81d7d31b29cc"`, `No such virtual machine`},
		{`name = "vm-0"`, `(?s)is\s+destroyed:.*` + gone.UUID + `.*recycle bin`},
		{fmt.Sprintf("uuid = %q", gone.UUID), `(?s)is\s+destroyed:.*` + gone.UUID},
		{`name = "vm-2"`, `(?s)Several virtual machines match.*` + twin.UUID + `  vm-2, Running`},
		{`uuid = "golden"`, `Invalid ZStack UUID`},
		{`name = ""`, `Invalid name`},
		{"name = \"golden\"\n  uuid = \"20debd9bc9594d70b1ec81d7d31b29cc\"", `Invalid Attribute Combination`},
		{"", `Missing Attribute Configuration`},
	} {
		steps = append(steps, resource.TestStep{
			Config: acctest.ZStackProviderConfig(server) +
				fmt.Sprintf("data \"vmfork_zstack_virtual_machine\" \"x\" {\n  %s\n}\n", test.selectors),
			ExpectError: regexp.MustCompile(test.want),
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(t), Steps: steps})
}

// TestAccZStackVirtualMachine_manyReadsShareACall reads many VMs by uuid in one configuration.
func TestAccZStackVirtualMachine_manyReadsShareACall(t *testing.T) {
	t.Parallel()

	const many = 8
	server := acctest.ZStack(t, zstacksim.Options{VMs: many})
	config := acctest.ZStackProviderConfig(server)
	for i := range many {
		vm := named(t, server, fmt.Sprint("vm-", i))
		config += dataSource(fmt.Sprint("vm", i), "uuid", vm.UUID)
	}
	workspace := acctest.NewWorkspace(t, config)
	server.ResetRequests()
	acctest.MustRunCLI(t, workspace, 0, "plan")
	if n := server.Requests().ByMethod["QueryVmInstance"]; n > many/2 {
		t.Errorf("%d VMs took %d queries", many, n)
	}
}

func named(t *testing.T, server *zstacksim.Server, name string) zstacksim.VM {
	t.Helper()
	vm, found := server.VM(name)
	if !found {
		t.Fatalf("the simulator has no VM %q", name)
	}

	return vm
}

func dataSource(label, selector, value string) string {
	return fmt.Sprintf("data \"vmfork_zstack_virtual_machine\" %q {\n  %s = %q\n}\n", label, selector, value)
}
