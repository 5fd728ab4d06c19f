package vsphere

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// NetworkInterfaceEdit is a change to one virtual Ethernet card. Empty and nil parts stay as they are.
type NetworkInterfaceEdit struct {
	// NetworkID is a standard network, a distributed port group or an opaque network.
	NetworkID string
	// MACAddress is assigned by hand ("00:50:56:…"). Empty leaves the choice to vCenter, which replaces an address of its own
	// that would be there twice.
	MACAddress     string
	Connected      *bool // to the network, as soon as the VM runs
	StartConnected *bool // whenever the VM is powered on
}

// deviceChanges makes the device changes of edits, which must carry the device whole: its present state is read first.
func (c *Client) deviceChanges(
	ctx context.Context, what httpapi.Call, of editedVM, edits ReconfigureSpec,
) ([]types.BaseVirtualDeviceConfigSpec, error) {
	if edits.devicesStay() {
		return nil, nil
	}
	present := of.devices
	if present == nil {
		var err error
		if present, err = load(ctx, c.devices, of.id); err != nil {
			return nil, err
		}
	}
	changes, err := removedDevices(what, present, edits)
	if err != nil {
		return nil, err
	}
	edited, err := c.editedDevices(ctx, what, of, present, edits)
	if err != nil {
		return nil, err
	}
	resized, err := editedDisks(what, present, edits.Disks)
	if err != nil {
		return nil, err
	}
	added, err := c.addedDevices(ctx, what, present, of.key, edits)

	return slices.Concat(changes, edited, resized, added), err
}

// editedDevices returns the changes that edit network interfaces and ports.
func (c *Client) editedDevices(
	ctx context.Context, what httpapi.Call, of editedVM, present []types.BaseVirtualDevice, edits ReconfigureSpec,
) ([]types.BaseVirtualDeviceConfigSpec, error) {
	var changes []types.BaseVirtualDeviceConfigSpec
	edit := func(device types.BaseVirtualDevice) {
		changes = append(changes, &types.VirtualDeviceConfigSpec{
			Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: device,
		})
	}
	for _, key := range slices.Sorted(maps.Keys(edits.NetworkInterfaces)) {
		device, err := c.editedCard(ctx, what, present, key, edits.NetworkInterfaces[key])
		if err != nil {
			return nil, err
		}
		if of.copied {
			leavePort(device.GetVirtualDevice())
			leaveAddress(device, edits.NetworkInterfaces[key])
		}
		edit(device)
	}
	for _, key := range slices.Sorted(maps.Keys(edits.SerialPorts)) {
		port, found := deviceBy[*types.VirtualSerialPort](present, key)
		if !found {
			return nil, noDevice(what, key)
		}
		port.Backing = &types.VirtualSerialPortFileBackingInfo{VirtualDeviceFileBackingInfo: fileBacking(edits.SerialPorts[key])}
		edit(port)
	}
	for _, key := range slices.Sorted(maps.Keys(edits.ParallelPorts)) {
		port, found := deviceBy[*types.VirtualParallelPort](present, key)
		if !found {
			return nil, noDevice(what, key)
		}
		port.Backing = &types.VirtualParallelPortFileBackingInfo{VirtualDeviceFileBackingInfo: fileBacking(edits.ParallelPorts[key])}
		edit(port)
	}

	return changes, nil
}

func fileBacking(file string) types.VirtualDeviceFileBackingInfo {
	return types.VirtualDeviceFileBackingInfo{FileName: file}
}

// ethernetCard is any virtual Ethernet card.
type ethernetCard interface {
	types.BaseVirtualDevice
	types.BaseVirtualEthernetCard
}

// editedCard returns a copy of the card with the edit applied.
func (c *Client) editedCard(
	ctx context.Context, what httpapi.Call, present []types.BaseVirtualDevice, key string, edit NetworkInterfaceEdit,
) (types.BaseVirtualDevice, error) {
	device, found := deviceBy[ethernetCard](present, key)
	if !found {
		return nil, noDevice(what, key)
	}
	card := device.GetVirtualEthernetCard()
	if edit.NetworkID != "" {
		backing, err := load(ctx, c.backings, edit.NetworkID)
		if err != nil {
			return nil, err
		}
		card.Backing = backing
	}
	if edit.MACAddress != "" {
		card.AddressType = string(types.VirtualEthernetCardMacTypeManual)
		card.MacAddress = edit.MACAddress
	}
	if edit.Connected != nil || edit.StartConnected != nil {
		connectable := types.VirtualDeviceConnectInfo{AllowGuestControl: true, StartConnected: true, Connected: true}
		if card.Connectable != nil {
			connectable = *card.Connectable
		}
		connectable.Status = ""
		if edit.Connected != nil {
			connectable.Connected = *edit.Connected
		}
		if edit.StartConnected != nil {
			connectable.StartConnected = *edit.StartConnected
		}
		card.Connectable = &connectable
	}

	return device, nil
}

// leavePort takes the port of a distributed switch out of the device's connection: it is the source's. vCenter binds another one to the
// copy.
func leavePort(device *types.VirtualDevice) {
	backing, ok := device.Backing.(*types.VirtualEthernetCardDistributedVirtualPortBackingInfo)
	if !ok {
		return
	}
	free := *backing
	free.Port = types.DistributedVirtualSwitchPortConnection{PortgroupKey: backing.Port.PortgroupKey, SwitchUuid: backing.Port.SwitchUuid}
	device.Backing = &free
}

// leaveAddress takes the source's address out of the edit of a copy, unless the edit fixes one: vCenter takes an address that it is given for
// the one that is wanted, and the source has it.
func leaveAddress(device types.BaseVirtualDevice, edit NetworkInterfaceEdit) {
	if cards, ok := device.(types.BaseVirtualEthernetCard); ok && edit.MACAddress == "" {
		card := cards.GetVirtualEthernetCard()
		card.AddressType, card.MacAddress = string(types.VirtualEthernetCardMacTypeAssigned), ""
	}
}

// deviceBy finds a device by its key among those of a type and returns a copy: what is read together is shared.
func deviceBy[T any](devices []types.BaseVirtualDevice, key string) (T, bool) {
	for _, device := range devices {
		if _, ok := device.(T); !ok || strconv.Itoa(int(device.GetVirtualDevice().Key)) != key {
			continue
		}
		whole := reflect.New(reflect.TypeOf(device).Elem())
		whole.Elem().Set(reflect.ValueOf(device).Elem())

		return reflect.TypeAssert[T](whole)
	}
	var none T

	return none, false
}

// codeNoDevice is a device key that the VM does not have, in a place where it needs one.
const codeNoDevice = "InvalidDeviceSpec"

// noDevice is the error for a device key that the VM does not have, or that is a device of another kind.
func noDevice(c httpapi.Call, key string) error {
	failure := c.Error(apierr.InvalidArgument, codeNoDevice)
	failure.Arguments = []string{key}

	return failure
}
