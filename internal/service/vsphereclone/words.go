package vsphereclone

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

// Creation describes the clone for the texts of its life.
func (m model) Creation() tfdiag.Creation { return m.CreationOf(typeName) }

// Operation describes one step for the text of its failure: action is "rename", for one.
func (m model) Operation(action string) tfdiag.Operation {
	return m.OperationOf(action, m.attributes())
}

// refused words the error of a clone that vCenter did not make: with the VM that has the name already, and with the
// privileges that a denied user lacks. Both are looked up only now, and best effort: the error itself must get out.
func (r *cloneResource) refused(ctx context.Context, plan model, err error) diag.Diagnostics {
	spec := plan.cloneSpec()
	if apierr.Is(err, apierr.AlreadyExists) {
		if existing, ok := r.life().Existing(ctx, spec.SourceID, spec.Placement.FolderID, spec.Name); ok {
			return diag.Diagnostics{plan.Creation().AlreadyExists(existing)}
		}
	}
	op := plan.MakingOf("clone", plan.attributes())
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied) {
		delete(op.Attributes, spec.SourceID) // every error of a clone names its source; these are not about it
	}
	err = vmlifecycle.WithMissingPrivileges(err, func() ([]apierr.MissingPrivilege, error) {
		return r.client.MissingClonePrivileges(ctx, spec)
	})

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// attributes finds the attribute that an error is about: by the ids in the configuration and by the names of the REST
// request's fields.
func (m model) attributes() map[string]path.Path {
	place := path.Root("placement")
	found := map[string]path.Path{
		"source":                        path.Root("source_vm_id"),
		"name":                          path.Root("name"),
		"placement.folder":              place.AtName("folder_id"),
		"placement.resource_pool":       place.AtName("resource_pool_id"),
		"placement.host":                place.AtName("host_id"),
		"placement.cluster":             place.AtName("cluster_id"),
		"placement.datastore":           place.AtName("datastore_id"),
		"disks_to_remove":               path.Root("disks_to_remove"),
		"disks_to_update":               path.Root("disks_to_update"),
		"guest_customization_spec":      path.Root("guest_customization_spec"),
		"guest_customization_spec.name": path.Root("guest_customization_spec").AtName("name"),
	}
	for _, name := range slices.Collect(maps.Keys(found)) {
		found["spec."+name] = found[name]
	}
	for key, datastore := range m.disksToUpdate() {
		found[datastore] = path.Root("disks_to_update").AtMapKey(key).AtName("datastore_id")
		found[key] = path.Root("disks_to_update").AtMapKey(key)
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
	found[m.customizationSpec().ValueString()] = path.Root("guest_customization_spec").AtName("name")
	found[m.SourceVMID.ValueString()] = path.Root("source_vm_id")
	delete(found, "")

	return found
}
