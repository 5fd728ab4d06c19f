package vsphereftsecondary

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
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

// inWords names the secondary for texts.
func (m *model) inWords() string { return "FT secondary of " + m.PrimaryVMID.ValueString() }

// creation describes the secondary for the texts of its life cycle.
func (m *model) creation() tfdiag.Creation {
	words := tfdiag.Creation{
		ResourceType:     typeName,
		Object:           m.inWords(),
		Platform:         tfdiag.VSphere,
		TimeoutAttribute: createTimeout,
	}
	if id := m.PendingTaskID.ValueString(); id != lifecycle.UnknownTask {
		words.TaskID = id
	}

	return words
}

// operation describes one step for the text of its failure: action is "create", "disable" and so on. Its timeout is that of
// timeouts.create for "create", that of timeouts.update else.
func (m *model) operation(action string) tfdiag.Operation {
	op := tfdiag.Operation{
		Action:           fmt.Sprintf("%s the %s", action, m.inWords()),
		Platform:         tfdiag.VSphere,
		Attributes:       m.attributes(),
		TimeoutAttribute: updateTimeout,
	}
	if action == "create" {
		op.TimeoutAttribute = createTimeout
	}

	return op
}

// attributes finds the attribute that an error is about: by the ids in the configuration and by the names of the request's
// fields.
func (m *model) attributes() map[string]path.Path {
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

// connecting describes the attempt to reach vCenter at all.
func connecting() tfdiag.Operation {
	return tfdiag.Operation{Action: "connect to vCenter", Platform: tfdiag.VSphere}
}

// alreadyPaired is the error of a primary that is in a pair already.
func alreadyPaired(pair vsphere.FaultTolerance) diag.Diagnostic {
	return tfdiag.AlreadyFaultTolerant(path.Root("primary_vm_id"), typeName, pair.VMID, pair.PrimaryID, pair.SecondaryID)
}
