package vsphereinstantclone_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// edited changes the devices of a VM behind Terraform's back.
func (s *suite) edited(name string, edit func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := s.object(client, s.vm(name).ID)
	devices, err := vm.Device(s.t.Context())
	s.must(err)
	s.must(edit(vm, devices))
	s.must(client.Logout(s.t.Context()))
}

// removed takes a device out of a VM.
func (s *suite) removed(name string, is func(device types.BaseVirtualDevice) bool) {
	s.t.Helper()
	s.edited(name, func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
		found := devices.Select(is)
		if len(found) != 1 {
			return fmt.Errorf("%d such devices", len(found))
		}

		return vm.RemoveDevice(s.t.Context(), false, found[0])
	})
}

func isCard(device types.BaseVirtualDevice) bool {
	_, card := device.(types.BaseVirtualEthernetCard)

	return card
}

func isSerialPort(device types.BaseVirtualDevice) bool {
	_, port := device.(*types.VirtualSerialPort)

	return port
}

// addedCard gives a VM one more network interface, and returns its key.
func (s *suite) addedCard(name string) string {
	s.t.Helper()
	key := ""
	s.edited(name, func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
		network := types.ManagedObjectReference{Type: "Network", Value: s.network}
		card, err := devices.CreateEthernetCard("e1000", &types.VirtualEthernetCardNetworkBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: "VM Network"}, Network: &network,
		})
		if err != nil {
			return err
		}
		if err := vm.AddDevice(s.t.Context(), card); err != nil {
			return err
		}
		after, err := vm.Device(s.t.Context())
		for _, device := range after.Select(isCard) {
			if number := device.GetVirtualDevice().Key; devices.FindByKey(number) == nil {
				key = strconv.Itoa(int(number))
			}
		}

		return err
	})

	return key
}

// A network interface that was removed can't be repaired: the plan says so, names what there is, and what to do.
func TestAccVSphereInstantClone_removedInterface(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	refused := func(config, words string, before func()) resource.TestStep {
		return resource.TestStep{PreConfig: before, Config: config, ExpectError: acctest.Says(words)}
	}
	removed := refused(s.fork(), `VM "runner" has no network interface "4000"`, func() { s.removed("runner", isCard) })
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil),
		removed,
		refused(s.fork(), "terraform taint", nil),
		refused(s.fork(`name = "runner-2"`), `has no network interface "4000"`, nil), // nothing of the plan is applied
		refused(s.fork(`network_interfaces = { "4000" = { connected = false }, "4009" = { connected = false } }`), `network interface "4009"`, nil),
		// Without the interface in the configuration there is nothing to repair.
		s.applied(plancheck.ResourceActionNoop, s.fork(`network_interfaces = {}`), "runner", nil),
	)
}

// Another network interface is no replacement of the one that was removed, and the plan tells its key.
func TestAccVSphereInstantClone_removedAndAdded(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	key := ""
	create := s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", func(vcenter.VM) error {
		key = s.addedCard("runner")
		s.removed("runner", func(device types.BaseVirtualDevice) bool { return device.GetVirtualDevice().Key == 4000 })

		return nil
	})
	create.ConfigPlanChecks, create.ExpectNonEmptyPlan = resource.ConfigPlanChecks{}, false
	create.ExpectError = acctest.Says(`VM "runner" has no network interface "4000"`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(t),
		CheckDestroy:             acctest.CheckNoVM(s.server, "runner"),
		Steps: []resource.TestStep{
			create,
			{
				PreConfig: func() {
					if key == "" || key == "4000" {
						t.Errorf("the new interface has the key %q", key)
					}
				},
				Config:      s.fork(),
				ExpectError: acctest.Says(`"4001"`),
			},
			{Config: s.fork(fmt.Sprintf(`network_interfaces = { "4001" = { network_id = %q, start_connected = false } }`, s.network))},
		},
	})
}

// A port that was removed can't be repaired either. Taking it out of the configuration does not replace the machine.
func TestAccVSphereInstantClone_removedPort(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.change(s.golden.Name, vcenter.Change{AttachDevice: new("file-serial-port")})
	s.change(s.golden.Name, vcenter.Change{AttachDevice: new("file-parallel-port")})
	serial, parallel := s.ports()
	ports := fmt.Sprintf("serial_ports = { %q = \"[LocalDS_0] [x] y/serial.log\" }\n  parallel_ports = { %q = \"[LocalDS_0] parallel.log\" }", serial, parallel)
	id := statecheck.CompareValue(acctest.Unchanged{})
	same := func(step resource.TestStep) resource.TestStep {
		step.ConfigStateChecks = []statecheck.StateCheck{id.AddStateValue(runner, tfjsonpath.New("id"))}

		return step
	}
	s.run(
		same(s.applied(plancheck.ResourceActionCreate, s.fork(ports), "runner", nil)),
		resource.TestStep{
			PreConfig: func() { s.removed("runner", isSerialPort) }, Config: s.fork(ports),
			ExpectError: acctest.Says(fmt.Sprintf("VM \"runner\" has no serial port %q", serial)),
		},
		same(s.applied(plancheck.ResourceActionUpdate, s.fork(fmt.Sprintf(`parallel_ports = { %q = "[LocalDS_0] parallel.log" }`, parallel)), "runner",
			func(vcenter.VM) error {
				return acctest.Same("files", fmt.Sprint(s.portFiles("runner")), "[[LocalDS_0] parallel.log]")
			})),
	)
}

// Without the argument every network interface is seen, also one that was added later.
func TestAccVSphereInstantClone_secondInterface(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	unset := acctest.ProviderConfig(s.server) + acctest.Resource("vmfork_vsphere_instant_clone", "runner", nil, `name = "runner"`,
		fmt.Sprintf("source_vm_id = %q", s.golden.ID))
	added := s.applied(plancheck.ResourceActionNoop, unset, "runner", nil)
	added.PreConfig = func() { s.addedCard("runner") }
	added.ConfigStateChecks = stateIs("network_interfaces.4000.network_id", s.group, "network_interfaces.4001.network_id", s.network)
	gone := s.applied(plancheck.ResourceActionNoop, unset, "runner", nil)
	gone.PreConfig = func() {
		s.removed("runner", func(device types.BaseVirtualDevice) bool { return device.GetVirtualDevice().Key == 4000 })
	}
	gone.ConfigStateChecks = stateIs("network_interfaces.4001.network_id", s.network)
	managed := s.applied(plancheck.ResourceActionUpdate, s.fork(`network_interfaces = { "4001" = { start_connected = false } }`), "runner", nil)
	unmanaged := s.applied(plancheck.ResourceActionNoop, s.fork(`network_interfaces = { "4001" = { start_connected = false } }`), "runner", nil)
	unmanaged.PreConfig = func() { s.addedCard("runner") }
	unmanaged.Check = func(state *terraform.State) error {
		attributes := state.RootModule().Resources[runner].Primary.Attributes

		return errors.Join(acctest.Same("managed interfaces", attributes["network_interfaces.%"], "1"))
	}
	s.run(s.applied(plancheck.ResourceActionCreate, unset, "runner", nil), added, gone, managed, unmanaged)
}
