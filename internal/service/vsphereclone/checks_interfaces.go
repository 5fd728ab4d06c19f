package vsphereclone

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

const (
	argumentInterfaces = "network_interfaces"
	argumentToRemove   = "network_interfaces_to_remove"
	argumentToAdd      = "network_interfaces_to_add"
	anInterface        = "network interface"
)

// contradictingInterfaces returns an error for each interface that the configuration both has and removes.
func (n networkInterfaces) contradictingInterfaces() diag.Diagnostics {
	var diags diag.Diagnostics
	named := n.NetworkInterfaces.Elements()
	for _, name := range lifecycle.TextsIn(n.NetworkInterfacesToRemove) {
		if _, both := named[name]; both {
			diags.Append(bothWays(name, name))
		}
	}

	return diags
}

func bothWays(name, removed string) diag.Diagnostic {
	return tfdiag.Conflict(path.Root(argumentInterfaces).AtMapKey(name),
		fmt.Sprintf("The network interface %q is in both %s and %s", name, argumentInterfaces, argumentToRemove),
		fmt.Sprintf("A machine has an interface or does not have it. Take %q out of one of them", removed))
}

// sourceInterfaces checks the interfaces that are named of the source, and that there are places for those that are added.
func (c *checks) sourceInterfaces(source *vsphere.VirtualMachine) diag.Diagnostics {
	labels := vm.InterfaceLabels(source)
	diags := c.namedInterfaces(source.ID, labels, slices.Sorted(maps.Keys(interfaces.In(c.config.NetworkInterfaces))),
		lifecycle.TextsIn(c.config.NetworkInterfacesToRemove), tfdiag.UnknownDevice)

	return append(diags, c.roomForInterfaces(source, len(interfaces.AddedIn(c.config.NetworkInterfacesToAdd)))...)
}

// namedInterfaces returns an error for each name that no interface has, and for each interface that is both edited and removed.
func (c *checks) namedInterfaces(
	of string, labels map[string]string, edited, removed []string,
	missing func(at path.Path, of, what, name string, known map[string]string) diag.Diagnostic,
) diag.Diagnostics {
	var diags diag.Diagnostics
	gone := map[string]string{}
	for _, name := range removed {
		key := vm.DeviceKey(name, labels)
		if key == "" {
			diags.Append(missing(path.Root(argumentToRemove).AtSetValue(types.StringValue(name)), of, anInterface, name, labels))
		}
		gone[key] = name
	}
	for _, name := range edited {
		key := vm.DeviceKey(name, labels)
		if key == "" {
			diags.Append(missing(path.Root(argumentInterfaces).AtMapKey(name), of, anInterface, name, labels))
		} else if other, both := gone[key]; both && other != name {
			diags.Append(bothWays(name, other))
		}
	}

	return diags
}

// roomForInterfaces checks that so many interfaces can be added.
func (c *checks) roomForInterfaces(to *vsphere.VirtualMachine, count int) diag.Diagnostics {
	free := len(to.FreeInterfaceUnits())
	if count <= free {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root(argumentToAdd), "Too many network interfaces",
		fmt.Sprintf("A machine has at most ten network interfaces. %s has %d, so that %d can be added to it, not %d", to.ID,
			len(to.NetworkInterfaces), free, count))}
}

// ownInterfaces checks that the machine has the interfaces that the plan changes or removes, and that it can be done while it runs. The
// machine is read only where the state does not have them all, or one changes.
func (c *checks) ownInterfaces(ctx context.Context) diag.Diagnostics {
	change := c.change()
	diags := c.addressesOfRunning(change)
	edited := interfaces.Doubtful(c.config.NetworkInterfaces, c.plan.NetworkInterfaces, c.prior.NetworkInterfaces, vm.PowersOn(change))
	var removed []string
	if !c.imported {
		removed = c.plan.newlyRemoved(c.prior.networkInterfaces)
	}
	adds := len(interfaces.ToAdd(c.plan.NetworkInterfacesToAdd))
	if len(edited)+len(removed)+adds == 0 {
		return diags
	}
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	if err != nil {
		return append(diags, c.Skipped("that the machine has the network interfaces that change", err)...)
	}
	diags.Append(c.namedInterfaces(c.prior.InWords(), vm.InterfaceLabels(found), edited, removed, tfdiag.RemovedDevice)...)
	dropped := interfaces.Dropped(c.prior.NetworkInterfacesToAdd, c.plan.NetworkInterfacesToAdd)

	return append(diags, c.roomForInterfaces(found, adds-len(dropped)-len(removed))...)
}

// addressesOfRunning returns an error for each interface that is to have another MAC address while the machine runs.
func (c *checks) addressesOfRunning(change lifecycle.Change[model]) diag.Diagnostics {
	if !vm.Runs(change) {
		return nil
	}
	var diags diag.Diagnostics
	refuse := func(argument, name string) {
		diags.Append(tfdiag.NeedsPowerOff(path.Root(argument).AtMapKey(name).AtName("mac_address"), c.prior.InWords(),
			fmt.Sprintf("the MAC address of the network interface %q", name)))
	}
	for _, name := range interfaces.Readdressed(c.prior.NetworkInterfaces, c.plan.NetworkInterfaces) {
		refuse(argumentInterfaces, name)
	}
	edits := interfaces.AddedEdits(c.prior.NetworkInterfacesToAdd, c.prior.NetworkInterfaces, c.plan.NetworkInterfacesToAdd, true)
	for name, one := range interfaces.AddedIn(c.plan.NetworkInterfacesToAdd) {
		if edits[one.Key.ValueString()].MACAddress != "" {
			refuse(argumentToAdd, name)
		}
	}

	return diags
}

// newNetworks returns the networks that the configuration names and that are not in state already.
func (c *checks) newNetworks() []tfdiag.Reference {
	var before networkInterfaces
	if c.prior != nil {
		before = c.prior.networkInterfaces
	}

	return slices.Concat(interfaces.Networks(c.config.NetworkInterfaces, before.NetworkInterfaces),
		interfaces.AddedNetworks(c.config.NetworkInterfacesToAdd, before.NetworkInterfacesToAdd))
}
