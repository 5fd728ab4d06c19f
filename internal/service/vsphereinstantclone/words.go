package vsphereinstantclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
)

// Creation describes the instant clone for the texts of its life.
func (m model) Creation() tfdiag.Creation { return m.CreationOf(typeName) }

// Operation describes one step for the text of its failure: action is "rename", for one.
func (m model) Operation(action string) tfdiag.Operation {
	return m.OperationOf(action, m.attributes())
}

// refused words the error of an instant clone that vCenter did not make: with the VM that has the name already, and with the
// privileges that a denied user lacks. Both are looked up only now, and best effort: the error itself must get out.
func (r *instantCloneResource) refused(ctx context.Context, plan model, err error) diag.Diagnostics {
	spec := plan.spec()
	spec.FolderID = r.search(ctx, plan).FolderID
	if apierr.Is(err, apierr.AlreadyExists) {
		if existing, ok := r.life().Existing(ctx, spec.SourceID, spec.FolderID, spec.Name); ok {
			return diag.Diagnostics{plan.Creation().AlreadyExists(existing)}
		}
	}
	op := plan.MakingOf("make the instant clone", plan.attributes())
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied) {
		delete(op.Attributes, spec.SourceID) // every error of an instant clone names its source; these are not about it
	}
	err = vmlifecycle.WithMissingPrivileges(err, func() ([]apierr.MissingPrivilege, error) {
		return r.client.MissingInstantClonePrivileges(ctx, spec)
	})

	return diag.Diagnostics{tfdiag.FromError(op, err)}
}

// attributes finds the attribute that an error is about: by the ids in the configuration and by the names of the request's
// properties.
func (m model) attributes() map[string]path.Path {
	place, cards := path.Root("placement"), path.Root("network_interfaces")
	found := map[string]path.Path{
		"spec.name":               path.Root("name"),
		"spec.location.folder":    place.AtName("folder_id"),
		"spec.location.pool":      place.AtName("resource_pool_id"),
		"spec.location.datastore": place.AtName("datastore_id"),
		"spec.config":             path.Root("extra_config"),
		"spec.biosUuid":           path.Root("bios_uuid"),
	}
	for key, wanted := range m.cards() {
		found[key] = cards.AtMapKey(key)
		found[wanted.NetworkID.ValueString()] = cards.AtMapKey(key).AtName("network_id")
	}
	for key := range texts(m.SerialPorts) {
		found[key] = path.Root("serial_ports").AtMapKey(key)
	}
	for key := range texts(m.ParallelPorts) {
		found[key] = path.Root("parallel_ports").AtMapKey(key)
	}

	parts := m.Parts()
	found[parts.FolderID.ValueString()] = place.AtName("folder_id")
	found[parts.ResourcePoolID.ValueString()] = place.AtName("resource_pool_id")
	found[parts.DatastoreID.ValueString()] = place.AtName("datastore_id")
	found[m.SourceVMID.ValueString()] = path.Root("source_vm_id")
	delete(found, "")

	return found
}
