package disks

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Present returns the disks of a VM by key, as the computed attribute disks tells them; nil where it is null or unknown.
func Present(attribute types.Map) map[string]vsphere.Disk {
	if attribute.IsNull() || attribute.IsUnknown() {
		return nil
	}
	present := make(map[string]vsphere.Disk, len(attribute.Elements()))
	for key, element := range attribute.Elements() {
		object, ok := element.(types.Object)
		if !ok {
			continue
		}
		text := func(name string) string { return lifecycle.StringIn(object, name).ValueString() }
		present[key] = vsphere.Disk{
			Label: text("label"), CapacityBytes: lifecycle.Int64In(object, "capacity_bytes").ValueInt64(), DatastoreID: text("datastore_id"),
			Provisioning: text("provisioning"), Mode: text("mode"), Controller: text("controller"),
			UnitNumber: int32(lifecycle.Int64In(object, "unit_number").ValueInt64()), UUID: text("uuid"), Parent: text("parent"),
		}
	}

	return present
}

// Labels returns the label of each disk by its key.
func Labels(present map[string]vsphere.Disk) map[string]string {
	labels := make(map[string]string, len(present))
	for key, disk := range present {
		labels[key] = disk.Label
	}

	return labels
}
