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

// ObjectType implements [lifecycle.Element].
func (Added) ObjectType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"network_id": types.StringType, "mac_address": types.StringType, "connected": types.BoolType, "start_connected": types.BoolType,
		"type": types.StringType, "unit_number": types.Int64Type, "key": types.StringType,
	}}
}

// From implements [lifecycle.Element].
func (Added) From(object types.Object) Added {
	return Added{
		NetworkID: lifecycle.StringIn(object, "network_id"), MACAddress: lifecycle.StringIn(object, "mac_address"),
		Connected: lifecycle.BoolIn(object, "connected"), StartConnected: lifecycle.BoolIn(object, "start_connected"),
		Type: lifecycle.StringIn(object, "type"), UnitNumber: lifecycle.Int64In(object, "unit_number"), Key: lifecycle.StringIn(object, "key"),
	}
}

// Values implements [lifecycle.Element].
func (a Added) Values() map[string]attr.Value {
	return map[string]attr.Value{
		"network_id": a.NetworkID, "mac_address": a.MACAddress, "connected": a.Connected, "start_connected": a.StartConnected,
		"type": a.Type, "unit_number": a.UnitNumber, "key": a.Key,
	}
}

// AddedIn returns the elements of network_interfaces_to_add; nil where it is null or unknown.
func AddedIn(argument types.Map) map[string]Added { return lifecycle.ElementsIn[Added](argument) }

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

	return lifecycle.ElementsValue(observed)
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
	return lifecycle.KeepElements[Added](planned, observed)
}

// AddedBare returns network_interfaces_to_add with every unknown value null.
func AddedBare(planned types.Map) types.Map { return lifecycle.BareElements[Added](planned) }

// AddedKnown reports whether nothing of the planned network_interfaces_to_add is unknown.
func AddedKnown(planned types.Map) bool { return lifecycle.ElementsKnown[Added](planned) }

// AddedForecast returns the planned network_interfaces_to_add with what a change affects unknown: an interface that becomes one of another
// type is another device. powers says that the machine's power changes, which connects and disconnects interfaces.
func AddedForecast(planned, config, prior types.Map, powers bool) types.Map {
	wanted, present := AddedIn(config), AddedIn(prior)

	return lifecycle.MapElements(planned, func(name string, one Added) Added {
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
