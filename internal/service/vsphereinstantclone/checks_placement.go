package vsphereinstantclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// pool checks that the pool of a fork is one that its source's host serves: an instant clone begins on that host.
func (c *checks) pool(ctx context.Context, source *vsphere.VirtualMachine) diag.Diagnostics {
	wanted := c.config.Parts().ResourcePoolID
	if wanted.IsNull() || wanted.IsUnknown() || wanted.ValueString() == source.Placement.ResourcePoolID {
		return nil
	}
	pool, err := vm.ReadObject(ctx, c.Shared, c.Client, vsphere.TypeResourcePool, wanted.ValueString())
	if err != nil {
		return nil // the check of the pool itself says so
	}
	host, err := vm.ReadObject(ctx, c.Shared, c.Client, vsphere.TypeHost, source.Placement.HostID)
	if err != nil || pool.ClusterID == host.ClusterID || pool.ClusterID == "" || host.ClusterID == "" {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("placement").AtName("resource_pool_id"),
		fmt.Sprintf("The resource pool %q is not of the source's host", pool.ID),
		fmt.Sprintf("An instant clone begins on the host of its source, %s, which does not serve this pool. Give a pool of that host or its "+
			"cluster; a later change of the pool relocates the machine", host.ID))}
}

// host checks that there is a host for a VM that is relocated, where vCenter does not choose one.
func (c *checks) host(ctx context.Context) diag.Diagnostics {
	change := lifecycle.Change[model]{Config: c.config, Plan: c.plan, State: *c.prior}
	spec, _ := vm.Relocation(change)
	if !spec.MovesCompute() || c.config.Parts().Unknown() {
		return nil
	}

	return c.HostFound(ctx, vm.Relocating(change, spec))
}
