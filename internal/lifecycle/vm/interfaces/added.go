package interfaces

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Added is one element of network_interfaces_to_add. In the zero value everything is null.
type Added struct {
	NetworkID      types.String
	MACAddress     types.String
	Connected      types.Bool
	StartConnected types.Bool
	Type           types.String
	UnitNumber     types.Int64 // by it the device is found that a task has added
	Key            types.String
}

// AddedType returns the type of one element of network_interfaces_to_add.
func AddedType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"network_id": types.StringType, "mac_address": types.StringType, "connected": types.BoolType, "start_connected": types.BoolType,
		"type": types.StringType, "unit_number": types.Int64Type, "key": types.StringType,
	}}
}

// AddedIn takes network_interfaces_to_add apart; nil where it is null or unknown.
func AddedIn(argument types.Map) map[string]Added {
	if argument.IsNull() || argument.IsUnknown() {
		return nil
	}
	interfaces := map[string]Added{}
	for name, element := range argument.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		interfaces[name] = Added{
			NetworkID: lifecycle.StringIn(object, "network_id"), MACAddress: lifecycle.StringIn(object, "mac_address"),
			Connected: lifecycle.BoolIn(object, "connected"), StartConnected: lifecycle.BoolIn(object, "start_connected"),
			Type: lifecycle.StringIn(object, "type"), UnitNumber: lifecycle.Int64In(object, "unit_number"), Key: lifecycle.StringIn(object, "key"),
		}
	}

	return interfaces
}

// AddedValue puts network_interfaces_to_add together.
func AddedValue(interfaces map[string]Added) types.Map {
	elements := make(map[string]attr.Value, len(interfaces))
	for name, one := range interfaces {
		elements[name] = types.ObjectValueMust(AddedType().AttrTypes, map[string]attr.Value{
			"network_id": one.NetworkID, "mac_address": one.MACAddress, "connected": one.Connected, "start_connected": one.StartConnected,
			"type": one.Type, "unit_number": one.UnitNumber, "key": one.Key,
		})
	}

	return types.MapValueMust(AddedType(), elements)
}

// mapped returns network_interfaces_to_add with each element changed; null and unknown ones stay.
func mapped(argument types.Map, change func(name string, one Added) Added) types.Map {
	if argument.IsNull() || argument.IsUnknown() {
		return argument
	}
	changed := map[string]Added{}
	for name, one := range AddedIn(argument) {
		changed[name] = change(name, one)
	}

	return AddedValue(changed)
}

// HasKey reports whether the interface is known to be a device of the VM.
func (a Added) HasKey() bool { return !a.Key.IsNull() && !a.Key.IsUnknown() }

// hasUnit reports whether the unit number was chosen.
func (a Added) hasUnit() bool { return !a.UnitNumber.IsNull() && !a.UnitNumber.IsUnknown() }

// AddedObserved returns network_interfaces_to_add as the VM has them: by the device keys that are known, and by the unit number that was
// chosen where the key is not. An interface that the VM does not have is left out.
func AddedObserved(before types.Map, found *vsphere.VirtualMachine) types.Map {
	if before.IsNull() || before.IsUnknown() {
		return before
	}
	observed := map[string]Added{}
	for name, known := range AddedIn(before) {
		key := known.Key.ValueString()
		if !known.HasKey() && known.hasUnit() {
			key = found.InterfaceAt(int32(known.UnitNumber.ValueInt64()))
		}
		if _, there := found.NetworkInterfaces[key]; there {
			observed[name] = known.observed(key, found)
		}
	}

	return AddedValue(observed)
}

// observed returns the interface as the VM has it; see [Interface.observed].
func (a Added) observed(key string, found *vsphere.VirtualMachine) Added {
	seen := Interface{
		NetworkID: a.NetworkID, MACAddress: a.MACAddress, Connected: a.Connected, StartConnected: a.StartConnected,
	}.observed(key, found)
	unit := a.UnitNumber
	if number, ok := found.InterfaceUnit(key); ok {
		unit = types.Int64Value(int64(number))
	}

	return Added{
		NetworkID: seen.NetworkID, MACAddress: seen.MACAddress, Connected: seen.Connected, StartConnected: seen.StartConnected,
		Type: seen.Type, UnitNumber: lifecycle.NullIfUnknown(unit, types.Int64Null()), Key: tfattr.StringOrNull(key),
	}
}

// AddedKept returns the planned network_interfaces_to_add with what the plan leaves open as it was observed.
func AddedKept(planned, observed types.Map) types.Map {
	seen := AddedIn(observed)

	return mapped(planned, func(name string, one Added) Added { return one.keeping(seen[name]) })
}

// AddedBare returns network_interfaces_to_add with every unknown value null.
func AddedBare(planned types.Map) types.Map {
	if planned.IsUnknown() {
		return types.MapNull(AddedType())
	}

	return mapped(planned, func(_ string, one Added) Added { return one.keeping(Added{}) })
}

// keeping returns the planned interface with what the plan leaves open as it was observed.
func (a Added) keeping(observed Added) Added {
	return Added{
		NetworkID: lifecycle.Keep(a.NetworkID, observed.NetworkID), MACAddress: lifecycle.Keep(a.MACAddress, observed.MACAddress),
		Connected: lifecycle.Keep(a.Connected, observed.Connected), StartConnected: lifecycle.Keep(a.StartConnected, observed.StartConnected),
		Type: lifecycle.Keep(a.Type, observed.Type), UnitNumber: lifecycle.Keep(a.UnitNumber, observed.UnitNumber),
		Key: lifecycle.Keep(a.Key, observed.Key),
	}
}

// AddedKnown reports whether nothing of the planned network_interfaces_to_add is unknown.
func AddedKnown(planned types.Map) bool {
	for _, one := range AddedIn(planned) {
		for _, value := range []attr.Value{
			one.NetworkID, one.MACAddress, one.Connected, one.StartConnected, one.Type, one.UnitNumber, one.Key,
		} {
			if value.IsUnknown() {
				return false
			}
		}
	}

	return !planned.IsUnknown()
}

// AddedForecast returns the planned network_interfaces_to_add with what a change affects unknown: an interface that becomes one of another
// type is another device. powers says that the machine's power changes, which connects and disconnects interfaces.
func AddedForecast(planned, config, prior types.Map, powers bool) types.Map {
	wanted, present := AddedIn(config), AddedIn(prior)

	return mapped(planned, func(name string, one Added) Added {
		before, had := present[name]
		if !had && one.HasKey() {
			return one // of an imported VM
		}
		if anew := !had || lifecycle.Changed(before.Type, one.Type); anew {
			return Added{
				NetworkID:      one.NetworkID,
				MACAddress:     orElse(wanted[name].MACAddress, one.MACAddress, types.StringUnknown()),
				Connected:      orElse(wanted[name].Connected, one.Connected, types.BoolUnknown()),
				StartConnected: orElse(wanted[name].StartConnected, one.StartConnected, types.BoolUnknown()),
				Type:           orElse(wanted[name].Type, one.Type, types.StringUnknown()),
				UnitNumber:     types.Int64Unknown(), Key: types.StringUnknown(),
			}
		}
		if powers {
			one.Connected = orElse(wanted[name].Connected, one.Connected, types.BoolUnknown())
		}

		return one
	})
}
