package vsphereclone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// The arguments that bound the operations, for texts about deadlines.
var (
	createTimeout = path.Root("timeouts").AtName("create")
	readTimeout   = path.Root("timeouts").AtName("read")
	updateTimeout = path.Root("timeouts").AtName("update")
	deleteTimeout = path.Root("timeouts").AtName("delete")
)

// inWords names the VM for texts.
func (m *model) inWords() string {
	if m.Name.ValueString() == "" {
		return "VM " + m.ID.ValueString()
	}

	return fmt.Sprintf("VM %q", m.Name.ValueString())
}

// creation describes the clone for the texts of its life cycle.
func (m *model) creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Source:           m.SourceVMID.ValueString(),
		Platform:         tfdiag.VSphere,
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: createTimeout,
	}
	if id := m.PendingTaskID.ValueString(); id != unknownTask {
		words.TaskID = id
	}

	return words
}

// operation describes one step for the text of its failure: action is "clone", "rename", …; its timeout is that of
// timeouts.create for "clone" and set by the caller else.
func (m *model) operation(action string) tfdiag.Operation {
	op := tfdiag.Operation{
		Action:           fmt.Sprintf("%s %s", action, m.inWords()),
		Platform:         tfdiag.VSphere,
		Attributes:       m.attributes(),
		NameAttribute:    path.Root("name"),
		TimeoutAttribute: updateTimeout,
	}
	if action == "clone" {
		op.Action = fmt.Sprintf("clone %s from %s", m.inWords(), m.SourceVMID.ValueString())
		op.TimeoutAttribute = createTimeout
	}

	return op
}

// connecting describes the step before all others.
func connecting() tfdiag.Operation {
	return tfdiag.Operation{Action: "connect to vCenter", Platform: tfdiag.VSphere}
}

// attributes finds the attribute that an error is about: by the ids in the configuration and by the names of the REST
// request's fields.
func (m *model) attributes() map[string]path.Path {
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

	parts := m.parts()
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

// existing finds the VM that has a new clone's name already, and where it comes from. What can't be found out is left
// out: this makes an error's text better, and never worse.
func (r *cloneResource) existing(ctx context.Context, spec vsphere.CloneSpec) (tfdiag.Existing, bool) {
	folder := spec.Placement.FolderID
	if folder == "" {
		source, err := r.client.VirtualMachine(ctx, spec.SourceID)
		if err != nil {
			return tfdiag.Existing{}, false
		}
		folder = source.Placement.FolderID
	}
	named, err := r.client.VMsNamed(ctx, folder, spec.Name)
	if err != nil || len(named) == 0 {
		return tfdiag.Existing{}, false
	}

	return r.origin(ctx, named[0]), true
}

// origin says who made a VM and when, as far as vCenter remembers, and whether a resource is known to have it.
func (r *cloneResource) origin(ctx context.Context, vm vsphere.Object) tfdiag.Existing {
	existing := tfdiag.Existing{ID: vm.ID, Path: vm.Path, Managed: r.session.claims.has(vm.ID)}
	if origin, err := r.client.Origin(ctx, vm.ID); err == nil {
		existing.CreatedBy, existing.CreatedAt, existing.SourceID = origin.User, origin.CreatedAt, origin.SourceID
	}

	return existing
}

// withMissingPrivileges adds to a denied clone's error which privileges the user lacks, where vCenter tells.
func (r *cloneResource) withMissingPrivileges(ctx context.Context, spec vsphere.CloneSpec, err error) error {
	var denied *apierr.Error
	if !errors.As(err, &denied) || len(denied.MissingPrivileges) > 0 {
		return err
	}
	missing, askErr := r.client.MissingClonePrivileges(ctx, spec)
	if askErr != nil || len(missing) == 0 {
		return err
	}
	explained := *denied
	explained.MissingPrivileges = missing

	return explained.Wrap(err)
}
