package vsphereclone_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// network and group return the ids of a standard network and of a distributed port group.
func (s *suite) network() string { return s.server.ID("/DC0/network/VM Network") }
func (s *suite) group() string   { return s.server.ID("/DC0/network/DC0_DVPG0") }

// hasCards checks the network interfaces of the clone, each "type network mac".
func (s *suite) hasCards(want ...string) func(vcenter.VM) error {
	return func(vm vcenter.VM) error {
		return acctest.Same("network interfaces", strings.Join(s.cards(vm.Name), ", "), strings.Join(want, ", "))
	}
}

func isCardWithUnit(unit int32) func(device types.BaseVirtualDevice) bool {
	return func(device types.BaseVirtualDevice) bool {
		_, card := device.(types.BaseVirtualEthernetCard)

		return card && device.GetVirtualDevice().UnitNumber != nil && *device.GetVirtualDevice().UnitNumber == unit
	}
}

// The interfaces of a clone are made by the one task that makes the machine, also those of a template's.
func TestAccVSphereClone_interfaces(t *testing.T) {
	t.Parallel()
	for name, arguments := range map[string]func(s *suite) []string{
		"of a VM": func(*suite) []string { return nil },
		"of a template": func(s *suite) []string {
			return []string{fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			config := s.clone(append(arguments(s), `power_on = true`,
				fmt.Sprintf(`network_interfaces = { "4000" = { network_id = %q } }`, s.network()),
				fmt.Sprintf(`network_interfaces_to_add = {
    backup  = { network_id = %q, type = "e1000e", mac_address = "00:50:56:00:00:07" }
    storage = { network_id = %q, connected = false }
  }`, s.group(), s.network()))...)
			step := and(s.applied(plancheck.ResourceActionCreate, config, "web",
				s.hasCards("vmxnet3 "+s.network()+" own", "e1000e "+s.group()+" 00:50:56:00:00:07", "vmxnet3 "+s.network()+" own")),
				s.requested(map[string]int{"CloneVM_Task": 1}))
			step.ConfigStateChecks = append(stateIs(
				"network_interfaces.4000.network_id", s.network(), "network_interfaces.4000.start_connected", true,
				"network_interfaces_to_add.backup.type", "e1000e", "network_interfaces_to_add.storage.type", "vmxnet3",
				"network_interfaces_to_add.storage.connected", false, "network_interfaces_to_add.backup.connected", true,
				"network_interfaces_to_add.backup.key", regexp.MustCompile(`^\d+$`),
			), statecheck.ExpectKnownValue(web, tfjsonpath.New("network_interfaces"), knownvalue.MapSizeExact(1)))
			s.run(step)
		})
	}
}

// A clone can do without an interface of its source.
func TestAccVSphereClone_interfacesToRemove(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	added := fmt.Sprintf(`network_interfaces_to_add = { lan = { network_id = %q } }`, s.network())
	without := func(more ...string) string {
		return s.clone(append(more, `network_interfaces_to_remove = ["4000"]`)...)
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, without(), "web", s.hasCards()),
		s.applied(plancheck.ResourceActionUpdate, without(added), "web", s.hasCards("vmxnet3 "+s.network()+" own")),
		s.applied(plancheck.ResourceActionReplace, s.clone(added), "web",
			s.hasCards("vmxnet3 "+s.cardOf(s.golden.Name)+" own", "vmxnet3 "+s.network()+" own")),
		// In place, by its label, while it runs.
		s.applied(plancheck.ResourceActionUpdate, s.clone(`power_on = true`, added, `network_interfaces_to_remove = ["Network adapter 1"]`), "web",
			s.hasCards("vmxnet3 "+s.network()+" own")),
	)
}

// cardOf returns the network of a VM's only network interface.
func (s *suite) cardOf(name string) string {
	s.t.Helper()

	return strings.Fields(s.cards(name)[0])[1]
}

// Interfaces are added, changed and removed in place, while the machine runs.
func TestAccVSphereClone_interfacesInPlace(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	source := "vmxnet3 " + s.cardOf(s.golden.Name) + " own"
	with := func(added string) string {
		return s.clone(`power_on = true`, "network_interfaces_to_add = {"+added+"}")
	}
	lan := fmt.Sprintf(`lan = { network_id = %q }`, s.network())
	moved := fmt.Sprintf(`lan = { network_id = %q, connected = false }`, s.group())
	other := fmt.Sprintf(`lan = { network_id = %q, type = "e1000" }`, s.group())
	second := fmt.Sprintf(`wan = { network_id = %q, mac_address = "00:50:56:00:00:08" }`, s.network())
	update := func(config string, want ...string) resource.TestStep {
		return and(s.applied(plancheck.ResourceActionUpdate, config, "web", s.hasCards(want...)), s.requested(map[string]int{"ReconfigVM_Task": 1}))
	}
	first := update(with(lan), source, "vmxnet3 "+s.network()+" own")
	first.ConfigStateChecks = append(stateIs("network_interfaces_to_add.lan.key", regexp.MustCompile(`^\d+$`)),
		statecheck.ExpectKnownValue(web, tfjsonpath.New("network_interfaces"), knownvalue.MapSizeExact(2)))
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, s.clone(`power_on = true`), "web", s.hasCards(source)), s.requested(nil)),
		first,
		update(with(moved+"\n"+second), source, "vmxnet3 "+s.group()+" own", "vmxnet3 "+s.network()+" 00:50:56:00:00:08"),
		update(with(other+"\n"+second), source, "vmxnet3 "+s.network()+" 00:50:56:00:00:08", "e1000 "+s.group()+" own"),
		update(s.clone(`power_on = true`), source),
	)
}

// What another client does to an interface shows where it is managed, and is repaired.
func TestAccVSphereClone_interfacesDrift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	source := "vmxnet3 " + s.cardOf(s.golden.Name) + " own"
	managed := s.clone(`power_on = true`, fmt.Sprintf(`network_interfaces = { "Network adapter 1" = { network_id = %q } }`, s.network()),
		fmt.Sprintf(`network_interfaces_to_add = { lan = { network_id = %q } }`, s.group()))
	whole := []string{"vmxnet3 " + s.network() + " own", "vmxnet3 " + s.group() + " own"}
	onNetwork := func(unit int32, network string) func() {
		return func() {
			s.withDevices("web", func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
				card := devices.Select(isCardWithUnit(unit))[0]
				ref := types.ManagedObjectReference{Type: "Network", Value: network}
				card.GetVirtualDevice().Backing = &types.VirtualEthernetCardNetworkBackingInfo{
					VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "VM Network"}, Network: &ref,
				}

				return vm.EditDevice(s.t.Context(), card)
			})
		}
	}
	repaired := func(before func()) resource.TestStep {
		return after(s.applied(plancheck.ResourceActionUpdate, managed, "web", s.hasCards(whole...)), before)
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, managed, "web", s.hasCards(whole...)),
		repaired(onNetwork(8, s.network())),
		repaired(func() { s.remove("web", isCardWithUnit(8)) }),
		after(resource.TestStep{Config: managed, ExpectError: acctest.Says(`has no network interface "Network adapter 1"`)},
			func() { s.remove("web", isCardWithUnit(7)) }),
		s.applied(plancheck.ResourceActionReplace, s.clone(`source_vm_id = "`+s.poweredOn.ID+`"`), "web", nil),
	)
	s.run( // what is not managed is for others
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", s.hasCards(source)),
		after(s.applied(plancheck.ResourceActionNoop, s.clone(), "web", s.hasCards("vmxnet3 "+s.network()+" own")), onNetwork(7, s.network())),
	)
}

// forgotten takes the machine out of the state, and leaves it as it is.
func (s *suite) forgotten() resource.TestStep {
	return resource.TestStep{Config: acctest.ProviderConfig(s.server) + "\nremoved {\n  from = " + web + "\n  lifecycle { destroy = false }\n}\n"}
}

// An imported machine has the devices that its configuration adds: they are found, not added once more.
func TestAccVSphereClone_interfacesImport(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(fmt.Sprintf(`network_interfaces = { "4000" = { network_id = %q } }`, s.network()), fmt.Sprintf(`network_interfaces_to_add = {
    a = { network_id = %q }
    b = { network_id = %q, type = "e1000" }
  }`, s.network(), s.group()))
	cards := s.hasCards("vmxnet3 "+s.network()+" own", "vmxnet3 "+s.network()+" own", "e1000 "+s.group()+" own")
	imported := resource.TestStep{
		ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		Check:             resource.ComposeAggregateTestCheckFunc(acctest.CheckVM(s.server, "web", cards), s.requested(map[string]int{"ReconfigVM_Task": 0})),
		ConfigStateChecks: stateIs("network_interfaces_to_add.a.key", regexp.MustCompile(`^\d+$`), "network_interfaces_to_add.b.type", "e1000"),
	}
	imported.PreConfig = func() { s.server.ResetRequests() }
	create := s.applied(plancheck.ResourceActionCreate, config, "web", cards)
	imported.Config = config + "\nimport {\n  to = " + web + "\n  id = \"/DC0/vm/web\"\n}\n"
	s.run(create, s.forgotten(), imported)
}

// What the configuration of an imported machine removes of the source was done when the machine was made: nothing is removed from it now.
func TestAccVSphereClone_interfacesImportRemoved(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	cards := s.hasCards("vmxnet3 " + s.cardOf(s.golden.Name) + " own")
	create := s.applied(plancheck.ResourceActionCreate, s.clone(), "web", cards)
	imported := resource.TestStep{
		Config:           s.clone(`network_interfaces_to_remove = ["4000"]`) + "\nimport {\n  to = " + web + "\n  id = \"/DC0/vm/web\"\n}\n",
		ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		Check:            resource.ComposeAggregateTestCheckFunc(acctest.CheckVM(s.server, "web", cards), s.requested(map[string]int{"ReconfigVM_Task": 0})),
	}
	imported.PreConfig = func() { s.server.ResetRequests() }
	s.run(create, s.forgotten(), imported)
}

// Mistakes are errors of the plan, on the argument, and say what is there.
func TestAccVSphereClone_interfacesRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	refused := func(words string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), ExpectError: acctest.Says(words)}
	}
	var many strings.Builder
	for i := range 10 {
		fmt.Fprintf(&many, "nic%d = { network_id = %q }\n", i, s.network())
	}
	running := func(arguments ...string) string { return s.clone(append(arguments, `power_on = true`)...) }
	mac := func(address string) string {
		return fmt.Sprintf(`network_interfaces_to_add = { lan = { network_id = %q, mac_address = %q } }`, s.network(), address)
	}
	s.run(
		refused(`has no network interface "4007"`, `network_interfaces = { "4007" = { connected = false } }`),
		refused(`"4000"  Network adapter 1`, `network_interfaces_to_remove = ["Network adapter 9"]`),
		refused(`is in both network_interfaces and network_interfaces_to_remove`,
			`network_interfaces = { "4000" = { connected = false } }`, `network_interfaces_to_remove = ["4000"]`),
		refused(`is in both network_interfaces and network_interfaces_to_remove`,
			`network_interfaces = { "4000" = { connected = false } }`, `network_interfaces_to_remove = ["Network adapter 1"]`),
		refused(`There is no network "network-999999"`, `network_interfaces_to_add = { lan = { network_id = "network-999999" } }`),
		refused(`has 1, so that 9 can be added to it, not 10`, "network_interfaces_to_add = {\n"+many.String()+"}"),
		refused(`"sriov" is not allowed`, fmt.Sprintf(`network_interfaces_to_add = { lan = { network_id = %q, type = "sriov" } }`, s.network())),
		s.applied(plancheck.ResourceActionCreate, running(mac("00:50:56:00:00:01")), "web", nil),
		resource.TestStep{Config: running(mac("00:50:56:00:00:02")), ExpectError: acctest.Says(`VM "web" must be off for this`)},
		s.applied(plancheck.ResourceActionUpdate, s.clone(mac("00:50:56:00:00:02"), `power_on = false`), "web",
			s.hasCards("vmxnet3 "+s.cardOf(s.golden.Name)+" own", "vmxnet3 "+s.network()+" 00:50:56:00:00:02")),
	)
}

// What the user may not do is named, and nothing is made.
func TestAccVSphereClone_interfacesPrivileges(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.server.AddUser("ci", "secret", "VirtualMachine.Provisioning.Clone", "VirtualMachine.Inventory.CreateFromExisting",
		"Resource.AssignVMToPool", "Datastore.AllocateSpace", "VirtualMachine.Config.AdvancedConfig")
	as := strings.NewReplacer(s.server.Username(), "ci", s.server.Password(), "secret")
	config := as.Replace(s.clone(fmt.Sprintf(`network_interfaces_to_add = { lan = { network_id = %q } }`, s.network())))
	refused := func(words string) resource.TestStep {
		return resource.TestStep{Config: config, ExpectError: acctest.Says(words)}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		Steps:                    []resource.TestStep{refused("Network.Assign on " + s.network())},
	})
}
