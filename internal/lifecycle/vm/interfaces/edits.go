package interfaces

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Asked returns the edits of a source's interfaces that a copy is asked for with, by the names that the configuration gives them.
func Asked(wanted types.Map) map[string]vsphere.NetworkInterfaceEdit {
	edits := map[string]vsphere.NetworkInterfaceEdit{}
	for key, one := range In(wanted) {
		if edit := one.edit(Interface{}); edit != (vsphere.NetworkInterfaceEdit{}) {
			edits[key] = edit
		}
	}

	return orNil(edits)
}

// Edits returns what brings the interfaces of a VM from before to what is wanted, by the names that the configuration gives them.
// Connections of a VM that does not run are left out.
func Edits(before, wanted types.Map, runs bool) map[string]vsphere.NetworkInterfaceEdit {
	edits, present := map[string]vsphere.NetworkInterfaceEdit{}, In(before)
	for key, one := range In(wanted) {
		edit := one.edit(Named(key, present))
		if !runs {
			edit.Connected = nil
		}
		if edit != (vsphere.NetworkInterfaceEdit{}) {
			edits[key] = edit
		}
	}

	return orNil(edits)
}

// Readdressed returns the names of the interfaces whose fixed address an update changes, sorted.
func Readdressed(before, wanted types.Map) []string {
	var names []string
	for name, edit := range Edits(before, wanted, true) {
		if edit.MACAddress != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)

	return names
}

// NewlyRemoved returns the names that network_interfaces_to_remove has, and had not before, sorted.
func NewlyRemoved(before, after types.Set) []string {
	known := lifecycle.TextsIn(before)

	return slices.DeleteFunc(lifecycle.TextsIn(after), func(name string) bool { return slices.Contains(known, name) })
}

// Connections returns the connections that the configuration wants of a VM that has just been powered on.
func Connections(config types.Map) map[string]vsphere.NetworkInterfaceEdit {
	edits := map[string]vsphere.NetworkInterfaceEdit{}
	for key, wanted := range In(config) {
		if known(wanted.Connected) != nil && !wanted.Connected.Equal(wanted.StartConnected) {
			edits[key] = vsphere.NetworkInterfaceEdit{Connected: wanted.Connected.ValueBoolPointer()}
		}
	}

	return edits
}

// orNil returns nil in place of a map without elements.
func orNil[M ~map[K]V, K comparable, V any](edits M) M {
	if len(edits) == 0 {
		return nil
	}

	return edits
}

// edit returns the change that brings an interface from before to what is wanted; the zero value where there is nothing to change.
func (n Interface) edit(before Interface) vsphere.NetworkInterfaceEdit {
	var edit vsphere.NetworkInterfaceEdit
	if lifecycle.Changed(before.NetworkID, n.NetworkID) {
		edit.NetworkID = n.NetworkID.ValueString()
	}
	if lifecycle.Changed(before.MACAddress, n.MACAddress) {
		edit.MACAddress = n.MACAddress.ValueString()
	}
	if lifecycle.Changed(before.Connected, n.Connected) {
		edit.Connected = n.Connected.ValueBoolPointer()
	}
	if lifecycle.Changed(before.StartConnected, n.StartConnected) {
		edit.StartConnected = n.StartConnected.ValueBoolPointer()
	}

	return edit
}
