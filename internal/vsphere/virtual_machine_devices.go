package vsphere

import (
	"strconv"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

func (vm *VirtualMachine) addDevice(device types.BaseVirtualDevice, controllers map[int32]string, known neighbours) {
	base := device.GetVirtualDevice()
	key := strconv.Itoa(int(base.Key))
	label := labelOf(base)
	if disk, ok := device.(*types.VirtualDisk); ok {
		vm.Disks[key] = newDisk(disk, label, controllers)
	}
	if card, ok := device.(types.BaseVirtualEthernetCard); ok {
		vm.NetworkInterfaces[key] = newNetworkInterface(card, label, known)
		connectable := card.GetVirtualEthernetCard().Connectable
		vm.StartConnected[key] = connectable != nil && connectable.StartConnected
	}
	switch device.(type) {
	case *types.VirtualSerialPort:
		vm.SerialPorts[key] = Port{Label: label, File: backingFile(base)}
	case *types.VirtualParallelPort:
		vm.ParallelPorts[key] = Port{Label: label, File: backingFile(base)}
	}
	if !instantCloneable(device) {
		vm.UnsupportedDevices = append(vm.UnsupportedDevices, Device{Key: key, Label: label, Type: conn.VimType(device)})
	}
}

func newDisk(device *types.VirtualDisk, label string, controllers map[int32]string) Disk {
	disk := Disk{Label: label, CapacityBytes: capacityOf(device), Controller: controllers[device.ControllerKey]}
	if device.UnitNumber != nil {
		disk.UnitNumber = *device.UnitNumber
	}
	disk.diskBacking(device.Backing)

	return disk
}

func newNetworkInterface(device types.BaseVirtualEthernetCard, label string, known neighbours) NetworkInterface {
	card := device.GetVirtualEthernetCard()
	nic := NetworkInterface{Label: label, Type: cardType(device), MACAddress: card.MacAddress}
	if card.Connectable != nil {
		nic.Connected = card.Connectable.Connected
	}
	switch backing := card.Backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		if backing.Network != nil {
			nic.NetworkID = backing.Network.Value
		}
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		nic.NetworkID = backing.Port.PortgroupKey // the port group's key is its managed object id
	case *types.VirtualEthernetCardOpaqueNetworkBackingInfo:
		nic.NetworkID = known.opaqueNetworks[backing.OpaqueNetworkId]
	}

	return nic
}

func cardType(device types.BaseVirtualEthernetCard) string {
	switch device.(type) {
	case *types.VirtualVmxnet3Vrdma:
		return "vmxnet3vrdma"
	case *types.VirtualVmxnet3:
		return "vmxnet3"
	case *types.VirtualVmxnet2:
		return "vmxnet2"
	case *types.VirtualVmxnet:
		return "vmxnet"
	case *types.VirtualE1000e:
		return "e1000e"
	case *types.VirtualE1000:
		return "e1000"
	case *types.VirtualPCNet32:
		return "pcnet32"
	case *types.VirtualSriovEthernetCard:
		return "sriov"
	default:
		return ""
	}
}
