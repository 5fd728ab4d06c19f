package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// machineKey asks for one VM of a batch.
type machineKey struct {
	id         string
	settings   bool // with extraConfig
	attributes bool // with custom attributes
}

// readMachines reads VMs in one call, whatever is asked for of each.
func (c *Client) readMachines(ctx context.Context, keys []machineKey) (map[machineKey]outcome[*VirtualMachine], error) {
	specs := machineSpecs(keys)
	if slices.ContainsFunc(keys, func(key machineKey) bool { return key.attributes }) {
		fields, err := c.fieldsSpec(ctx)
		if err != nil {
			return nil, err
		}
		specs = append(specs, fields)
	}
	all, err := c.conn.Retrieve(ctx, "", specs...)
	if err != nil {
		return nil, err
	}

	return machinesOf(all), nil
}

// machineSpecs asks for VMs, each with all that any key asks for of it.
func machineSpecs(keys []machineKey) []types.PropertyFilterSpec {
	wanted := make(map[string]machineKey, len(keys))
	for _, key := range keys {
		all := wanted[key.id]
		wanted[key.id] = machineKey{settings: all.settings || key.settings, attributes: all.attributes || key.attributes}
	}
	alike := map[machineKey][]string{}
	for _, key := range keys { // in their order
		if what, left := wanted[key.id]; left {
			alike[what] = append(alike[what], key.id)
			delete(wanted, key.id)
		}
	}
	var specs []types.PropertyFilterSpec
	for _, what := range machineExtras() {
		var more []string
		if what.settings {
			more = append(more, extraConfigPath)
		}
		if what.attributes {
			more = append(more, customValuePath)
		}
		if ids := alike[what]; len(ids) > 0 {
			specs = append(specs, vmSpec(ids, more...))
		}
	}

	return specs
}

// machineExtras returns keys without an id for all that may be asked for of a VM.
func machineExtras() []machineKey {
	return []machineKey{{}, {settings: true}, {attributes: true}, {settings: true, attributes: true}}
}

// machinesOf makes the VMs of what was read, by each key that they may be asked for with.
func machinesOf(all []conn.Properties) map[machineKey]outcome[*VirtualMachine] {
	known := neighbours{
		clusterOfHost: map[string]string{}, datastoreNamed: map[string]string{}, clusterOfStore: map[string]string{}, opaqueNetworks: map[string]string{},
		folderOfVApp: map[string]string{},
	}
	for _, p := range all {
		known.add(p)
	}
	machines := make(map[machineKey]outcome[*VirtualMachine], len(all))
	for _, p := range all {
		if p.Ref.Type != machineType {
			continue
		}
		err := p.Denied()
		var machine *VirtualMachine
		if err == nil {
			machine = newMachine(p, known)
		}
		for _, key := range machineExtras() {
			key.id = p.Ref.Value
			machines[key] = outcome[*VirtualMachine]{value: machine.of(key), err: err}
		}
	}

	return machines
}

// of returns the VM with no more than a key asks for: settings are for callers that asked for them. Nil has nothing.
func (vm *VirtualMachine) of(key machineKey) *VirtualMachine {
	if vm == nil {
		return nil
	}
	seen := *vm
	if !key.settings {
		seen.ExtraConfig = nil
	}
	if !key.attributes {
		seen.CustomAttributes = nil
	}

	return &seen
}
