package vsphere

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// machineKey asks for one VM of a batch.
type machineKey struct {
	id       string
	settings bool // with extraConfig
}

// readMachines reads VMs, those with settings and those without in one call.
func (c *Client) readMachines(ctx context.Context, keys []machineKey) (map[machineKey]outcome[*VirtualMachine], error) {
	all, err := c.conn.Retrieve(ctx, "", machineSpecs(keys)...)
	if err != nil {
		return nil, err
	}

	return machinesOf(all), nil
}

// machineSpecs asks for VMs. One that is asked for with settings and without is read with them.
func machineSpecs(keys []machineKey) []types.PropertyFilterSpec {
	var plain, full []string
	for _, key := range keys {
		switch {
		case key.settings:
			full = append(full, key.id)
		case !slices.Contains(keys, machineKey{id: key.id, settings: true}):
			plain = append(plain, key.id)
		}
	}
	var specs []types.PropertyFilterSpec
	if len(plain) > 0 {
		specs = append(specs, vmSpec(plain))
	}
	if len(full) > 0 {
		specs = append(specs, vmSpec(full, extraConfigPath))
	}

	return specs
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
		bare, full := machineKey{id: p.Ref.Value}, machineKey{id: p.Ref.Value, settings: true}
		if err := p.Denied(); err != nil {
			unseen := outcome[*VirtualMachine]{err: err}
			machines[bare], machines[full] = unseen, unseen

			continue
		}
		machine := newMachine(p, known)
		without := *machine // settings are for callers that asked for them
		without.ExtraConfig = nil
		machines[bare], machines[full] = outcome[*VirtualMachine]{value: &without}, outcome[*VirtualMachine]{value: machine}
	}

	return machines
}
