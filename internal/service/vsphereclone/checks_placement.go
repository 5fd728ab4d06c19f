package vsphereclone

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// placement checks the objects that the configuration names and that are not in state already.
func (c *checks) placement(prior *model) []lifecycle.Check {
	var (
		before vm.Placement
		known  *vm.Placement
	)
	if prior != nil {
		before = prior.Parts()
		known = &before
	}
	wanted := c.config.Parts()

	return []lifecycle.Check{
		c.PlacementPart(vsphere.TypeFolder, "folder_id", "folder", before.FolderID, wanted.FolderID),
		func(ctx context.Context) diag.Diagnostics { return c.datastoreCluster(ctx, before, wanted) },
		c.PlacementPart(vsphere.TypeDatastore, "datastore_id", "datastore", before.DatastoreID, wanted.DatastoreID),
		func(ctx context.Context) diag.Diagnostics { return c.compute(ctx, prior, before, wanted) },
		c.OneDatacenter(wanted, known, c.plan.SourceVMID, append(c.diskDatastores(prior), vm.LocatedNetworks(c.newNetworks())...)...),
	}
}

// compute checks pool, host and cluster, by themselves and against each other.
func (c *checks) compute(ctx context.Context, prior *model, before, wanted vm.Placement) diag.Diagnostics {
	if prior != nil && same(before.ResourcePoolID, wanted.ResourcePoolID) && same(before.HostID, wanted.HostID) &&
		same(before.ClusterID, wanted.ClusterID) {
		return nil
	}
	place := path.Root("placement")
	refs := []struct {
		kind vsphere.ObjectType
		ref  tfdiag.Reference
	}{
		{vsphere.TypeResourcePool, tfdiag.Reference{Attribute: place.AtName("resource_pool_id"), What: "resource pool", ID: wanted.ResourcePoolID.ValueString()}},
		{vsphere.TypeHost, tfdiag.Reference{Attribute: place.AtName("host_id"), What: "host", ID: wanted.HostID.ValueString()}},
		{vsphere.TypeCluster, tfdiag.Reference{Attribute: place.AtName("cluster_id"), What: "cluster", ID: wanted.ClusterID.ValueString()}},
	}
	objects, answers := make([]vsphere.Object, len(refs)), make([]diag.Diagnostics, len(refs))
	var group sync.WaitGroup
	for i, part := range refs {
		if part.ref.ID != "" {
			group.Go(func() { objects[i], answers[i] = c.Object(ctx, part.kind, part.ref) })
		}
	}
	group.Wait()

	diags := slices.Concat(answers...)
	if len(diags) > 0 {
		return diags
	}
	if diags = conflicts(objects[0], objects[1], objects[2]); len(diags) > 0 || wanted.Unknown() {
		return diags
	}

	return c.host(ctx, prior)
}

// host checks that there is a host for the VM where vCenter does not choose one.
func (c *checks) host(ctx context.Context, prior *model) diag.Diagnostics {
	if prior != nil {
		return c.HostFound(ctx, relocating(lifecycle.Change[model]{Config: c.config, Plan: c.plan, State: *prior}))
	}
	if c.plan.SourceVMID.IsUnknown() {
		return nil
	}
	source, err := c.SourceVM(ctx, c.plan.SourceVMID.ValueString())
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil // the check of the source says so
	case err != nil:
		return c.Skipped("that there is a host for the machine", err)
	}

	return c.HostFound(ctx, placing(c.plan.cloneSpec(c.config), source))
}

// conflicts returns an error for a pool or host that lies outside the cluster, and for a host outside the pool's cluster.
// An object without an id is not named by the configuration.
func conflicts(pool, host, cluster vsphere.Object) diag.Diagnostics {
	var diags diag.Diagnostics
	outside := func(innerName, inner, outerName, outer string) {
		at := path.Root("placement").AtName(innerName)
		diags.Append(tfdiag.Conflict(at, fmt.Sprintf("The %s is not in the %s", inner, outer),
			fmt.Sprintf("%s and %s contradict each other. Change one of them, or leave one out", at,
				path.Root("placement").AtName(outerName))))
	}
	if apart(pool, cluster) {
		outside("resource_pool_id", fmt.Sprintf("resource pool %q", pool.ID), "cluster_id", fmt.Sprintf("cluster %q", cluster.ID))
	}
	if apart(host, cluster) {
		outside("host_id", fmt.Sprintf("host %q", host.ID), "cluster_id", fmt.Sprintf("cluster %q", cluster.ID))
	}
	if apart(host, pool) {
		outside("host_id", fmt.Sprintf("host %q", host.ID), "resource_pool_id", fmt.Sprintf("cluster of the resource pool %q", pool.ID))
	}

	return diags
}

// apart reports whether two objects are known to lie in different clusters.
func apart(inner, outer vsphere.Object) bool {
	outerCluster := outer.ClusterID
	if outer.Type == vsphere.TypeCluster {
		outerCluster = outer.ID
	}

	return inner.ID != "" && outer.ID != "" && inner.ClusterID != "" && outerCluster != "" && inner.ClusterID != outerCluster
}

// same reports whether the configuration wants nothing else than what is in state.
func same(before, wanted types.String) bool {
	return wanted.IsNull() || wanted.IsUnknown() || wanted.Equal(before)
}
