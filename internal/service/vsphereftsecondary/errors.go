package vsphereftsecondary

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// inWords names the secondary for diagnostics.
func (m model) inWords() string { return "FT secondary of " + m.PrimaryVMID.ValueString() }

// Creation describes the secondary for diagnostics about its life.
func (m model) Creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Platform:         tfdiag.VSphere,
		TimeoutAttribute: lifecycle.CreateTimeout,
	}
	if id := m.PendingTaskID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// Operation describes an operation for the diagnostic of its failure: action is "disable", for one.
func (m model) Operation(action string, timeout path.Path) tfdiag.Operation {
	return tfdiag.Operation{
		Action:           fmt.Sprintf("%s the %s", action, m.inWords()),
		Platform:         tfdiag.VSphere,
		Attributes:       m.attributes(),
		TimeoutAttribute: timeout,
	}
}

// Refused implements [lifecycle.Adapter]: it adds the privilege that a denied user lacks.
func (a *adapter) Refused(ctx context.Context, plan model, err error) diag.Diagnostics {
	primary := plan.PrimaryVMID.ValueString()
	op := plan.Operation("create", lifecycle.CreateTimeout)
	if !apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Unsupported, apierr.Busy, apierr.Denied) {
		delete(op.Attributes, primary) // every error names the primary; these are not about it
	}
	if isAboutHost(err) && !plan.HostID.IsNull() {
		op.Attributes = map[string]path.Path{primary: path.Root("host_id")}
	}
	if isTooOld(err) {
		op.Attributes = nil
		if _, metro := plan.hostGroup(); metro {
			op.Attributes = map[string]path.Path{primary: path.Root("metro")}
		}
	}

	return diag.Diagnostics{tfdiag.FromError(op, a.explained(ctx, primary, err, privilegeCreate))}
}

// attributes finds the attribute that an error is about: by the ids in the configuration and by the names of the request's
// fields.
func (m model) attributes() map[string]path.Path {
	found := map[string]path.Path{
		"host":                                path.Root("host_id"),
		"spec.metaDataPath":                   path.Root("metadata_datastore_id"),
		"spec.metaDataPath.metaDataDatastore": path.Root("metadata_datastore_id"),
		"spec.secondaryVmSpec.vmConfig":       path.Root("config_datastore_id"),
		"spec.secondaryVmSpec.disks":          path.Root("disk_datastores"),
		"spec.metroFtEnabled":                 path.Root("metro"),
		"spec.metroFtHostGroup":               path.Root("metro").AtName("host_group"),
		m.MetadataDatastoreID.ValueString():   path.Root("metadata_datastore_id"),
		m.ConfigDatastoreID.ValueString():     path.Root("config_datastore_id"),
	}
	for key, datastore := range m.diskDatastores() {
		found[datastore] = path.Root("disk_datastores").AtMapKey(key)
		found[key] = path.Root("disk_datastores").AtMapKey(key)
	}
	if group, ok := m.hostGroup(); ok {
		found[group.ValueString()] = path.Root("metro").AtName("host_group")
	}
	found[m.HostID.ValueString()] = path.Root("host_id")
	found[m.PrimaryVMID.ValueString()] = path.Root("primary_vm_id")
	delete(found, "")

	return found
}

// alreadyPaired is the error of a primary that is in a pair already. For unseen see [lifecycle.Planned].
func (a *adapter) alreadyPaired(ctx context.Context, pair vsphere.FaultTolerance, unseen bool) diag.Diagnostic {
	origin, err := a.client.SecondaryOrigin(ctx, pair.PrimaryID, pair.SecondaryID)
	if err != nil {
		a.logger.DebugContext(ctx, "It is not known who made the secondary", "error", err.Error())
	}

	return tfdiag.AlreadyFaultTolerant(path.Root("primary_vm_id"), typeName, pair.VMID, pair.PrimaryID, pair.SecondaryID,
		tfdiag.Existing{
			Unseen: unseen, BlocksLater: a.shared.Process.BlocksLater(), CreatedBy: origin.User, CreatedAt: origin.CreatedAt,
		})
}
