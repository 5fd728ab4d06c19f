package vsphereclone

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	vmdisks "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/disks"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// ValidateConfig refuses arguments that exclude one another.
func (r *cloneResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	updated := vmdisks.UpdatesIn(config.DisksToUpdate)
	for _, key := range config.disksToRemove() {
		if _, both := updated[key]; both {
			resp.Diagnostics.Append(tfdiag.Conflict(path.Root("disks_to_update").AtMapKey(key),
				"Disk "+key+" is in both disks_to_remove and disks_to_update",
				"A disk can be left out of the clone or placed on a datastore, not both. Remove it from one of them"))
		}
	}
	resp.Diagnostics.Append(config.checkDatastoreCluster()...)
	resp.Diagnostics.Append(config.checkEncryption()...)
	resp.Diagnostics.Append(config.checkTemplate()...)
	resp.Diagnostics.Append(config.contradictingInterfaces()...)
	resp.Diagnostics.Append(config.checkHardware()...)
	resp.Diagnostics.Append(config.CheckTimeouts()...)
	waits := !config.WaitForGuestIP.IsNull() && !config.WaitForGuestIP.IsUnknown()
	if waits && !config.PowerOn.IsUnknown() && !config.PowerOn.ValueBool() {
		resp.Diagnostics.Append(tfdiag.Conflict(path.Root("wait_for_guest_ip"), "Nothing to wait for",
			"A machine that is not powered on never reports an IP address. Set power_on = true, or remove wait_for_guest_ip"))
	}
}

// Forecast plans the computed values of a VM that exists. The schema's modifiers have kept all that the configuration does not set;
// what a change affects is unknown again.
func (m model) Forecast(config, prior model) model {
	if prior.Pending() {
		return m.forecastPending(config)
	}
	m.PendingTaskID = types.StringNull()

	before, wanted, after := prior.Parts(), config.Parts(), m.Parts()
	if lifecycle.Differs(before.ResourcePoolID, after.ResourcePoolID) || lifecycle.Differs(before.ClusterID, after.ClusterID) ||
		lifecycle.Differs(before.HostID, after.HostID) {
		after.ResourcePoolID = lifecycle.UnknownUnlessSet(after.ResourcePoolID, wanted.ResourcePoolID)
		after.ClusterID = lifecycle.UnknownUnlessSet(after.ClusterID, wanted.ClusterID)
		after.HostID = lifecycle.UnknownUnlessSet(after.HostID, wanted.HostID)
		m.Placement = after.Object(placementTypes)
		m.HostID = types.StringUnknown()
	}
	if m.leavesTemplate(prior) {
		m = m.forecastPool(config, prior)
	}
	if movesToCluster(before, after) {
		after.DatastoreID = types.StringUnknown()
		m.Placement = after.Object(placementTypes)
	}
	if lifecycle.Differs(before.DatastoreID, after.DatastoreID) {
		m.Disks = types.MapUnknown(tfattr.VSphereDisksType())
	}
	powers := lifecycle.Differs(prior.PowerOn, m.PowerOn)
	if powers {
		m.Attributes = m.PowerForecast()
	}
	m.disks = m.forecastDisks(config, prior)
	if m.DisksToUpdate.IsUnknown() || m.OwnDisks.IsUnknown() || vmdisks.Shows(m.wantedDisks(), vmdisks.Present(prior.Disks)) {
		m.Disks = types.MapUnknown(tfattr.VSphereDisksType())
	}
	m.networkInterfaces = m.forecastInterfaces(config.networkInterfaces, prior.networkInterfaces, powers)

	return m
}

// forecastDisks plans the disks of a machine that exists.
func (m model) forecastDisks(config, prior model) disks {
	moves := lifecycle.Differs(prior.Parts().DatastoreID, m.Parts().DatastoreID)
	m.DisksToAdd = vmdisks.AddedForecast(m.DisksToAdd, config.DisksToAdd, prior.DisksToAdd, moves)
	if !m.DisksToAdd.Equal(prior.DisksToAdd) {
		m.OwnDisks = types.MapUnknown(types.StringType)
	}

	return m.disks
}

// forecastPending makes everything unknown that the VM of a pending clone will tell, so that there is something to update:
// the update waits for the clone and adopts it.
func (m model) forecastPending(config model) model {
	m.Attributes = m.PendingForecast(config.Attributes)
	m.Placement = m.Parts().UnknownUnlessSet(config.Parts()).Object(placementTypes)
	m.networkInterfaces = m.openInterfaces(config.networkInterfaces)

	return m
}

// Replaces returns the arguments whose change replaces the VM.
func (m model) Replaces(prior model, notes lifecycle.Notes) (path.Paths, diag.Diagnostics) {
	changes := map[string][2]attr.Value{"source_vm_id": {prior.KnownSource(prior.Attributes), m.KnownSource(prior.Attributes)}}
	maps.Copy(changes, m.replacingOrigin(prior.origin))
	maps.Copy(changes, m.replacingDisks(prior.disks))
	maps.Copy(changes, m.replacingInterfaces(prior.networkInterfaces))

	return lifecycle.Replacements(changes, notes.Imported), nil
}
