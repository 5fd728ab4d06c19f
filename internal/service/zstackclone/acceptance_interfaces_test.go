package zstackclone_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// wired is a ZStack with a second network.
type wired struct {
	*suite

	first, second string // networks
}

func newWired(t *testing.T) wired {
	t.Helper()
	s := newSuite(t)

	return wired{s, s.server.ID("l3_network", "net-1"), s.server.AddNetwork("net-2", netip.MustParseAddr("10.30.0.10"), 100)}
}

// nics is the argument network_interfaces, with an interface's arguments by device id.
func nics(interfaces ...string) string {
	var all strings.Builder
	for i := 0; i < len(interfaces); i += 2 {
		fmt.Fprintf(&all, "%q = {\n %s\n }\n", interfaces[i], strings.ReplaceAll(interfaces[i+1], ", ", "\n "))
	}

	return "network_interfaces = {\n" + all.String() + "}"
}

func on(network string) string { return fmt.Sprintf("l3_network_uuid = %q", network) }

// wires checks the interfaces of a VM: network, address and MAC address of each, in the order of their device ids; empty ones are anything.
func wires(want ...[3]string) func(vm zstacksim.VM) error {
	return func(vm zstacksim.VM) error {
		if len(vm.NICs) != len(want) {
			return fmt.Errorf("interfaces %+v, want %d", vm.NICs, len(want))
		}
		for i, nic := range vm.NICs {
			got := []string{nic.L3NetworkUUID, nic.IP, nic.MAC}
			for j, wanted := range want[i] {
				if wanted != "" && got[j] != wanted || nic.DeviceID != int64(i) {
					return fmt.Errorf("interface %d is %+v, want %v", i, nic, want[i])
				}
			}
		}

		return nil
	}
}

const staticMAC = "fa:12:34:56:78:00"

// Network, address and MAC address of a new machine's interfaces travel with the clone call, those of further interfaces too. What is not named
// is the source's.
func TestAccZStackClone_interfaces(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	made := w.clone(nics("0", on(w.second)+`, ip_address = "10.30.0.50", mac_address = "FA:12:34:56:78:00"`, "1", on(w.first)))
	step := w.applied(creates, made, "web", wires([3]string{w.second, "10.30.0.50", staticMAC}, [3]string{w.first, "", ""}))
	step.ConfigStateChecks = []statecheck.StateCheck{
		statecheck.ExpectKnownValue(web, tfjsonpath.New("ip_addresses"), knownvalue.ListSizeExact(2)),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("network_interfaces").AtMapKey("0").AtMapKey("gateway"), knownvalue.StringExact("10.30.0.9")),
	}
	w.run(step, resource.TestStep{
		PreConfig: func() {
			calls := w.server.Requests().ByMethod
			for _, method := range []string{"AttachL3NetworkToVm", "ChangeVmNicNetwork", "SetVmStaticIp", "UpdateVmNicMac", "StartVmInstance"} {
				if calls[method] != 0 {
					t.Errorf("%d calls of %s", calls[method], method)
				}
			}
		},
		Config: made, PlanOnly: true,
	}, resource.TestStep{
		Config: made, ResourceName: web, ImportState: true, ImportStateVerify: true,
		ImportStateVerifyIgnore: []string{"source_vm_uuid", "timeouts", "network_interfaces.0.mac_address"},
	})
}

// Interfaces change in place: network, address and MAC address of one that is there, whose device id stays, and one more. What is taken out of the
// configuration stays on the machine.
func TestAccZStackClone_interfacesChanged(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	w.run(
		w.applied(creates, w.clone(), "web", wires([3]string{w.first, "", ""})),
		w.applied(updates, w.clone(nics("0", `ip_address = "10.20.0.77"`)), "web", wires([3]string{w.first, "10.20.0.77", ""})),
		w.applied(updates, w.clone(nics("0", on(w.second))), "web", wires([3]string{w.second, "", ""})),
		w.applied(updates, w.clone(nics("0", on(w.first)+`, ip_address = "10.20.0.78"`)), "web", wires([3]string{w.first, "10.20.0.78", ""})),
		w.applied(updates, w.clone(nics("0", fmt.Sprintf("mac_address = %q", staticMAC))), "web", wires([3]string{w.first, "10.20.0.78", staticMAC})),
		w.applied(updates, w.clone(nics("0", "", "1", on(w.second)+`, ip_address = "10.30.0.60"`)), "web",
			wires([3]string{w.first, "10.20.0.78", staticMAC}, [3]string{w.second, "10.30.0.60", ""})),
		resource.TestStep{
			Config: w.clone(nics("1", on(w.second))),
			Check:  acctest.CheckZStackVM(w.server, "web", wires([3]string{w.first, "10.20.0.78", staticMAC}, [3]string{w.second, "10.30.0.60", ""})),
		},
		resource.TestStep{Config: w.clone(), PlanOnly: true},
	)
}

// An interface that was changed or detached outside Terraform is repaired where the configuration names it, and only there.
func TestAccZStackClone_interfacesDrift(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	named := w.clone(nics("1", on(w.second)))
	repaired := w.applied(updates, named, "web", wires([3]string{w.first, "", ""}, [3]string{w.second, "", ""}))
	repaired.PreConfig = func() { w.must(w.server.ChangeVM(w.vm("web").UUID, zstacksim.Change{DetachNIC: new(int64(1))})) }
	w.run(
		w.applied(creates, named, "web", wires([3]string{w.first, "", ""}, [3]string{w.second, "", ""})),
		repaired,
		resource.TestStep{
			PreConfig: func() { w.must(w.server.ChangeVM(w.vm("web").UUID, zstacksim.Change{AttachNetwork: w.second})) },
			Config:    named, PlanOnly: true,
		},
	)
}

// What can't be is an error of the plan, for a new machine and for one that is there.
func TestAccZStackClone_interfacesRefused(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	refused := map[string]string{
		nics("0", on(strings.Repeat("0", 32))):                "There is no L3 network",
		nics("0", `ip_address = "10.99.0.1"`):                 "The address is outside of the network",
		nics("0", on(w.second)+`, ip_address = "10.20.0.50"`): "The address is outside of the network",
		nics("0", `mac_address = "fa:12"`):                    "is no MAC address",
		nics("0", `ip_address = "10.20.0"`):                   "is no IP address",
		nics("eth0", on(w.first)):                             "is no device id",
		nics("2", on(w.first)):                                "The device ids have a gap",
		nics("1", ""):                                         "An interface without a network",
		"network_interfaces = {}":                             "at least 1",
	}
	steps := func(planOnly bool) (all []resource.TestStep) { // a new machine's plan is checked once more before it is made
		for _, arguments := range slices.Sorted(maps.Keys(refused)) {
			all = append(all, resource.TestStep{Config: w.clone(arguments), PlanOnly: planOnly, ExpectError: acctest.Says(refused[arguments])})
		}

		return all
	}
	all := append(steps(false), w.applied(creates, w.clone(), "web", nil))
	all = append(all, steps(true)...)
	w.run(append(all,
		resource.TestStep{
			Config: w.clone(nics("0", fmt.Sprintf("ip_address = %q", w.golden.IPAddresses[0]))), PlanOnly: true,
			ExpectError: acctest.Says("The address is not free"),
		},
		resource.TestStep{Config: w.clone(), PlanOnly: true},
		resource.TestStep{
			PreConfig:    func() { w.must(w.server.ChangeVM(w.vm("web").UUID, zstacksim.Change{State: new("Paused")})) },
			RefreshState: true,
		},
		resource.TestStep{Config: w.clone(nics("0", on(w.second))), PlanOnly: true, ExpectError: acctest.Says("is Paused")},
	)...)
}

// Clones with fixed addresses share no call: one call gives one address to one machine.
func TestAccZStackClone_interfacesOfSeveral(t *testing.T) {
	t.Parallel()
	w := newWired(t)
	config := acctest.ZStackProviderConfig(w.server)
	for i, name := range []string{"web", "web-2"} {
		config += acctest.Resource("vmfork_zstack_clone", name, []string{nics("0", fmt.Sprintf("mac_address = \"fa:00:00:00:01:0%d\"", i))},
			fmt.Sprintf("name = %q", name), fmt.Sprintf("source_vm_uuid = %q", w.golden.UUID))
	}
	w.run(resource.TestStep{Config: config, Check: acctest.CheckZStackVM(w.server, "web-2", wires([3]string{w.first, "", "fa:00:00:00:01:01"}))})
}
