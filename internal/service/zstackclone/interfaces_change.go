package zstackclone

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// ShowsAll implements [lifecycle.Overview]: network_interfaces shows all of them while the configuration leaves it out.
func (a *adapter) ShowsAll(of model) bool { return of.NetworkInterfaces.IsNull() }

// Unset implements [lifecycle.Overview].
func (a *adapter) Unset(state model) model {
	state.NetworkInterfaces = types.MapNull(networkInterface{}.ObjectType())

	return state
}

// interfaceSteps attach the planned interfaces that a VM does not have, and change in place those that it has, which keep their device ids.
func (a *adapter) interfaceSteps(plan, state model) []lifecycle.Step[model] {
	uuid, present := state.ObjectID(), interfacesIn(state.NetworkInterfaces)
	wanted := interfacesIn(plan.NetworkInterfaces)
	var steps []lifecycle.Step[model]
	add := func(action string, do func(ctx context.Context) error) {
		one := step(action, do)
		one.Told = false // netmask and gateway are the network's
		steps = append(steps, one)
	}
	for _, key := range byDeviceID(wanted) {
		one, before := wanted[key], present[key]
		if before == (networkInterface{}) {
			add("attach network interface "+key+" to", func(ctx context.Context) error { return a.attach(ctx, uuid, key, one.params()) })

			continue
		}
		nic := before.UUID.ValueString()
		switch {
		case lifecycle.Changed(before.L3NetworkUUID, one.L3NetworkUUID):
			add("move network interface "+key+" of", func(ctx context.Context) error {
				return a.ended(ctx, func(ctx context.Context) (task.Handle[struct{}], error) {
					return a.client.MoveNIC(ctx, nic, one.L3NetworkUUID.ValueString(), one.IPAddress.ValueString())
				})
			})
		case !one.IPAddress.IsUnknown() && one.readdressed(before):
			add("set the address of network interface "+key+" of", func(ctx context.Context) error {
				return a.ended(ctx, func(ctx context.Context) (task.Handle[struct{}], error) {
					return a.client.SetAddress(ctx, uuid, before.L3NetworkUUID.ValueString(), one.IPAddress.ValueString())
				})
			})
		}
		if one.renumbered(before) {
			add("set the MAC address of network interface "+key+" of", func(ctx context.Context) error {
				return a.ended(ctx, func(ctx context.Context) (task.Handle[struct{}], error) {
					return a.client.SetMAC(ctx, nic, one.MACAddress.ValueString())
				})
			})
		}
	}

	return steps
}

// ended runs a job whose result is not needed.
func (a *adapter) ended(ctx context.Context, start func(ctx context.Context) (task.Handle[struct{}], error)) error {
	_, err := run(ctx, a, start)

	return err
}

// errAttached ends [adapter.attach] where the VM has the interface already.
var errAttached = errors.New("the interface is attached")

// attach gives a VM one more interface. It reads the VM before each try: a request whose answer was lost may have attached the interface.
func (a *adapter) attach(ctx context.Context, uuid, key string, nic zstack.NICParam) error {
	_, err := a.onVM(ctx, uuid, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		found, err := a.client.VirtualMachine(ctx, uuid)
		switch {
		case err != nil:
			return nil, err
		case hasNIC(found, key):
			return nil, errAttached
		}

		return a.client.AttachNIC(ctx, uuid, nic)
	})
	if errors.Is(err, errAttached) {
		return nil
	}

	return err
}

// hasNIC reports whether a VM has an interface with the device id.
func hasNIC(vm *zstack.VirtualMachine, key string) bool {
	return slices.ContainsFunc(vm.NICs, func(nic zstack.NIC) bool { return strconv.FormatInt(nic.DeviceID, 10) == key })
}

// at is the path of a part of an interface.
func at(key, part string) path.Path {
	return path.Root("network_interfaces").AtMapKey(key).AtName(part)
}

// newInterfaces checks the interfaces of a new VM against those of its source.
func (c *checks) newInterfaces(ctx context.Context) diag.Diagnostics {
	wanted := interfacesIn(c.plan.NetworkInterfaces)
	if len(wanted) == 0 || c.plan.SourceVMUUID.ValueString() == "" {
		return nil
	}
	source, err := c.sourceVM(ctx, c.plan.SourceVMUUID.ValueString())
	if err != nil {
		return nil // [checks.source] reports it
	}
	var diags diag.Diagnostics
	next := len(source.NICs)
	for _, key := range byDeviceID(wanted) {
		one := wanted[key]
		device, _ := strconv.Atoi(key)
		network := one.L3NetworkUUID.ValueString()
		if device >= len(source.NICs) {
			diags.Append(c.further(key, next, "the source")...)
			next++
		} else if interfacesIn(c.config.NetworkInterfaces)[key].L3NetworkUUID.IsNull() {
			network = networkAt(source, device)
		}
		taken := c.inUse(ctx, key, network, one)
		if !c.creating { // the address may be of a VM that the apply destroys first
			taken = tfdiag.ForNow(taken)
		}
		diags.Append(taken...)
		diags.Append(c.inRange(ctx, key, network, one)...)
	}

	return diags
}

// networkAt returns the network of the interface that has a place in the order of device ids.
func networkAt(vm *zstack.VirtualMachine, place int) string {
	return inOrder(vm.NICs)[place].L3NetworkUUID
}

// further checks an interface that the source, or the VM, does not have: next is the device id that it will get.
func (c *checks) further(key string, next int, of string) diag.Diagnostics {
	var diags diag.Diagnostics
	if key != strconv.Itoa(next) {
		diags.Append(tfdiag.Conflict(path.Root("network_interfaces").AtMapKey(key), "The device ids have a gap",
			fmt.Sprintf("Beside the interfaces of %s, the next one gets the device id %d, and %s is named. Name it %d", of, next, key, next)))
	}
	if interfacesIn(c.config.NetworkInterfaces)[key].L3NetworkUUID.IsNull() {
		diags.Append(tfdiag.Conflict(path.Root("network_interfaces").AtMapKey(key), "An interface without a network",
			fmt.Sprintf("Interface %s is none of %s, so that it needs an l3_network_uuid", key, of)))
	}

	return diags
}

// interfaces checks what is to change of the interfaces of a VM that exists.
func (c *checks) interfaces(ctx context.Context) diag.Diagnostics {
	if len(c.interfaceSteps(c.plan, *c.prior)) == 0 {
		return nil
	}
	switch state := zstack.VMState(c.prior.State.ValueString()); {
	case state == zstack.VMRunning, state == zstack.VMStopped, state.Passing():
	default:
		return diag.Diagnostics{tfdiag.Conflict(path.Root("network_interfaces"), "The network interfaces can't be changed as the machine is",
			fmt.Sprintf("%s is %s, and ZStack changes the interfaces of a machine that is Running or Stopped", c.plan.Creation().Object, state))}
	}
	found, err := c.client.VirtualMachine(ctx, c.prior.ObjectID())
	if err != nil {
		return c.skipped("the network interfaces", err)
	}
	var diags diag.Diagnostics
	taken := slices.Clone(found.NICs)
	wanted, present := interfacesIn(c.plan.NetworkInterfaces), interfacesIn(c.prior.NetworkInterfaces)
	for _, key := range byDeviceID(wanted) {
		one, before := wanted[key], present[key]
		network := one.L3NetworkUUID.ValueString()
		if before == (networkInterface{}) && !hasNIC(found, key) { // an apply that failed may have attached it
			next := lowestFree(taken)
			diags.Append(c.further(key, next, "the machine")...)
			taken = append(taken, zstack.NIC{DeviceID: int64(next)})
		}
		if network != "" && one.moved(before) {
			diags.Append(c.object(ctx, networkReference(key, network))...)
		}
		if one.IPAddress.IsUnknown() || !one.readdressed(before) {
			continue
		}
		if !one.moved(before) && countOn(found, network) > 1 {
			diags.Append(tfdiag.Conflict(at(key, "ip_address"), "The address can't be set",
				fmt.Sprintf("ZStack knows an interface by its L3 network when it sets an address, and the machine has %d on %s", countOn(found, network), network)))
		}
		diags.Append(c.inRange(ctx, key, network, one)...)
		diags.Append(c.inUse(ctx, key, network, one)...)
	}

	return diags
}

// countOn counts the interfaces that a VM has on a network.
func countOn(vm *zstack.VirtualMachine, network string) (count int) {
	for _, nic := range vm.NICs {
		if nic.L3NetworkUUID == network {
			count++
		}
	}

	return count
}

// lowestFree returns the device id that ZStack gives to one more interface: the lowest that is free.
func lowestFree(nics []zstack.NIC) int {
	device := 0
	for slices.ContainsFunc(nics, func(nic zstack.NIC) bool { return nic.DeviceID == int64(device) }) {
		device++
	}

	return device
}

// inRange checks that an address is in a range of its network.
func (c *checks) inRange(ctx context.Context, key, network string, one networkInterface) diag.Diagnostics {
	address, err := netip.ParseAddr(one.IPAddress.ValueString())
	if err != nil || network == "" {
		return nil
	}
	found, err := c.ask(ctx, zstack.TypeL3Network, network)
	if err != nil || len(found.Ranges) == 0 || found.ManagesAddresses != nil && !*found.ManagesAddresses {
		return nil // [checks.object] reports a network that can't be read
	}
	for _, allowed := range found.Ranges {
		first, firstErr := netip.ParseAddr(allowed.First)
		last, lastErr := netip.ParseAddr(allowed.Last)
		if firstErr != nil || lastErr != nil || first.Compare(address) <= 0 && address.Compare(last) <= 0 {
			return nil
		}
	}

	return diag.Diagnostics{tfdiag.Conflict(at(key, "ip_address"), "The address is outside of the network",
		fmt.Sprintf("%s is in no range of addresses of the L3 network %s. Choose another address", address, network))}
}

// inUse checks that an address is free.
func (c *checks) inUse(ctx context.Context, key, network string, one networkInterface) diag.Diagnostics {
	if one.IPAddress.ValueString() == "" || network == "" {
		return nil
	}
	free, err := c.client.AddressFree(ctx, network, one.IPAddress.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil // [checks.object] reports it
	case err != nil:
		return c.skipped("that the address "+one.IPAddress.ValueString()+" is free", err)
	case free:
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(at(key, "ip_address"), "The address is not free",
		fmt.Sprintf("ZStack says that %s of the L3 network %s is not available. Choose another address", one.IPAddress.ValueString(), network))}
}

// networkReference is the network that an interface of the configuration names.
func networkReference(key, uuid string) reference {
	return reference{tfdiag.Reference{
		Attribute: at(key, "l3_network_uuid"), What: "L3 network", ID: uuid, Platform: tfdiag.ZStack,
	}, zstack.TypeL3Network}
}
