package vsphereclone_test

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// withDevices works on the devices of a VM as another client does.
func (s *suite) withDevices(name string, work func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	vm := object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: s.vm(name).ID})
	devices, err := vm.Device(s.t.Context())
	s.must(err)
	s.must(work(vm, devices))
	s.must(client.Logout(s.t.Context()))
}

// devices returns the devices of a VM.
func (s *suite) devices(name string) object.VirtualDeviceList {
	s.t.Helper()
	var found object.VirtualDeviceList
	s.withDevices(name, func(_ *object.VirtualMachine, devices object.VirtualDeviceList) error {
		found = devices

		return nil
	})

	return found
}

// remove takes the device that fits out of a VM, and leaves its file.
func (s *suite) remove(name string, fits func(device types.BaseVirtualDevice) bool) {
	s.t.Helper()
	s.withDevices(name, func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
		found := devices.Select(fits)
		if len(found) != 1 {
			return fmt.Errorf("%d such devices", len(found))
		}

		return vm.RemoveDevice(s.t.Context(), true, found[0])
	})
}

// cards returns the network interfaces of a VM, each as "key type network mac", in the order of their units. A MAC address that vCenter chose
// is "own".
func (s *suite) cards(name string) []string {
	s.t.Helper()
	var cards []string
	devices := s.devices(name)
	for unit := range int32(20) {
		for _, device := range devices {
			card, ok := device.(types.BaseVirtualEthernetCard)
			if !ok || device.GetVirtualDevice().UnitNumber == nil || *device.GetVirtualDevice().UnitNumber != unit {
				continue
			}
			base := card.GetVirtualEthernetCard()
			network, address := "", "own"
			switch backing := base.Backing.(type) {
			case *types.VirtualEthernetCardNetworkBackingInfo:
				network = backing.Network.Value
			case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
				network = backing.Port.PortgroupKey
			}
			if base.AddressType == string(types.VirtualEthernetCardMacTypeManual) {
				address = base.MacAddress
			}
			cards = append(cards, fmt.Sprintf("%s %s %s", strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", device), "*types.Virtual")), network, address))
		}
	}

	return cards
}

// requested checks how often methods were called since the last time that this was asked.
func (s *suite) requested(counts map[string]int) resource.TestCheckFunc {
	return func(*terraform.State) error {
		made := s.server.Requests().ByMethod
		s.server.ResetRequests()
		for method, count := range counts {
			if err := acctest.Same(method, made[method], count); err != nil {
				return err
			}
		}

		return nil
	}
}

// and adds checks to those of a step.
func and(step resource.TestStep, checks ...resource.TestCheckFunc) resource.TestStep {
	step.Check = resource.ComposeAggregateTestCheckFunc(append(checks, step.Check)...)

	return step
}

// after does something before a step.
func after(step resource.TestStep, before func()) resource.TestStep {
	step.PreConfig = before

	return step
}
