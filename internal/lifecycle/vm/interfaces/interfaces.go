package interfaces

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Interface is one element of network_interfaces. In the zero value everything is null.
type Interface struct {
	NetworkID      types.String
	MACAddress     types.String
	Connected      types.Bool
	StartConnected types.Bool
	Label          types.String
	Type           types.String
}

// ObjectType implements [lifecycle.Element].
func (Interface) ObjectType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"network_id": types.StringType, "mac_address": types.StringType, "connected": types.BoolType,
		"start_connected": types.BoolType, "label": types.StringType, "type": types.StringType,
	}}
}

// From implements [lifecycle.Element].
func (Interface) From(object types.Object) Interface {
	return Interface{
		NetworkID: lifecycle.StringIn(object, "network_id"), MACAddress: lifecycle.StringIn(object, "mac_address"),
		Connected: lifecycle.BoolIn(object, "connected"), StartConnected: lifecycle.BoolIn(object, "start_connected"),
		Label: lifecycle.StringIn(object, "label"), Type: lifecycle.StringIn(object, "type"),
	}
}

// Values implements [lifecycle.Element].
func (n Interface) Values() map[string]attr.Value {
	return map[string]attr.Value{
		"network_id": n.NetworkID, "mac_address": n.MACAddress, "connected": n.Connected,
		"start_connected": n.StartConnected, "label": n.Label, "type": n.Type,
	}
}

// Type returns the type of one element of network_interfaces.
func Type() types.ObjectType { return Interface{}.ObjectType() }

// In returns the elements of network_interfaces; nil where it is null or unknown.
func In(argument types.Map) map[string]Interface { return lifecycle.ElementsIn[Interface](argument) }

// Unset returns network_interfaces with everything unknown that the configuration does not set.
func Unset(planned, config types.Map) types.Map {
	if config.IsNull() {
		return types.MapUnknown(Type())
	}
	if planned.IsUnknown() || config.IsUnknown() {
		return planned
	}
	wanted, open := In(config), map[string]Interface{}
	for key, one := range In(planned) {
		open[key] = one.unset(wanted[key])
	}

	return lifecycle.ElementsValue(open)
}

// Kept returns the planned network_interfaces with what the plan leaves open as it was observed.
func Kept(planned, observed types.Map) types.Map {
	if planned.IsUnknown() {
		return observed
	}
	seen, kept := In(observed), map[string]Interface{}
	for key, wanted := range In(planned) {
		kept[key] = lifecycle.KeepElement(wanted, seen[key])
	}

	return lifecycle.ElementsValue(kept)
}

// Bare returns the planned network_interfaces with every unknown value null.
func Bare(planned types.Map) types.Map {
	if planned.IsNull() {
		return types.MapNull(Type())
	}

	return lifecycle.BareElements[Interface](planned)
}

// Known reports whether nothing of the planned network_interfaces is unknown.
func Known(planned types.Map) bool { return lifecycle.ElementsKnown[Interface](planned) }

// unset returns the interface with those values unknown that wanted, the configuration's, does not set.
func (n Interface) unset(wanted Interface) Interface {
	open := Interface{
		NetworkID: types.StringUnknown(), MACAddress: types.StringUnknown(), Connected: types.BoolUnknown(),
		StartConnected: types.BoolUnknown(), Label: types.StringUnknown(), Type: types.StringUnknown(),
	}

	return Interface{
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

// Overview returns all network interfaces of the VM by device key. Of one that a state has which is older than the attribute
// start_connected, that attribute stays null: what the state leaves open is no drift.
func Overview(before types.Map, found *vsphere.VirtualMachine) types.Map {
	observed, known := map[string]Interface{}, In(before)
	for key := range found.NetworkInterfaces {
		one := Interface{}.observed(key, found)
		if known[key].Older() {
			one.StartConnected = types.BoolNull()
		}
		observed[key] = one
	}

	return lifecycle.ElementsValue(observed)
}

// Older reports whether the interface was read before the attribute start_connected was there.
func (n Interface) Older() bool {
	return !n.Label.IsNull() && !n.Label.IsUnknown() && n.StartConnected.IsNull()
}

// Observed returns network_interfaces as the VM has them: those that are known already, under the keys that they have, and all by device
// key where none is. An interface that the VM does not have any more is left out.
func Observed(before types.Map, found *vsphere.VirtualMachine) types.Map {
	if before.IsNull() || before.IsUnknown() {
		return Overview(before, found)
	}
	observed := map[string]Interface{}
	labels := vm.InterfaceLabels(found)
	for key, known := range In(before) {
		if device := vm.DeviceKey(key, labels); device != "" {
			observed[key] = known.observed(device, found)
		}
	}

	return lifecycle.ElementsValue(observed)
}

// observed returns the interface as the VM has it. A VM that does not run has no connected interface, which tells nothing of what is
// wanted; a MAC address stays as the configuration spells it.
func (n Interface) observed(key string, found *vsphere.VirtualMachine) Interface {
	device := found.NetworkInterfaces[key]
	seen := Interface{
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

// Named finds an interface by its key, or by the label that it is known to have.
func Named(name string, interfaces map[string]Interface) Interface {
	if found, ok := interfaces[name]; ok {
		return found
	}
	for _, found := range interfaces {
		if found.Label.ValueString() == name {
			return found
		}
	}

	return Interface{}
}

// StaysConnected reports whether an interface of the source would be connected to the same network in a copy that has this edit. What
// is not known yet is no reason to warn.
func (n Interface) StaysConnected(present vsphere.NetworkInterface) bool {
	if !present.Connected || present.NetworkID == "" || n.NetworkID.IsUnknown() || n.Connected.IsUnknown() {
		return false
	}
	moved := !n.NetworkID.IsNull() && n.NetworkID.ValueString() != present.NetworkID

	return !moved && !n.Connected.Equal(types.BoolValue(false))
}
