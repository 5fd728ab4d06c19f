package vsphereclone

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/labels"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// model is the resource in state, plan and configuration. Each embedded part has a file of its own, with its attributes, its share of the
// request and of a reconfiguration, and its mapping.
type model struct {
	vm.Attributes

	origin
	hardware
	disks
	networkInterfaces
	storagePolicy
	labels.Labels
	encryption

	Placement types.Object `tfsdk:"placement"`
}

var placementTypes = map[string]attr.Type{
	"folder_id":        types.StringType,
	"resource_pool_id": types.StringType,
	"host_id":          types.StringType,
	"cluster_id":       types.StringType,
	"datastore_id":     types.StringType,

	"datastore_cluster_id": types.StringType,
}

// Parts takes the placement apart.
func (m model) Parts() vm.Placement { return vm.PlacementOf(m.Placement) }

// WithParts implements [vm.Model].
func (m model) WithParts(parts vm.Placement) model {
	m.Placement = parts.Object(placementTypes)

	return m
}

// cloneSpec returns the request that makes what is planned. Unknown parts are computed ones: the platform chooses. config has what the plan
// does not: secrets.
func (m model) cloneSpec(config model) vsphere.CloneSpec {
	parts := m.Parts()
	spec := vsphere.CloneSpec{
		SourceID: m.SourceVMID.ValueString(),
		Name:     m.Name.ValueString(),
		Placement: vsphere.Placement{
			FolderID:       parts.FolderID.ValueString(),
			ResourcePoolID: parts.ResourcePoolID.ValueString(),
			HostID:         parts.HostID.ValueString(),
			ClusterID:      parts.ClusterID.ValueString(),
			DatastoreID:    parts.DatastoreID.ValueString(),

			DatastoreClusterID: parts.DatastoreClusterID.ValueString(),
		},
		PowerOn: m.PowerOn.ValueBool(),
	}
	m.newOrigin(&spec)
	spec.StoragePolicyID = m.StoragePolicyID.ValueString()
	spec.KeyProviderID = m.keyProvider().ValueString()
	m.newHardware(config.hardware, &spec.Config)
	m.newDisks(&spec)
	spec.Config.DisksToAdd = m.disksToAdd(m.DisksToAdd)
	m.newInterfaces(&spec.Config)

	return spec
}

// reconfiguration returns what the change wants otherwise than the state, but for devices that are to be added: see [model.placed].
func reconfiguration(change lifecycle.Change[model]) vsphere.ReconfigureSpec {
	var spec vsphere.ReconfigureSpec
	plan, state := change.Plan.withKeys(change.State), change.State
	plan.reconfigureHardware(change.Config.hardware, state.hardware, &spec)
	plan.reconfigurePolicy(state.storagePolicy, &spec)
	plan.reconfigureEncryption(state.encryption, &spec)
	plan.reconfigureDisks(state.disks, vmdisks.Present(state.Disks), &spec)
	plan.reconfigureInterfaces(state.networkInterfaces, vm.Runs(change), change.Imported, &spec)

	return spec
}

// WithCommon implements [vm.Model].
func (m model) WithCommon(attributes vm.Attributes) model {
	m.Attributes = attributes

	return m
}

// search returns how to find the clone, should its task be lost.
func (m model) search() vsphere.CloneSearch {
	return vsphere.CloneSearch{
		SourceID: m.SourceVMID.ValueString(), Name: m.Name.ValueString(), FolderID: m.Parts().FolderID.ValueString(),
		StorageDRS: m.inDatastoreCluster(),
	}
}

// observed returns m with everything that the platform tells replaced by what it told. What only the configuration knows
// stays. So does placement.host_id once it is known: DRS moves a VM as it likes, which is no drift, and the top-level
// host_id tells where the VM runs now.
func (m model) observed(found *vsphere.VirtualMachine) model {
	before := m.disks
	m.disks = m.observedDisks(vmdisks.Present(m.Disks), found)
	m.Attributes = m.ObservedCommon(found)
	m.Placement = m.observedCluster(before, m.Parts().Observed(found), found).Object(placementTypes)
	m.origin = m.observedOrigin(found)
	m.hardware = m.observedHardware(found)
	m.encryption = m.observedEncryption(found)
	m.networkInterfaces = m.observedInterfaces(found)
	m.Labels = m.ObservedLabels(found)

	return m
}

// Keeping returns m with every value that the plan knows. The CLI holds a provider to its plan; what has changed by itself
// since then (an address, a host that DRS chose) shows at the next refresh.
func (m model) Keeping(plan model) model {
	m.Attributes = m.KeepingCommon(plan.Attributes)
	m.Placement = m.Parts().Keeping(plan.Parts()).Object(placementTypes)
	m.origin = m.keepingOrigin(plan.origin)
	m.hardware, m.Labels = plan.hardware, plan.Labels
	m.storagePolicy, m.encryption = plan.storagePolicy, plan.encryption
	m.networkInterfaces = m.keepingInterfaces(plan.networkInterfaces)
	m.disks = m.keepingDisks(plan.disks)

	return m
}

// Bare returns m with the ids and with every other unknown value set to null: what can be put in state when the platform has
// not told.
func (m model) Bare(vmID, taskID string) model {
	m.Attributes = m.BareCommon(vmID, taskID)
	if m.Placement.IsUnknown() {
		m.Placement = types.ObjectNull(placementTypes)
	} else if !m.Placement.IsNull() {
		m.Placement = m.Parts().UnknownAsNull().Object(placementTypes)
	}
	m.networkInterfaces = m.bareInterfaces()
	m.disks = m.bareDisks()

	return m
}

// Complete reports whether a plan leaves nothing for the platform to tell.
func (m model) Complete() bool {
	parts := m.Parts()

	return m.knownInterfaces() && vmdisks.AddedKnown(m.DisksToAdd) && !m.OwnDisks.IsUnknown() &&
		m.Known(parts.FolderID, parts.ResourcePoolID, parts.HostID, parts.ClusterID, parts.DatastoreID)
}
