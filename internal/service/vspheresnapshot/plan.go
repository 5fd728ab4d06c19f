package vspheresnapshot

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// Forecast plans the computed values of a snapshot that exists, which stay, and of a pending one, which are unknown: so there is
// something to update, and the update waits for the snapshot and adopts it.
func (m model) Forecast(config, prior model) model {
	if !prior.Pending() {
		m.PendingTaskID = types.StringNull()

		return m
	}
	if config.Description.IsNull() {
		m.Description = types.StringUnknown()
	}
	m.ID = types.StringUnknown()
	m.InstanceUUID = types.StringUnknown()
	m.CreatedAt = types.StringUnknown()
	m.PowerState = types.StringUnknown()
	m.Quiesced = types.BoolUnknown()
	m.IsCurrent = types.BoolUnknown()
	m.ParentSnapshotID = types.StringUnknown()
	m.PendingTaskID = types.StringUnknown()

	return m
}

// Replaces returns the arguments whose change replaces the snapshot. How an imported snapshot was taken is not known: the first apply
// after the import writes down what the configuration says.
func (m model) Replaces(prior model, notes lifecycle.Notes) (path.Paths, diag.Diagnostics) {
	changes := map[string][2]attr.Value{"vm_id": {prior.VMID, m.VMID}}
	if !notes.Imported {
		changes["memory"] = [2]attr.Value{prior.Memory, m.Memory}
		changes["quiesce"] = [2]attr.Value{prior.Quiesce, m.Quiesce}
	}

	return lifecycle.Replacements(changes, false), nil
}
