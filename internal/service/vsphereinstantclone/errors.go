package vsphereinstantclone

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/settings"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Creation describes the instant clone for diagnostics about its life.
func (m model) Creation() tfdiag.Creation { return m.CreationOf(typeName) }

// Operation describes an operation for the diagnostic of its failure: action is "rename", for one.
func (m model) Operation(action string, timeout path.Path) tfdiag.Operation {
	return m.OperationOf(action, timeout, m.attributes())
}

// Refused implements [lifecycle.Adapter]: it adds the VM that has the name already, and the privileges that a denied user lacks. It asks
// for both only now, and ignores a failure to get them: the error itself must get out.
func (a *adapter) Refused(ctx context.Context, plan model, err error) diag.Diagnostics {
	spec := plan.spec()
	spec.FolderID = a.search(ctx, plan).FolderID
	if apierr.Is(err, apierr.AlreadyExists) {
		if existing, ok := a.Existing(ctx, spec.SourceID, spec.FolderID, spec.Name); ok {
			return diag.Diagnostics{plan.Creation().AlreadyExists(existing)}
		}
	}
	op := plan.CreateOperationOf("make the instant clone", plan.attributes())
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Busy, apierr.InUse, apierr.Denied) {
		delete(op.Attributes, spec.SourceID) // every error of an instant clone names its source; these are not about it
	}
	if vm.Denied(err) {
		if missing, askErr := a.client.MissingInstantClonePrivileges(ctx, spec); askErr == nil {
			err = vm.WithMissing(err, missing)
		}
	}

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
	maps.Copy(found, vm.VimAttributes())
	delete(found, "spec.location.host") // an instant clone begins on its source's host
	for key, wanted := range interfaces.In(m.NetworkInterfaces) {
		found[key] = cards.AtMapKey(key)
		found[wanted.NetworkID.ValueString()] = cards.AtMapKey(key).AtName("network_id")
	}
	for key := range settings.Texts(m.SerialPorts) {
		found[key] = path.Root("serial_ports").AtMapKey(key)
	}
	for key := range settings.Texts(m.ParallelPorts) {
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
