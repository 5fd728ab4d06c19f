package vsphereinstantclone

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// networkInterface is one element of network_interfaces. In the zero value everything is null.
type networkInterface struct {
	NetworkID      types.String
	MACAddress     types.String
	Connected      types.Bool
	StartConnected types.Bool
	Label          types.String
	Type           types.String
}

func networkInterfaceType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"network_id": types.StringType, "mac_address": types.StringType, "connected": types.BoolType,
		"start_connected": types.BoolType, "label": types.StringType, "type": types.StringType,
	}}
}

// networkInterfaces takes network_interfaces apart; nil where it is null or unknown.
func (m model) networkInterfaces() map[string]networkInterface {
	if m.NetworkInterfaces.IsNull() || m.NetworkInterfaces.IsUnknown() {
		return nil
	}
	interfaces := map[string]networkInterface{}
	for key, element := range m.NetworkInterfaces.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		interfaces[key] = networkInterface{
			NetworkID: lifecycle.StringIn(object, "network_id"), MACAddress: lifecycle.StringIn(object, "mac_address"),
			Connected: lifecycle.BoolIn(object, "connected"), StartConnected: lifecycle.BoolIn(object, "start_connected"),
			Label: lifecycle.StringIn(object, "label"), Type: lifecycle.StringIn(object, "type"),
		}
	}

	return interfaces
}

// networkInterfacesValue puts network_interfaces together.
func networkInterfacesValue(interfaces map[string]networkInterface) types.Map {
	elements := make(map[string]attr.Value, len(interfaces))
	for key, one := range interfaces {
		elements[key] = types.ObjectValueMust(networkInterfaceType().AttrTypes, map[string]attr.Value{
			"network_id": one.NetworkID, "mac_address": one.MACAddress, "connected": one.Connected,
			"start_connected": one.StartConnected, "label": one.Label, "type": one.Type,
		})
	}

	return types.MapValueMust(networkInterfaceType(), elements)
}

func (n networkInterface) values() []attr.Value {
	return []attr.Value{n.NetworkID, n.MACAddress, n.Connected, n.StartConnected, n.Label, n.Type}
}

// keeping returns the planned interface with what the plan leaves open as it was observed.
func (n networkInterface) keeping(observed networkInterface) networkInterface {
	return networkInterface{
		NetworkID: lifecycle.Keep(n.NetworkID, observed.NetworkID), MACAddress: lifecycle.Keep(n.MACAddress, observed.MACAddress),
		Connected:      lifecycle.Keep(n.Connected, observed.Connected),
		StartConnected: lifecycle.Keep(n.StartConnected, observed.StartConnected),
		Label:          lifecycle.Keep(n.Label, observed.Label), Type: lifecycle.Keep(n.Type, observed.Type),
	}
}

// unset returns the interface with those values unknown that wanted, the configuration's, does not set.
func (n networkInterface) unset(wanted networkInterface) networkInterface {
	open := networkInterface{
		NetworkID: types.StringUnknown(), MACAddress: types.StringUnknown(), Connected: types.BoolUnknown(),
		StartConnected: types.BoolUnknown(), Label: types.StringUnknown(), Type: types.StringUnknown(),
	}

	return networkInterface{
		NetworkID: orElse(wanted.NetworkID, n.NetworkID, open.NetworkID), MACAddress: orElse(wanted.MACAddress, n.MACAddress, open.MACAddress),
		Connected:      orElse(wanted.Connected, n.Connected, open.Connected),
		StartConnected: orElse(wanted.StartConnected, n.StartConnected, open.StartConnected),
		Label:          open.Label, Type: open.Type,
	}
}

// orElse returns set where wanted is not null, and otherwise.
func orElse[T attr.Value](wanted, set, otherwise T) T {
	if wanted.IsNull() {
		return otherwise
	}

	return set
}

// observedInterfaces returns the interfaces as the VM has them: those that are known already, under the keys that they have, and all by
// device key where none is. An interface that the VM does not have any more is left out.
func observedInterfaces(before map[string]networkInterface, found *vsphere.VirtualMachine) map[string]networkInterface {
	observed := map[string]networkInterface{}
	if before == nil {
		for key := range found.NetworkInterfaces {
			observed[key] = networkInterface{}.observed(key, found)
		}

		return observed
	}
	for key, known := range before {
		if device := vm.DeviceKey(key, vm.InterfaceLabels(found)); device != "" {
			observed[key] = known.observed(device, found)
		}
	}

	return observed
}

// observed returns the interface as the VM has it. A VM that does not run has no connected interface, which tells nothing of what is
// wanted; a MAC address stays as the configuration spells it.
func (n networkInterface) observed(key string, found *vsphere.VirtualMachine) networkInterface {
	device := found.NetworkInterfaces[key]
	seen := networkInterface{
		NetworkID: tfattr.StringOrNull(device.NetworkID), MACAddress: tfattr.StringOrNull(device.MACAddress),
		Connected: types.BoolValue(device.Connected), StartConnected: types.BoolValue(found.StartConnected[key]),
		Label: tfattr.StringOrNull(device.Label), Type: tfattr.StringOrNull(device.Type),
	}
	if found.PowerState != vsphere.PoweredOn && !n.Connected.IsNull() && !n.Connected.IsUnknown() {
		seen.Connected = n.Connected
	}
	if strings.EqualFold(n.MACAddress.ValueString(), device.MACAddress) {
		seen.MACAddress = n.MACAddress
	}

	return seen
}

// edit returns the change that brings an interface from before to what is wanted, and false where there is nothing to change.
func (n networkInterface) edit(before networkInterface) (vsphere.NetworkInterfaceEdit, bool) {
	var edit vsphere.NetworkInterfaceEdit
	changes := false
	if lifecycle.Changed(before.NetworkID, n.NetworkID) {
		edit.NetworkID, changes = n.NetworkID.ValueString(), true
	}
	if lifecycle.Changed(before.MACAddress, n.MACAddress) {
		edit.MACAddress, changes = n.MACAddress.ValueString(), true
	}
	if lifecycle.Changed(before.Connected, n.Connected) {
		edit.Connected, changes = n.Connected.ValueBoolPointer(), true
	}
	if lifecycle.Changed(before.StartConnected, n.StartConnected) {
		edit.StartConnected, changes = n.StartConnected.ValueBoolPointer(), true
	}

	return edit, changes
}
