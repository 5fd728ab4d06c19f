package interfaces

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Networks returns the networks that network_interfaces names and that are not in state already; before is what is in state, null for a
// new VM.
func Networks(config, before types.Map) []tfdiag.Reference {
	var references []tfdiag.Reference
	wanted, present := In(config), In(before)
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		network := wanted[key].NetworkID
		if !network.IsNull() && !network.IsUnknown() && !network.Equal(Named(key, present).NetworkID) {
			references = append(references, tfdiag.Reference{
				Attribute: path.Root("network_interfaces").AtMapKey(key).AtName("network_id"), What: "network", ID: network.ValueString(),
			})
		}
	}

	return references
}

// Doubtful lists the interfaces of the configuration that the state does not have, or that an update edits: a plan has to see whether the VM
// has them. connects says that the update powers the VM on.
func Doubtful(config, plan, before types.Map, connects bool) []string {
	present, edited := In(before), map[string]vsphere.NetworkInterfaceEdit{}
	maps.Copy(edited, Edits(before, plan, true))
	if connects {
		maps.Copy(edited, Connections(config))
	}
	var doubtful []string
	for _, name := range slices.Sorted(maps.Keys(In(config))) {
		if _, edits := edited[name]; edits || Named(name, present) == (Interface{}) {
			doubtful = append(doubtful, name)
		}
	}

	return doubtful
}

// AddedNetworks is [Networks] for network_interfaces_to_add.
func AddedNetworks(config, before types.Map) []tfdiag.Reference {
	var references []tfdiag.Reference
	wanted, present := AddedIn(config), AddedIn(before)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		network := wanted[name].NetworkID
		if !network.IsNull() && !network.IsUnknown() && !network.Equal(present[name].NetworkID) {
			references = append(references, tfdiag.Reference{
				Attribute: path.Root("network_interfaces_to_add").AtMapKey(name).AtName("network_id"), What: "network", ID: network.ValueString(),
			})
		}
	}

	return references
}
