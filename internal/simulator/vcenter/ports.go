package vcenter

import (
	"strconv"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// firstPort is the key of the first port of distributed switches that is bound.
const firstPort = 100

type portBacking = types.VirtualEthernetCardDistributedVirtualPortBackingInfo

// bindPorts gives each network interface that the changes put on a distributed port group a port of its own, unless they name one.
// govmomi leaves ports out.
func (s *vmStore) bindPorts(changes []types.BaseVirtualDeviceConfigSpec) {
	for _, change := range changes {
		spec := change.GetVirtualDeviceConfigSpec()
		card, ok := spec.Device.(types.BaseVirtualEthernetCard)
		if !ok || spec.Operation == types.VirtualDeviceConfigSpecOperationRemove {
			continue
		}
		device := card.GetVirtualEthernetCard()
		backing, ok := device.Backing.(*portBacking)
		if !ok || backing.Port.PortKey != "" {
			continue
		}
		bound := *backing
		s.lastPort++
		bound.Port.PortKey, bound.Port.ConnectionCookie = strconv.Itoa(firstPort+int(s.lastPort)), s.lastPort
		device.Backing = &bound
	}
}

// unbindPort makes a copied network interface one that has no port yet.
func unbindPort(card *types.VirtualEthernetCard) {
	if backing, ok := card.Backing.(*portBacking); ok {
		backing.Port.PortKey, backing.Port.ConnectionCookie = "", 0
	}
}

// checkPort refuses the port that a network interface of a new VM names: a late-binding group takes none, and one of an early-binding
// group belongs to the VM that has it. vCenter ignores a client's connection cookie.
func (s *inventory) checkPort(property string, backing types.BaseVirtualDeviceBackingInfo) *problem {
	named, ok := backing.(*portBacking)
	if !ok || named.Port.PortKey == "" {
		return nil
	}
	ref := types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: named.Port.PortgroupKey}
	group, ok := s.registry.Get(ref).(*simulator.DistributedVirtualPortgroup)
	if ok && group.Config.Type == string(types.DistributedVirtualPortgroupPortgroupTypeLateBinding) {
		return badArgument(property+".port.portKey", "Port group %s binds late: a port cannot be named.", named.Port.PortgroupKey)
	}
	for _, entity := range s.registry.All("VirtualMachine") {
		vm, ok := entity.(*simulator.VirtualMachine)
		if ok && vm.Config != nil && hasPort(vm.Config.Hardware.Device, named.Port) {
			return explained(&types.ResourceInUse{Type: "DistributedVirtualPort", Name: named.Port.PortKey}, errorResourceInUse,
				"The resource '"+named.Port.PortKey+"' is in use.", "Port "+named.Port.PortKey+" is connected to "+literalName(vm.Name)+".")
		}
	}

	return nil
}

func hasPort(devices []types.BaseVirtualDevice, port types.DistributedVirtualSwitchPortConnection) bool {
	for _, device := range devices {
		backing, ok := device.GetVirtualDevice().Backing.(*portBacking)
		if ok && backing.Port.SwitchUuid == port.SwitchUuid && backing.Port.PortKey == port.PortKey {
			return true
		}
	}

	return false
}
