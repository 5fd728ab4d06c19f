package vsphereclone

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// snapshot checks that the source has the snapshot to clone, or to link the disks to.
func (c *checks) snapshot(ctx context.Context) diag.Diagnostics {
	id := c.plan.SnapshotID
	if id.IsUnknown() || c.plan.SourceVMID.IsUnknown() || id.IsNull() && !c.plan.Linked.ValueBool() {
		return nil
	}
	if id.IsNull() {
		source, err := c.SourceVM(ctx, c.plan.SourceVMID.ValueString())
		if err != nil || source.NoConfig || source.CurrentSnapshotID != "" {
			return nil // what is wrong with the source, its own check says
		}

		return diag.Diagnostics{tfdiag.NoSnapshotToLink(path.Root("linked"), source.ID, source.Template)}
	}
	tree, err := c.client.SnapshotTree(ctx, c.plan.SourceVMID.ValueString())
	if apierr.Is(err, apierr.NotFound) || err == nil && tree.NoConfig {
		return nil
	}
	if err != nil {
		return c.Skipped("that the source has the snapshot", err)
	}
	known := make(map[string]string, len(tree.Snapshots))
	for _, snapshot := range tree.Snapshots {
		known[snapshot.ID] = snapshot.Path
	}
	if _, has := known[id.ValueString()]; has {
		return nil
	}

	return diag.Diagnostics{tfdiag.UnknownSnapshot(path.Root("snapshot_id"), tree.VMID, id.ValueString(), known)}
}

// tpm checks that vCenter knows policies for virtual TPMs, and warns of a copy of one that is not asked for.
func (c *checks) tpm(ctx context.Context) diag.Diagnostics {
	policy := c.plan.TPMProvisionPolicy
	if policy.IsUnknown() {
		return nil
	}
	if !policy.IsNull() {
		err := c.client.RequireTPMPolicy(ctx)
		switch {
		case apierr.Is(err, apierr.Unsupported):
			op := tfdiag.Operation{Action: "plan tpm_provision_policy of " + c.plan.InWords(), Platform: tfdiag.VSphere}

			return diag.Diagnostics{tfdiag.FromError(op, err)}
		case err != nil:
			return c.Skipped("that vCenter knows tpm_provision_policy", err)
		default:
			return nil
		}
	}
	if c.plan.SourceVMID.IsUnknown() {
		return nil
	}
	source, err := c.SourceVM(ctx, c.plan.SourceVMID.ValueString())
	if err != nil || !source.VirtualTPM {
		return nil
	}

	return diag.Diagnostics{tfdiag.Caution(path.Root("tpm_provision_policy"), fmt.Sprintf("The clone may share the secrets of %s", source.ID),
		"The source has a virtual TPM, and unless vCenter is set up otherwise the clone gets a copy of it: what is sealed in one can be read by "+
			"both. Set tpm_provision_policy = \"replace\" for a new one, or \"copy\" to say that this is meant (vCenter 8.0)")}
}

// linkedDatastores are where the files are that a linked clone's disks stand on.
func linkedDatastores(spec vsphere.CloneSpec, source *vsphere.VirtualMachine) []string {
	var datastores []string
	for key, disk := range source.Disks {
		if disk.DatastoreID != "" && !slices.Contains(spec.DisksToRemove, key) && !slices.Contains(datastores, disk.DatastoreID) {
			datastores = append(datastores, disk.DatastoreID)
		}
	}
	slices.Sort(datastores)

	return datastores
}

// linkedDisks checks that where a linked clone is to run, its source's disks can be read.
func (c *checks) linkedDisks(ctx context.Context) diag.Diagnostics {
	if !c.plan.Linked.ValueBool() || c.plan.SourceVMID.IsUnknown() || c.config.Parts().Unknown() {
		return nil
	}
	source, err := c.SourceVM(ctx, c.plan.SourceVMID.ValueString())
	if err != nil {
		return nil // the source's own check says why
	}
	spec := c.plan.cloneSpec(c.config)
	hosts, err := c.hostsFor(ctx, spec.Placement, source.Placement)
	if err != nil {
		return c.Skipped("that the source's disks can be read where the clone runs", err)
	}
	var diags diag.Diagnostics
	for _, datastore := range linkedDatastores(spec, source) {
		sees := func(host vsphere.Host) bool { return slices.Contains(host.DatastoreIDs, datastore) }
		if len(hosts) > 0 && !slices.ContainsFunc(hosts, sees) {
			diags.Append(tfdiag.Conflict(path.Root("linked"), fmt.Sprintf("The linked disks of %s can't be read there", source.ID),
				fmt.Sprintf("They stand on files on %s, which no host sees that placement allows. Choose another placement, or clone in full",
					datastore)))
		}
	}

	return diags
}

// hostsFor returns the hosts that a placement allows; none where that is not known.
func (c *checks) hostsFor(ctx context.Context, wanted, present vsphere.Placement) ([]vsphere.Host, error) {
	if wanted.ResourcePoolID == "" && wanted.ClusterID == "" && wanted.HostID == "" {
		wanted.HostID, wanted.ResourcePoolID = present.HostID, present.ResourcePoolID
	}
	compute := wanted.ClusterID
	for kind, id := range map[vsphere.ObjectType]string{vsphere.TypeHost: wanted.HostID, vsphere.TypeResourcePool: wanted.ResourcePoolID} {
		if id == "" || compute != "" {
			continue
		}
		object, err := vm.ReadObject(ctx, c.Shared, c.client, kind, id)
		if err != nil && !apierr.Is(err, apierr.NotFound, apierr.Denied) {
			return nil, err
		}
		compute = cmp.Or(compute, object.ClusterID)
	}
	if compute == "" {
		return nil, nil
	}
	hosts, err := lifecycle.Once(ctx, c.Shared, "hosts of "+compute, func(ctx context.Context) ([]vsphere.Host, error) {
		return c.client.HostsOf(ctx, compute)
	})

	return slices.DeleteFunc(slices.Clone(hosts), func(host vsphere.Host) bool {
		return wanted.HostID != "" && host.ID != wanted.HostID
	}), err
}
