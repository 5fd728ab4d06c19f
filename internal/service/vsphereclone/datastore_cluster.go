package vsphereclone

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// argumentDatastoreCluster is the argument of placement that leaves the choice of the datastore to Storage DRS.
const argumentDatastoreCluster = "datastore_cluster_id"

func datastoreClusterAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "Managed object id of a datastore cluster, such as `group-p9`: its Storage DRS, which must be on, chooses the datastore for " +
			"the configuration files and for every disk that has no `datastore_id` of its own. It excludes `datastore_id`. A move within the " +
			"cluster is no drift; one out of it is, also of a single disk. A change relocates the machine to where Storage DRS recommends. Unset: it is not managed.",
		Optional:   true,
		Validators: []validator.String{tfattr.VSphereID(tfattr.VSphereDatastoreCluster)},
	}
}

// inDatastoreCluster reports whether Storage DRS chooses the machine's datastore.
func (m model) inDatastoreCluster() bool { return m.Parts().DatastoreClusterID.ValueString() != "" }

// movesToCluster reports whether the plan has, or may have, a datastore cluster that the state does not have.
func movesToCluster(before, after vm.Placement) bool {
	return !after.DatastoreClusterID.IsNull() && lifecycle.Differs(before.DatastoreClusterID, after.DatastoreClusterID)
}

// checkDatastoreCluster refuses a datastore beside the datastore cluster that chooses one.
func (m model) checkDatastoreCluster() diag.Diagnostics {
	parts := m.Parts()
	if parts.DatastoreClusterID.IsNull() || parts.DatastoreClusterID.IsUnknown() || parts.DatastoreID.IsNull() || parts.DatastoreID.IsUnknown() {
		return nil
	}

	return diag.Diagnostics{tfdiag.Conflict(path.Root("placement").AtName(argumentDatastoreCluster), "Storage DRS chooses the datastore",
		"placement.datastore_id and placement.datastore_cluster_id exclude each other. Leave one of them out")}
}

// datastoreCluster checks that the datastore cluster exists and that its Storage DRS is on.
func (c *checks) datastoreCluster(ctx context.Context, before, wanted vm.Placement) diag.Diagnostics {
	id := wanted.DatastoreClusterID
	if id.IsNull() || id.IsUnknown() || id.Equal(before.DatastoreClusterID) {
		return nil
	}
	at := path.Root("placement").AtName(argumentDatastoreCluster)
	cluster, diags := c.Object(ctx, vsphere.TypeDatastoreCluster, tfdiag.Reference{Attribute: at, What: "datastore cluster", ID: id.ValueString()})
	if len(diags) > 0 || !cluster.StorageDRSOff {
		return diags
	}

	return diag.Diagnostics{tfdiag.Conflict(at, fmt.Sprintf("Storage DRS is off for the datastore cluster %q", cluster.Name),
		"It recommends no datastore. Switch Storage DRS on for the cluster, or set placement.datastore_id to one of its datastores")}
}

// observedCluster returns the placement with no datastore cluster where the configuration files of a machine are in it, and a disk that belongs
// there is not: the machine is in the cluster with its disks. before are the disks as the state has them.
func (m model) observedCluster(before disks, place vm.Placement, found *vsphere.VirtualMachine) vm.Placement {
	named := map[string]string{}
	for key, update := range vmdisks.UpdatesIn(before.DisksToUpdate) {
		if !update.DatastoreID.IsNull() {
			named[key] = found.Disks[key].DatastoreID
		}
	}
	for _, added := range vmdisks.AddedIn(before.DisksToAdd) { // a state does not tell which datastores the configuration names: one that stays is right
		if key := added.Key.ValueString(); added.HasKey() && added.DatastoreID.ValueString() == found.Disks[key].DatastoreID {
			named[key] = found.Disks[key].DatastoreID
		}
	}
	if place.DatastoreClusterID.ValueString() != "" && len(m.strayDisks(named, found)) > 0 {
		place.DatastoreClusterID = types.StringNull()
	}

	return place
}

// strayDisks returns the keys of the machine's own disks that are not in the datastore cluster of its configuration files, sorted. named are the
// disks with a datastore of their own.
func (m model) strayDisks(named map[string]string, found *vsphere.VirtualMachine) []string {
	foreign := vmdisks.Foreign(m.OwnDisks, found.Disks)

	return slices.DeleteFunc(slices.Sorted(maps.Keys(found.Disks)), func(key string) bool {
		_, own := named[key]

		return own || slices.Contains(foreign, key) || found.DatastoreClusters[found.Disks[key].DatastoreID] == found.Placement.DatastoreClusterID
	})
}

// clusterStep relocates the machine into the datastore cluster. Where its configuration files are there already, only what is not there moves: a
// stray disk goes to them.
func (a *adapter) clusterStep(change lifecycle.Change[model], spec vsphere.RelocateSpec) lifecycle.Step[model] {
	step := a.RelocateStep(change, spec)
	relocate := step.Do
	step.Do = func(ctx context.Context, state model) (model, diag.Diagnostics, error) {
		found, err := a.client.VirtualMachine(ctx, state.ObjectID())
		if err != nil {
			return state, nil, err
		}
		if found.Placement.DatastoreClusterID != spec.DatastoreClusterID {
			return relocate(ctx, state)
		}
		rest := spec
		rest.DatastoreClusterID, rest.DiskDatastores = "", diskDatastores(change, false)
		for _, key := range state.strayDisks(diskDatastores(change, true), found) {
			rest.DiskDatastores[key] = found.Placement.DatastoreID
		}
		if !rest.MovesCompute() && rest.FolderID == "" && len(rest.DiskDatastores) == 0 {
			return state, nil, nil
		}

		return a.RelocateStep(change, rest).Do(ctx, state)
	}

	return step
}
