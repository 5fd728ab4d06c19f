package vsphereinstantclone

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// card is one element of network_interfaces. The zero value is all null.
type card struct {
	NetworkID      types.String
	MACAddress     types.String
	Connected      types.Bool
	StartConnected types.Bool
	Label          types.String
	Type           types.String
}

func cardType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"network_id": types.StringType, "mac_address": types.StringType, "connected": types.BoolType,
		"start_connected": types.BoolType, "label": types.StringType, "type": types.StringType,
	}}
}

// cards takes network_interfaces apart; nil where it is null or unknown.
func (m model) cards() map[string]card {
	if m.NetworkInterfaces.IsNull() || m.NetworkInterfaces.IsUnknown() {
		return nil
	}
	cards := map[string]card{}
	for key, element := range m.NetworkInterfaces.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		cards[key] = card{
			NetworkID: lifecycle.StringIn(object, "network_id"), MACAddress: lifecycle.StringIn(object, "mac_address"),
			Connected: boolIn(object, "connected"), StartConnected: boolIn(object, "start_connected"),
			Label: lifecycle.StringIn(object, "label"), Type: lifecycle.StringIn(object, "type"),
		}
	}

	return cards
}

func boolIn(object types.Object, name string) types.Bool {
	if object.IsUnknown() {
		return types.BoolUnknown()
	}
	if value, ok := object.Attributes()[name].(types.Bool); ok {
		return value
	}

	return types.BoolNull()
}

// cardsValue puts network_interfaces together.
func cardsValue(cards map[string]card) types.Map {
	elements := make(map[string]attr.Value, len(cards))
	for key, one := range cards {
		elements[key] = types.ObjectValueMust(cardType().AttrTypes, map[string]attr.Value{
			"network_id": one.NetworkID, "mac_address": one.MACAddress, "connected": one.Connected,
			"start_connected": one.StartConnected, "label": one.Label, "type": one.Type,
		})
	}

	return types.MapValueMust(cardType(), elements)
}

func (c card) values() []attr.Value {
	return []attr.Value{c.NetworkID, c.MACAddress, c.Connected, c.StartConnected, c.Label, c.Type}
}

// keeping returns the planned card with what the plan leaves open as it was observed.
func (c card) keeping(observed card) card {
	return card{
		NetworkID: lifecycle.Keep(c.NetworkID, observed.NetworkID), MACAddress: lifecycle.Keep(c.MACAddress, observed.MACAddress),
		Connected:      lifecycle.Keep(c.Connected, observed.Connected),
		StartConnected: lifecycle.Keep(c.StartConnected, observed.StartConnected),
		Label:          lifecycle.Keep(c.Label, observed.Label), Type: lifecycle.Keep(c.Type, observed.Type),
	}
}

// unset returns the card with those values unknown that wanted, the configuration's, does not set.
func (c card) unset(wanted card) card {
	open := card{
		NetworkID: types.StringUnknown(), MACAddress: types.StringUnknown(), Connected: types.BoolUnknown(),
		StartConnected: types.BoolUnknown(), Label: types.StringUnknown(), Type: types.StringUnknown(),
	}

	return card{
		NetworkID: orElse(wanted.NetworkID, c.NetworkID, open.NetworkID), MACAddress: orElse(wanted.MACAddress, c.MACAddress, open.MACAddress),
		Connected:      orElse(wanted.Connected, c.Connected, open.Connected),
		StartConnected: orElse(wanted.StartConnected, c.StartConnected, open.StartConnected),
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

// observedCards returns the cards as the VM has them: those that are known already, under the keys that they have, and all
// by device key where none is. A card that the VM does not have any more is left out.
func observedCards(before map[string]card, vm *vsphere.VirtualMachine) map[string]card {
	observed := map[string]card{}
	if before == nil {
		for key := range vm.NetworkInterfaces {
			observed[key] = card{}.observed(key, vm)
		}

		return observed
	}
	for key, known := range before {
		if device := deviceKey(key, cardLabels(vm)); device != "" {
			observed[key] = known.observed(device, vm)
		}
	}

	return observed
}

// observed returns the card as the VM has it. A VM that does not run has no connected card, which tells nothing of what is
// wanted; a MAC address stays as the configuration spells it.
func (c card) observed(key string, vm *vsphere.VirtualMachine) card {
	device := vm.NetworkInterfaces[key]
	seen := card{
		NetworkID: tfattr.StringOrNull(device.NetworkID), MACAddress: tfattr.StringOrNull(device.MACAddress),
		Connected: types.BoolValue(device.Connected), StartConnected: types.BoolValue(vm.StartConnected[key]),
		Label: tfattr.StringOrNull(device.Label), Type: tfattr.StringOrNull(device.Type),
	}
	if vm.PowerState != vsphere.PoweredOn && !c.Connected.IsNull() && !c.Connected.IsUnknown() {
		seen.Connected = c.Connected
	}
	if strings.EqualFold(c.MACAddress.ValueString(), device.MACAddress) {
		seen.MACAddress = c.MACAddress
	}

	return seen
}

// edit returns the change that brings a card from before to what is wanted, and false where there is nothing to change.
func (c card) edit(before card) (vsphere.NetworkInterfaceEdit, bool) {
	var edit vsphere.NetworkInterfaceEdit
	changes := false
	if lifecycle.Changed(before.NetworkID, c.NetworkID) {
		edit.NetworkID, changes = c.NetworkID.ValueString(), true
	}
	if lifecycle.Changed(before.MACAddress, c.MACAddress) {
		edit.MACAddress, changes = c.MACAddress.ValueString(), true
	}
	if lifecycle.Changed(before.Connected, c.Connected) {
		edit.Connected, changes = c.Connected.ValueBoolPointer(), true
	}
	if lifecycle.Changed(before.StartConnected, c.StartConnected) {
		edit.StartConnected, changes = c.StartConnected.ValueBoolPointer(), true
	}

	return edit, changes
}

// deviceKey returns the key of the device that an argument names by its key or by its label; "" where there is none. labels
// are the devices' labels by key.
func deviceKey(name string, labels map[string]string) string {
	if _, ok := labels[name]; ok {
		return name
	}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if labels[key] == name {
			return key
		}
	}

	return ""
}

func cardLabels(vm *vsphere.VirtualMachine) map[string]string {
	labels := map[string]string{}
	for key, device := range vm.NetworkInterfaces {
		labels[key] = device.Label
	}

	return labels
}

func portLabels(ports map[string]vsphere.Port) map[string]string {
	labels := map[string]string{}
	for key, port := range ports {
		labels[key] = port.Label
	}

	return labels
}
