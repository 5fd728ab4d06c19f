package vsphereftsecondary

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// Forecast plans the computed values of a pair that exists: as they are, but for what a change affects.
func (m model) Forecast(_, prior model) model {
	m.ID, m.State, m.SecondaryHostID = prior.ID, prior.State, prior.SecondaryHostID
	m.InstanceUUID, m.SecondaryInstanceUUID = prior.InstanceUUID, prior.SecondaryInstanceUUID
	m.PowerOnAttempted, m.PowerOnFault, m.Recommendations = prior.PowerOnAttempted, prior.PowerOnFault, prior.Recommendations
	m.PendingTaskID = types.StringNull()

	failsBack := !m.PrimaryVMID.Equal(prior.PrimaryVMID)
	switches := !m.Enabled.Equal(prior.Enabled)
	if failsBack || prior.Pending() {
		m.ID = types.StringUnknown()
		m.InstanceUUID, m.SecondaryInstanceUUID = types.StringUnknown(), types.StringUnknown()
	}
	if failsBack || prior.Pending() || switches || m.approves(prior) {
		m.State, m.SecondaryHostID = types.StringUnknown(), types.StringUnknown()
	}
	if prior.Pending() || switches || m.approves(prior) {
		m.PowerOnAttempted, m.PowerOnFault = types.BoolUnknown(), types.StringUnknown()
		m.Recommendations = types.ListUnknown(recommendationType)
	}
	if prior.Pending() {
		m.PendingTaskID = types.StringUnknown()
	}

	return m
}

// Replaces returns the arguments whose change replaces the secondary. A primary that is the pair's secondary now, after a fail-over, is
// failed back to in place; to replace such a pair would be to remove the very VM that the configuration wants to protect.
func (m model) Replaces(prior model, notes lifecycle.Notes) (path.Paths, diag.Diagnostics) {
	changes := map[string][2]attr.Value{
		"host_id":               {prior.HostID, m.HostID},
		"metadata_datastore_id": {prior.MetadataDatastoreID, m.MetadataDatastoreID},
		"config_datastore_id":   {prior.ConfigDatastoreID, m.ConfigDatastoreID},
		"disk_datastores":       {prior.DiskDatastores, m.DiskDatastores},
		"metro":                 {prior.Metro, m.Metro},
	}
	failedOver := !prior.Pending() && m.PrimaryVMID.Equal(prior.ID)
	if !failedOver {
		changes["primary_vm_id"] = [2]attr.Value{prior.PrimaryVMID, m.PrimaryVMID}
	}
	replaced := lifecycle.Replacements(changes, notes.Imported)
	if failedOver && len(replaced) > 0 {
		return replaced, diag.Diagnostics{
			tfdiag.FailBackFirst(replaced[0], m.PrimaryVMID.ValueString(), prior.PrimaryVMID.ValueString()),
		}
	}

	return replaced, nil
}
