package vsphereinstantclone

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// faultAspects are the arguments that faults of vCenter's checks are about which name nothing of the configuration.
func faultAspects() map[vm.Aspect]path.Path {
	place, source := path.Root("placement"), path.Root("source_vm_id")

	return map[vm.Aspect]path.Path{
		vm.AspectSource: source, vm.AspectCPU: source, vm.AspectMemory: source, vm.AspectDisks: source, vm.AspectHost: source,
		vm.AspectDatastore: place.AtName("datastore_id"), vm.AspectPool: place.AtName("resource_pool_id"),
		vm.AspectNetwork: path.Root("network_interfaces"),
	}
}

// dryRun has vCenter check the instant clone, or the relocation, that is planned.
func (a *adapter) dryRun(ctx context.Context, c *checks) diag.Diagnostics {
	switch {
	case !c.DryRuns():
		return nil
	case c.prior == nil:
		return c.DryRun(ctx, a.cloneDryRun(c))
	default:
		change := lifecycle.Change[model]{Config: c.config, Plan: c.plan, State: *c.prior}
		spec, relocates := vm.Relocation(change)
		if !relocates || vm.PowersOff(change) {
			return nil
		}

		return c.DryRun(ctx, a.RelocationDryRun(change, spec, c.plan.Operation("relocate", lifecycle.UpdateTimeout), faultAspects()))
	}
}

// cloneDryRun is the check of an instant clone. What no group of vCenter's tests is about is left out: the name, settings, addresses and the
// BIOS UUID. So many instant clones share one check, and no secret is sent. A source that this apply powers on is checked by the apply.
func (a *adapter) cloneDryRun(c *checks) vm.DryRun {
	spec := c.plan.spec()
	spec.Name, spec.ExtraConfig, spec.BIOSUUID = vm.DryRunName, nil, ""
	spec.NetworkInterfaces, _ = vm.WithoutAddresses(spec.NetworkInterfaces, nil)
	key, _ := json.Marshal(spec) //nolint:errchkjson // of texts, flags and maps by texts
	op := c.plan.CreateOperationOf("make the instant clone", c.plan.attributes())
	delete(op.Attributes, spec.SourceID) // every fault of an instant clone names its source

	return vm.DryRun{
		Key: "instant clone " + string(key), Asker: c.plan.Name.ValueString(), Operation: op, Aspects: faultAspects(),
		Check: func(ctx context.Context) ([]vsphere.CheckFinding, error) {
			source, err := a.SourceVM(ctx, spec.SourceID)
			if err != nil || source.PowerState != vsphere.PoweredOn {
				return nil, err
			}
			request, err := a.ofSource(ctx, spec)
			if err != nil {
				return nil, err
			}

			return a.client.CheckInstantClone(ctx, request)
		},
	}
}
