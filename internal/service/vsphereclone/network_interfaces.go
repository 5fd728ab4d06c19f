package vsphereclone

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// networkInterfaces is the part of the model for the machine's network interfaces.
type networkInterfaces struct {
	NetworkInterfaces         types.Map `tfsdk:"network_interfaces"`
	NetworkInterfacesToAdd    types.Map `tfsdk:"network_interfaces_to_add"`
	NetworkInterfacesToRemove types.Set `tfsdk:"network_interfaces_to_remove"`

	overview bool // network_interfaces is to show all of them, whatever it has
}

func networkInterfacesAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"network_interfaces": interfaces.Attribute("The network interfaces, by the device key (`4000`) or the label (`Network adapter 1`) " +
			"that they have in the source. What is left out of an interface is the source's, or vCenter's choice: a clone has addresses of " +
			"its own. With the argument set, only the interfaces that it names are managed; unset, it shows all of them by device key, " +
			"also those that were added since. An interface that the machine does not have any more is an error of the plan. The type of " +
			"an interface can't be changed: remove it and add another."),
		"network_interfaces_to_add": interfaces.AddedAttribute(),
		"network_interfaces_to_remove": schema.SetAttribute{
			MarkdownDescription: "Network interfaces of the source that the machine does not have, by device key or label. One that is added to " +
				"the set is removed in place, also while the machine runs. One that is taken out of the set replaces the machine: it has to " +
				"get the source's interface again.",
			ElementType: types.StringType,
			Optional:    true,
			Validators:  []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(tfattr.NotEmpty())},
		},
	}
}

// newInterfaces adds to the configuration of a clone, by the names that the plan gives to the source's devices: see [byDeviceKey].
func (n networkInterfaces) newInterfaces(spec *vsphere.ReconfigureSpec) {
	spec.NetworkInterfaces = interfaces.Asked(n.NetworkInterfaces)
	spec.InterfacesToAdd = interfaces.ToAdd(n.NetworkInterfacesToAdd)
	spec.InterfacesToRemove = lifecycle.TextsIn(n.NetworkInterfacesToRemove)
}

// byDeviceKey returns the specification with the network interfaces of a VM by key.
func byDeviceKey(spec vsphere.ReconfigureSpec, of *vsphere.VirtualMachine) (vsphere.ReconfigureSpec, error) {
	labels := vm.InterfaceLabels(of)
	named := map[string]bool{}
	for _, name := range spec.InterfacesToRemove {
		named[name] = true
	}
	keyed, err := vm.Rekeyed(named, labels, of.ID)
	if err != nil {
		return spec, err
	}
	spec.InterfacesToRemove = slices.Sorted(maps.Keys(keyed))
	spec.NetworkInterfaces, err = vm.Rekeyed(spec.NetworkInterfaces, labels, of.ID)

	return spec, err
}

// reconfigureInterfaces adds to the reconfiguration what the plan n wants otherwise than the state, but for what is to be added. imported
// says that what the configuration removes of the source was removed when the machine was made.
func (n networkInterfaces) reconfigureInterfaces(state networkInterfaces, runs, imported bool, spec *vsphere.ReconfigureSpec) {
	spec.NetworkInterfaces = interfaces.AddedEdits(state.NetworkInterfacesToAdd, state.NetworkInterfaces, n.NetworkInterfacesToAdd, runs)
	maps.Copy(spec.NetworkInterfaces, interfaces.Edits(state.NetworkInterfaces, n.NetworkInterfaces, runs))
	spec.InterfacesToRemove = interfaces.Dropped(state.NetworkInterfacesToAdd, n.NetworkInterfacesToAdd)
	if !imported {
		spec.InterfacesToRemove = append(spec.InterfacesToRemove, n.newlyRemoved(state)...)
	}
}

// newlyRemoved returns the names in network_interfaces_to_remove that the state does not have there.
func (n networkInterfaces) newlyRemoved(state networkInterfaces) []string {
	return interfaces.NewlyRemoved(state.NetworkInterfacesToRemove, n.NetworkInterfacesToRemove)
}

// connections returns what is to be connected or disconnected of a machine that has just been powered on, by device key or name.
func (n networkInterfaces) connections(config networkInterfaces) map[string]vsphere.NetworkInterfaceEdit {
	edits := interfaces.Connections(config.NetworkInterfaces)
	maps.Copy(edits, interfaces.AddedConnections(config.NetworkInterfacesToAdd, n.NetworkInterfacesToAdd))

	return edits
}

// wantsConnections reports whether an interface may have to be connected otherwise than the power-on does it.
func (n networkInterfaces) wantsConnections() bool {
	all := interfaces.AddedIn(n.NetworkInterfacesToAdd)
	placed := make(map[string]interfaces.Added, len(all))
	for name, one := range all {
		one.Key = types.StringValue(name)
		placed[name] = one
	}

	return len(interfaces.Connections(n.NetworkInterfaces)) > 0 ||
		len(interfaces.AddedConnections(n.NetworkInterfacesToAdd, lifecycle.ElementsValue(placed))) > 0
}

// observedInterfaces returns the interfaces as the machine has them.
func (n networkInterfaces) observedInterfaces(found *vsphere.VirtualMachine) networkInterfaces {
	if n.overview {
		n.NetworkInterfaces, n.overview = interfaces.Overview(n.NetworkInterfaces, found), false
	} else {
		n.NetworkInterfaces = interfaces.Observed(n.NetworkInterfaces, found)
	}
	n.NetworkInterfacesToAdd = interfaces.AddedObserved(n.NetworkInterfacesToAdd, found)

	return n
}

// keepingInterfaces returns the interfaces with every value that the plan knows.
func (n networkInterfaces) keepingInterfaces(plan networkInterfaces) networkInterfaces {
	n.NetworkInterfaces = interfaces.Kept(plan.NetworkInterfaces, n.NetworkInterfaces)
	n.NetworkInterfacesToAdd = interfaces.AddedKept(plan.NetworkInterfacesToAdd, n.NetworkInterfacesToAdd)
	n.NetworkInterfacesToRemove = plan.NetworkInterfacesToRemove

	return n
}

// bareInterfaces returns the interfaces with every unknown value null.
func (n networkInterfaces) bareInterfaces() networkInterfaces {
	n.NetworkInterfaces = interfaces.Bare(n.NetworkInterfaces)
	n.NetworkInterfacesToAdd = interfaces.AddedBare(n.NetworkInterfacesToAdd)
	n.NetworkInterfacesToRemove = lifecycle.NullIfUnknown(n.NetworkInterfacesToRemove, types.SetNull(types.StringType))

	return n
}

// openInterfaces returns the interfaces with everything unknown that the configuration does not set.
func (n networkInterfaces) openInterfaces(config networkInterfaces) networkInterfaces {
	n.NetworkInterfaces = interfaces.Unset(n.NetworkInterfaces, config.NetworkInterfaces)

	return n
}

// forecastInterfaces plans the interfaces of a machine that exists. powers says that its power changes, which connects and disconnects them.
func (n networkInterfaces) forecastInterfaces(config, prior networkInterfaces, powers bool) networkInterfaces {
	n.NetworkInterfacesToAdd = interfaces.AddedForecast(n.NetworkInterfacesToAdd, config.NetworkInterfacesToAdd, prior.NetworkInterfacesToAdd, powers)
	devices := lifecycle.Differs(prior.NetworkInterfacesToAdd, n.NetworkInterfacesToAdd) || len(n.newlyRemoved(prior)) > 0
	if powers || devices && config.NetworkInterfaces.IsNull() {
		return n.openInterfaces(config)
	}

	return n
}

// replacingInterfaces returns the arguments whose change replaces the machine, as they were and as they are planned: an interface of the
// source that it does not have can't be given back.
func (n networkInterfaces) replacingInterfaces(prior networkInterfaces) map[string][2]attr.Value {
	const argument = "network_interfaces_to_remove"
	if n.NetworkInterfacesToRemove.IsUnknown() || len(prior.newlyRemoved(n)) > 0 {
		return map[string][2]attr.Value{argument: {prior.NetworkInterfacesToRemove, n.NetworkInterfacesToRemove}}
	}

	return nil
}

// showsAllInterfaces reports whether network_interfaces has no value, or is from before it could be set: then it had no start_connected.
func (n networkInterfaces) showsAllInterfaces() bool {
	for _, one := range interfaces.In(n.NetworkInterfaces) {
		if !one.Older() {
			return false
		}
	}

	return n.NetworkInterfaces.IsNull() || len(n.NetworkInterfaces.Elements()) > 0
}

// knownInterfaces reports whether the plan leaves nothing of the interfaces for the platform to tell.
func (n networkInterfaces) knownInterfaces() bool {
	return interfaces.Known(n.NetworkInterfaces) && interfaces.AddedKnown(n.NetworkInterfacesToAdd)
}
