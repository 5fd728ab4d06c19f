package vm

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Placement is a placement attribute taken apart. The parts of an unknown placement are unknown, those of a null one null,
// and so are parts that the attribute does not have.
type Placement struct {
	FolderID       types.String
	ResourcePoolID types.String
	HostID         types.String
	ClusterID      types.String
	DatastoreID    types.String
	// DatastoreClusterID is not computed: null, it is not managed.
	DatastoreClusterID types.String
}

// PlacementOf takes a placement attribute apart.
func PlacementOf(object types.Object) Placement {
	part := func(name string) types.String { return lifecycle.StringIn(object, name) }

	return Placement{
		FolderID: part("folder_id"), ResourcePoolID: part("resource_pool_id"), HostID: part("host_id"),
		ClusterID: part("cluster_id"), DatastoreID: part("datastore_id"), DatastoreClusterID: part("datastore_cluster_id"),
	}
}

// Object puts a placement attribute together that has the parts in kinds.
func (p Placement) Object(kinds map[string]attr.Type) types.Object {
	all := map[string]attr.Value{
		"folder_id": p.FolderID, "resource_pool_id": p.ResourcePoolID, "host_id": p.HostID,
		"cluster_id": p.ClusterID, "datastore_id": p.DatastoreID, "datastore_cluster_id": p.DatastoreClusterID,
	}
	values := make(map[string]attr.Value, len(kinds))
	for name := range kinds {
		values[name] = all[name]
	}

	return types.ObjectValueMust(kinds, values)
}

// Observed returns the placement that the platform tells. HostID stays once it is known: DRS moves a VM as it likes, which is
// no drift.
func (p Placement) Observed(vm *vsphere.VirtualMachine) Placement {
	place := Placement{
		FolderID:       tfattr.StringOrNull(vm.Placement.FolderID),
		ResourcePoolID: tfattr.StringOrNull(vm.Placement.ResourcePoolID),
		HostID:         known(p.HostID, vm.Placement.HostID),
		ClusterID:      observedOr(vm.Placement.ClusterID, p.ClusterID),
		DatastoreID:    tfattr.StringOrNull(vm.Placement.DatastoreID),
	}
	if !p.DatastoreClusterID.IsNull() && !p.DatastoreClusterID.IsUnknown() {
		place.DatastoreClusterID = tfattr.StringOrNull(vm.Placement.DatastoreClusterID)
	}
	if vm.Template { // a template lies in no resource pool
		place.ResourcePoolID = observedOr(vm.Placement.ResourcePoolID, p.ResourcePoolID)
	}

	return place
}

// Keeping returns the placement with every part that the plan knows.
func (p Placement) Keeping(plan Placement) Placement {
	p.FolderID = lifecycle.Keep(plan.FolderID, p.FolderID)
	p.ResourcePoolID = lifecycle.Keep(plan.ResourcePoolID, p.ResourcePoolID)
	p.HostID = lifecycle.Keep(plan.HostID, p.HostID)
	p.ClusterID = lifecycle.Keep(plan.ClusterID, p.ClusterID)
	p.DatastoreID = lifecycle.Keep(plan.DatastoreID, p.DatastoreID)
	p.DatastoreClusterID = lifecycle.Keep(plan.DatastoreClusterID, p.DatastoreClusterID)

	return p
}

// Unknown reports whether a part is unknown that decides where the VM runs.
func (p Placement) Unknown() bool {
	return p.ResourcePoolID.IsUnknown() || p.HostID.IsUnknown() || p.ClusterID.IsUnknown() || p.DatastoreID.IsUnknown() ||
		p.DatastoreClusterID.IsUnknown()
}

// computeUnknown reports whether a part is unknown that decides in which datacenter the VM runs.
func (p Placement) computeUnknown() bool {
	return p.ResourcePoolID.IsUnknown() || p.HostID.IsUnknown() || p.ClusterID.IsUnknown()
}

// UnknownAsNull returns the placement with every unknown part null.
func (p Placement) UnknownAsNull() Placement {
	for _, part := range []*types.String{&p.FolderID, &p.ResourcePoolID, &p.HostID, &p.ClusterID, &p.DatastoreID, &p.DatastoreClusterID} {
		*part = lifecycle.NullIfUnknown(*part, types.StringNull())
	}

	return p
}

// UnknownUnlessSet returns the placement with every part unknown that the configuration leaves out.
func (p Placement) UnknownUnlessSet(wanted Placement) Placement {
	p.FolderID = lifecycle.UnknownUnlessSet(p.FolderID, wanted.FolderID)
	p.ResourcePoolID = lifecycle.UnknownUnlessSet(p.ResourcePoolID, wanted.ResourcePoolID)
	p.HostID = lifecycle.UnknownUnlessSet(p.HostID, wanted.HostID)
	p.ClusterID = lifecycle.UnknownUnlessSet(p.ClusterID, wanted.ClusterID)
	p.DatastoreID = lifecycle.UnknownUnlessSet(p.DatastoreID, wanted.DatastoreID)
	p.DatastoreClusterID = wanted.DatastoreClusterID

	return p
}

// known returns the value that is there already, and what the platform tells where there is none.
func known(before types.String, told string) types.String {
	if before.IsNull() || before.IsUnknown() {
		return tfattr.StringOrNull(told)
	}

	return before
}

// observedOr returns what the platform tells, and where it tells nothing the value that is there.
func observedOr(told string, before types.String) types.String {
	if told != "" || before.IsUnknown() {
		return tfattr.StringOrNull(told)
	}

	return before
}
