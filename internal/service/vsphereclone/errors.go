package vsphereclone

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Creation describes the clone for diagnostics about its life.
func (m model) Creation() tfdiag.Creation { return m.CreationOf(typeName) }

// Operation describes an operation for the diagnostic of its failure: action is "rename", for one.
func (m model) Operation(action string, timeout path.Path) tfdiag.Operation {
	return m.OperationOf(action, timeout, m.attributes())
}

// Refused implements [lifecycle.Adapter]: it adds the VM that has the name already, and the privileges that a denied user lacks. It asks
// for both only now, and ignores a failure to get them: the error itself must get out.
func (a *adapter) Refused(ctx context.Context, plan model, err error) diag.Diagnostics {
	spec := plan.cloneSpec(plan)
	if apierr.Is(err, apierr.AlreadyExists) {
		if existing, ok := a.Existing(ctx, spec.SourceID, spec.Placement.FolderID, spec.Name); ok {
			return diag.Diagnostics{plan.Creation().AlreadyExists(existing)}
		}
	}
	op := plan.CreateOperationOf("clone", plan.attributes())
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied) {
		delete(op.Attributes, spec.SourceID) // every error of a clone names its source; these are not about it
	}
	if vm.Denied(err) {
		if missing, askErr := a.client.MissingClonePrivileges(ctx, spec); askErr == nil {
			err = vm.WithMissing(err, missing)
		}
	}

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// attributes finds the attribute that an error is about: by the ids in the configuration and by the names of the REST
// request's fields.
func (m model) attributes() map[string]path.Path {
	place := path.Root("placement")
	found := map[string]path.Path{
		"source":                  path.Root("source_vm_id"),
		"name":                    path.Root("name"),
		"placement.folder":        place.AtName("folder_id"),
		"placement.resource_pool": place.AtName("resource_pool_id"),
		"placement.host":          place.AtName("host_id"),
		"placement.cluster":       place.AtName("cluster_id"),
		"placement.datastore":     place.AtName("datastore_id"),

		"storageSpec.podSelectionSpec.storagePod": place.AtName(argumentDatastoreCluster),
		"disks_to_remove":                         path.Root("disks_to_remove"),
		"disks_to_update":                         path.Root("disks_to_update"),
		"guest_customization_spec":                path.Root("guest_customization_spec"),
		"guest_customization_spec.name":           path.Root("guest_customization_spec").AtName("name"),
	}
	found["snapshot"], found["tpmProvisionPolicy"] = path.Root("snapshot_id"), path.Root("tpm_provision_policy")
	found["location.profile.profileId"] = path.Root(argumentPolicy)
	for _, name := range slices.Collect(maps.Keys(found)) {
		found["spec."+name] = found[name]
	}
	maps.Copy(found, hardwareAttributesOf())
	maps.Copy(found, vm.VimAttributes())
	found[vsphere.AddedDisk], found[vsphere.AddedInterface] = path.Root("disks_to_add"), path.Root(argumentToAdd)
	for key, datastore := range m.disksToUpdate() {
		found[datastore] = path.Root("disks_to_update").AtMapKey(key).AtName("datastore_id")
	}
	for key := range vmdisks.UpdatesIn(m.DisksToUpdate) {
		found[key] = path.Root("disks_to_update").AtMapKey(key)
	}
	for key, wanted := range interfaces.In(m.NetworkInterfaces) {
		found[key] = path.Root(argumentInterfaces).AtMapKey(key)
		found[wanted.NetworkID.ValueString()] = path.Root(argumentInterfaces).AtMapKey(key).AtName("network_id")
	}
	for name, wanted := range interfaces.AddedIn(m.NetworkInterfacesToAdd) {
		found[wanted.NetworkID.ValueString()] = path.Root(argumentToAdd).AtMapKey(name).AtName("network_id")
	}
	for _, key := range m.disksToRemove() {
		found[key] = path.Root("disks_to_remove")
	}

	parts := m.Parts()
	found[parts.FolderID.ValueString()] = place.AtName("folder_id")
	found[parts.ResourcePoolID.ValueString()] = place.AtName("resource_pool_id")
	found[parts.HostID.ValueString()] = place.AtName("host_id")
	found[parts.ClusterID.ValueString()] = place.AtName("cluster_id")
	found[parts.DatastoreID.ValueString()] = place.AtName("datastore_id")
	found[parts.DatastoreClusterID.ValueString()] = place.AtName(argumentDatastoreCluster)
	found[m.customizationSpec().ValueString()] = path.Root("guest_customization_spec").AtName("name")
	found[m.keyProvider().ValueString()] = path.Root(argumentEncryption).AtName("key_provider_id")
	found[m.StoragePolicyID.ValueString()] = path.Root(argumentPolicy)
	found[m.SnapshotID.ValueString()] = path.Root("snapshot_id")
	found[m.SourceVMID.ValueString()] = path.Root("source_vm_id")
	delete(found, "")

	return found
}
