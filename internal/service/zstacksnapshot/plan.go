package zstacksnapshot

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// Forecast plans the computed values of a group that exists, which stay, and of a pending one, which are unknown: so there is something
// to update, and the update waits for the group and adopts it.
func (m model) Forecast(config, prior model) model {
	if !prior.Pending() {
		m.PendingJobUUID = types.StringNull()

		return m
	}
	if config.Description.IsNull() {
		m.Description = types.StringUnknown()
	}
	m.CreatedAt = types.StringUnknown()
	m.Snapshots = types.MapUnknown(snapshotType)
	m.Whole = types.BoolUnknown()
	m.PendingJobUUID = types.StringUnknown()

	return m
}

// Replaces returns the arguments whose change replaces the group: always the VM. Whether an imported group has a VM's memory is told by
// its snapshots alone, and they may be gone: the first apply after an import writes down what the configuration says.
func (m model) Replaces(prior model, notes lifecycle.Notes) (path.Paths, diag.Diagnostics) {
	paths := lifecycle.Replacements(map[string][2]attr.Value{"vm_uuid": {prior.VMUUID, m.VMUUID}}, false)
	if !notes.Imported {
		paths.Append(lifecycle.Replacements(map[string][2]attr.Value{"with_memory": {prior.WithMemory, m.WithMemory}}, false)...)
	}

	return paths, nil
}
