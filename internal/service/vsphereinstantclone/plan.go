package vsphereinstantclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm/interfaces"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// ValidateConfig refuses arguments that exclude one another.
func (r *instantCloneResource) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}

	resp.Diagnostics.Append(config.CheckSettings()...)
	resp.Diagnostics.Append(config.CheckTimeouts()...)
	resp.Diagnostics.Append(config.contradictingInterfaces()...)
	if !config.WaitForGuestIP.IsNull() && !config.WaitForGuestIP.IsUnknown() && config.PowerOn.Equal(types.BoolValue(false)) {
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

	before, after := prior.Parts(), m.Parts()
	if lifecycle.Differs(before.ResourcePoolID, after.ResourcePoolID) {
		m.HostID = types.StringUnknown()
	}
	if lifecycle.Differs(before.DatastoreID, after.DatastoreID) {
		m.Disks = types.MapUnknown(tfattr.VSphereDisksType())
	}
	if lifecycle.Differs(prior.PowerOn, m.PowerOn) {
		m.Attributes = m.PowerForecast()
		m.NetworkInterfaces = interfaces.Unset(m.NetworkInterfaces, config.NetworkInterfaces)
	}
	if config.NetworkInterfaces.IsNull() && len(interfaces.NewlyRemoved(prior.NetworkInterfacesToRemove, m.NetworkInterfacesToRemove)) > 0 {
		m.NetworkInterfaces = interfaces.Unset(m.NetworkInterfaces, config.NetworkInterfaces)
	}

	return m
}

// forecastPending makes everything unknown that the VM of a pending instant clone will tell, so that there is something to
// update: the update waits for the VM and adopts it.
func (m model) forecastPending(config model) model {
	biosUUID := m.BIOSUUID
	m.Attributes = m.PendingForecast(config.Attributes)
	if !config.BIOSUUID.IsNull() {
		m.BIOSUUID = biosUUID
	}
	m.Placement = m.Parts().UnknownUnlessSet(config.Parts()).Object(placementTypes)
	m.SourceFrozen = types.BoolUnknown()
	m.NetworkInterfaces = interfaces.Unset(m.NetworkInterfaces, config.NetworkInterfaces)

	return m
}

// Replaces returns the arguments whose change replaces the VM.
func (m model) Replaces(prior model, notes lifecycle.Notes) (path.Paths, diag.Diagnostics) {
	changes := map[string][2]attr.Value{
		"source_vm_id":   {prior.KnownSource(prior.Attributes), m.KnownSource(prior.Attributes)},
		"serial_ports":   {withoutLost(prior.SerialPorts, m.SerialPorts), m.SerialPorts},
		"parallel_ports": {withoutLost(prior.ParallelPorts, m.ParallelPorts), m.ParallelPorts},
		"bios_uuid":      {prior.BIOSUUID, m.BIOSUUID},

		argumentToRemove: m.replacingRemoved(prior),
	}
	if m.BIOSUUID.IsUnknown() || prior.Pending() && prior.BIOSUUID.IsNull() {
		delete(changes, "bios_uuid") // vCenter chooses it, or has not told it yet
	}

	return lifecycle.Replacements(changes, notes.Imported), nil
}
