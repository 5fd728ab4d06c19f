package interfaces

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// InUnits returns the planned network_interfaces_to_add with a free unit number for each that has none, in the order of their names. It is
// false where there are fewer than needed.
func InUnits(planned types.Map, free []int32) (types.Map, bool) {
	added := AddedIn(planned)
	for _, name := range slices.Sorted(maps.Keys(added)) {
		one := added[name]
		if one.HasKey() || one.hasUnit() {
			continue
		}
		if len(free) == 0 {
			return planned, false
		}
		one.UnitNumber, free = types.Int64Value(int64(free[0])), free[1:]
		added[name] = one
	}
	if len(added) == 0 {
		return planned, true
	}

	return lifecycle.ElementsValue(added), true
}

// ToAdd returns the interfaces of network_interfaces_to_add that are no device of the VM yet, by name.
func ToAdd(placed types.Map) []vsphere.NewInterface {
	var adds []vsphere.NewInterface
	added := AddedIn(placed)
	for _, name := range slices.Sorted(maps.Keys(added)) {
		one := added[name]
		if one.HasKey() {
			continue
		}
		kind := one.Type.ValueString()
		if kind == "" {
			kind = vsphere.InterfaceTypes()[0]
		}
		adds = append(adds, vsphere.NewInterface{
			Type: kind, NetworkID: one.NetworkID.ValueString(), MACAddress: one.MACAddress.ValueString(),
			Connected: known(one.Connected), StartConnected: known(one.StartConnected), UnitNumber: int32(one.UnitNumber.ValueInt64()),
		})
	}

	return adds
}

func known(value types.Bool) *bool {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}

	return value.ValueBoolPointer()
}

// Dropped returns the keys of the devices that the plan takes out of network_interfaces_to_add.
func Dropped(before, planned types.Map) []string {
	stays := map[string]bool{}
	for _, one := range AddedIn(planned) {
		stays[one.Key.ValueString()] = one.HasKey()
	}
	var keys []string
	for _, one := range AddedIn(before) {
		if one.HasKey() && !stays[one.Key.ValueString()] {
			keys = append(keys, one.Key.ValueString())
		}
	}
	slices.Sort(keys)

	return keys
}

// AddedEdits returns what brings the interfaces of network_interfaces_to_add that the VM has to what is wanted, by device key. overview is
// network_interfaces, where an import shows those that the plan has adopted. Connections of a VM that does not run are left out.
func AddedEdits(before, overview, wanted types.Map, runs bool) map[string]vsphere.NetworkInterfaceEdit {
	edits, present, devices := map[string]vsphere.NetworkInterfaceEdit{}, AddedIn(before), In(overview)
	for name, one := range AddedIn(wanted) {
		if !one.HasKey() {
			continue
		}
		known := devices[one.Key.ValueString()]
		if managed, there := present[name]; there {
			known = managed.asInterface()
		}
		edit := one.asInterface().edit(known)
		if !runs {
			edit.Connected = nil
		}
		if edit != (vsphere.NetworkInterfaceEdit{}) {
			edits[one.Key.ValueString()] = edit
		}
	}

	return edits
}

func (a Added) asInterface() Interface {
	return Interface{
		NetworkID: a.NetworkID, MACAddress: a.MACAddress, Connected: a.Connected, StartConnected: a.StartConnected, Type: a.Type,
	}
}

// Adopted returns the planned network_interfaces_to_add of an imported VM: each that a device of the VM fits, which no other argument
// names, is that device. Of several that fit, the last ones are taken: those of the source come first. overview is network_interfaces as
// the import shows it, and managed as the configuration has it.
func Adopted(planned, overview, managed types.Map) types.Map {
	devices, named := In(overview), In(managed)
	free := slices.DeleteFunc(slices.Collect(maps.Keys(devices)), func(key string) bool {
		_, byKey := named[key]
		_, byLabel := named[devices[key].Label.ValueString()]

		return byKey || byLabel
	})

	return lifecycle.AdoptElements(planned, free,
		func(one Added, key string) bool { return one.fits(devices[key]) }, func(one Added, key string) Added { return one.adopt(key, devices[key]) })
}

// fits reports whether a device may be the one that is to be added.
func (a Added) fits(device Interface) bool {
	same := func(wanted, there types.String) bool {
		return wanted.IsNull() || wanted.IsUnknown() || strings.EqualFold(wanted.ValueString(), there.ValueString())
	}

	return !a.HasKey() && same(a.NetworkID, device.NetworkID) && same(a.MACAddress, device.MACAddress) && same(a.Type, device.Type)
}

// adopt returns the interface as the device.
func (a Added) adopt(key string, device Interface) Added {
	return Added{
		NetworkID: lifecycle.Keep(a.NetworkID, device.NetworkID), MACAddress: lifecycle.Keep(a.MACAddress, device.MACAddress),
		Connected: lifecycle.Keep(a.Connected, device.Connected), StartConnected: lifecycle.Keep(a.StartConnected, device.StartConnected),
		Type: lifecycle.Keep(a.Type, device.Type), UnitNumber: a.UnitNumber, Key: types.StringValue(key),
	}
}

// WithKeys returns the planned network_interfaces_to_add with the keys that the state has for those which are in the unit of the plan:
// the interfaces of a VM that the update has adopted.
func WithKeys(planned, present types.Map) types.Map {
	there := AddedIn(present)

	return lifecycle.MapElements(planned, func(name string, one Added) Added {
		if known := there[name]; !one.HasKey() && known.HasKey() && one.hasUnit() && one.UnitNumber.Equal(known.UnitNumber) {
			one.Key = known.Key
		}

		return one
	})
}

// AddedConnections returns the connections that the configuration wants of a VM that has just been powered on, by the keys of the plan, or
// of what was observed.
func AddedConnections(config, placed types.Map) map[string]vsphere.NetworkInterfaceEdit {
	edits, there := map[string]vsphere.NetworkInterfaceEdit{}, AddedIn(placed)
	for name, wanted := range AddedIn(config) {
		if there[name].HasKey() && known(wanted.Connected) != nil && !wanted.Connected.Equal(wanted.StartConnected) {
			edits[there[name].Key.ValueString()] = vsphere.NetworkInterfaceEdit{Connected: wanted.Connected.ValueBoolPointer()}
		}
	}

	return edits
}
