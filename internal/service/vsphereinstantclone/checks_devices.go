package vsphereinstantclone

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// ownDevices checks that the VM has the devices that the plan wants to change. One that was removed can't be brought back: an instant
// clone gets its devices from its source, when it is made. The VM is read only where the state does not have them all, or one is edited.
func (c *checks) ownDevices(ctx context.Context) diag.Diagnostics {
	change := lifecycle.Change[model]{Config: c.config, Plan: c.plan, State: *c.prior}
	doubtful := interfaces.Doubtful(c.config.NetworkInterfaces, c.plan.NetworkInterfaces, c.prior.NetworkInterfaces, vm.PowersOn(change))
	serial, parallel := lost(c.prior.SerialPorts.Elements(), c.config.SerialPorts.Elements()),
		lost(c.prior.ParallelPorts.Elements(), c.config.ParallelPorts.Elements())
	if refused := c.addressesOfRunning(change); refused.HasError() || len(doubtful)+len(serial)+len(parallel) == 0 {
		return refused
	}
	found, err := c.Client.VirtualMachine(ctx, c.prior.ObjectID())
	if err != nil {
		return c.Skipped("that the VM has the devices that change", err)
	}
	var diags diag.Diagnostics
	check := func(argument, what string, named []string, labels map[string]string) {
		for _, name := range named {
			if vm.DeviceKey(name, labels) == "" {
				diags.Append(tfdiag.RemovedDevice(path.Root(argument).AtMapKey(name), c.prior.InWords(), what, name, labels))
			}
		}
	}
	check("network_interfaces", "network interface", doubtful, vm.InterfaceLabels(found))
	check("serial_ports", "serial port", serial, vm.PortLabels(found.SerialPorts))
	check("parallel_ports", "parallel port", parallel, vm.PortLabels(found.ParallelPorts))

	return diags
}

// addressesOfRunning returns an error for each interface whose address would change while the VM runs.
func (c *checks) addressesOfRunning(change lifecycle.Change[model]) diag.Diagnostics {
	if !vm.Runs(change) {
		return nil
	}
	var diags diag.Diagnostics
	for _, name := range interfaces.Readdressed(c.prior.NetworkInterfaces, c.plan.NetworkInterfaces) {
		diags.Append(tfdiag.NeedsPowerOff(path.Root("network_interfaces").AtMapKey(name).AtName("mac_address"), c.prior.InWords(),
			fmt.Sprintf("the MAC address of the network interface %q", name)))
	}

	return diags
}

// lost lists the ports that the configuration names and of which the state says that they are gone.
func lost(before, wanted map[string]attr.Value) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if file, known := before[name]; known && file.IsNull() {
			names = append(names, name)
		}
	}

	return names
}
