package vsphereclone

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
	place := path.Root("placement")

	return map[vm.Aspect]path.Path{
		vm.AspectSource: path.Root("source_vm_id"), vm.AspectDatastore: place.AtName("datastore_id"), vm.AspectPool: place.AtName("resource_pool_id"),
		vm.AspectHost: place.AtName("host_id"), vm.AspectNetwork: path.Root(argumentInterfaces), vm.AspectCPU: path.Root("cpu"),
		vm.AspectMemory: path.Root("memory"), vm.AspectDisks: path.Root("disks_to_update"),
	}
}

// dryRun has vCenter check the clone, or the relocation, that is planned.
func (a *adapter) dryRun(ctx context.Context, c *checks) diag.Diagnostics {
	switch {
	case !c.config.Encryption.IsNull(): // a request that encrypts takes a new key, which a plan does not make
		return nil
	case !c.DryRuns(), !c.config.Parts().DatastoreClusterID.IsNull(): // which datastore Storage DRS chooses, the apply finds out
		return nil
	case c.prior == nil:
		return c.DryRun(ctx, a.cloneDryRun(c))
	default:
		return a.relocationDryRun(ctx, c)
	}
}

// cloneDryRun is the check of a clone. What no group of vCenter's tests is about is left out: the name, notes, settings, addresses and the
// customization. So many clones share one check, and no secret is sent.
func (a *adapter) cloneDryRun(c *checks) vm.DryRun {
	unnamed := func(spec vsphere.CloneSpec) vsphere.CloneSpec {
		spec.Name, spec.CustomizationSpec, spec.Config.Annotation, spec.Config.ExtraConfig = vm.DryRunName, "", nil, nil
		spec.Config.NetworkInterfaces, spec.Config.InterfacesToAdd = vm.WithoutAddresses(spec.Config.NetworkInterfaces, spec.Config.InterfacesToAdd)

		return spec
	}
	spec := unnamed(c.plan.cloneSpec(c.config))
	key, _ := json.Marshal(spec) //nolint:errchkjson // of texts, numbers and maps by texts
	op := c.plan.CreateOperationOf("clone", c.plan.attributes())
	delete(op.Attributes, spec.SourceID) // every fault of a clone names its source

	return vm.DryRun{
		Key: string(key), Asker: c.plan.Name.ValueString(), Operation: op, Aspects: faultAspects(),
		Check: func(ctx context.Context) ([]vsphere.CheckFinding, error) {
			source, err := a.SourceVM(ctx, spec.SourceID)
			if err != nil {
				return nil, err
			}
			plan := c.plan
			if plan.addsDevices() {
				if plan, err = plan.placed(source); err != nil {
					return nil, err
				}
			}
			request, err := a.completed(ctx, unnamed(plan.cloneSpec(c.config)), source)
			if err != nil {
				return nil, err
			}

			return a.client.CheckClone(ctx, request)
		},
	}
}

// relocationDryRun checks the relocation of a machine that exists, where the change relocates it as it is now.
func (a *adapter) relocationDryRun(ctx context.Context, c *checks) diag.Diagnostics {
	change := c.change()
	spec, relocates := relocation(change)
	if !relocates || vm.PowersOff(change) || c.plan.leavesTemplate(*c.prior) {
		return nil
	}
	op := c.plan.Operation("relocate", lifecycle.UpdateTimeout)

	return c.DryRun(ctx, a.RelocationDryRun(change, spec, op, faultAspects()))
}
