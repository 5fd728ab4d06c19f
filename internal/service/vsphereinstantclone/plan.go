package vsphereinstantclone

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
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

	secret := config.ExtraConfigWO.Elements()
	for _, key := range slices.Sorted(maps.Keys(config.ExtraConfig.Elements())) {
		if _, both := secret[key]; both {
			resp.Diagnostics.Append(tfdiag.Conflict(path.Root("extra_config").AtMapKey(key),
				key+" is in both extra_config and extra_config_wo",
				"A key has one value, which is either in the state or not. Remove it from one of them"))
		}
	}
	resp.Diagnostics.Append(config.CheckTimeouts()...)
	if !config.WaitForGuestIP.IsNull() && !config.WaitForGuestIP.IsUnknown() && config.PowerOn.Equal(types.BoolValue(false)) {
		resp.Diagnostics.Append(tfdiag.Conflict(path.Root("wait_for_guest_ip"), "Nothing to wait for",
			"A machine that is not powered on never reports an IP address. Set power_on = true, or remove wait_for_guest_ip"))
	}
}

// ModifyPlan makes those computed values unknown that a change affects, decides what replaces the VM, and checks what is
// about to change against the live inventory.
func (r *instantCloneResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // destroy
	}
	var config, plan model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	var prior *model
	if !req.State.Raw.IsNull() {
		prior = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
		if resp.Diagnostics.HasError() {
			return
		}
		r.session.Own(prior.ID.ValueString())
		resp.RequiresReplace = replacements(prior, &plan, lifecycle.Imported(ctx, req.Private))
		plan.forecast(&config, prior)
		r.session.PlanPower(prior.ID.ValueString(), plan.PowerOn)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}

	if r.client == nil || r.session.Applying() || resp.Diagnostics.HasError() {
		return // the provider's configuration is not known yet, or this was checked when it was planned
	}
	check := &checks{Checks: vmlifecycle.Checks{Machines: &r.life().Machines}, resource: r, config: config, plan: plan, prior: prior, replaces: len(resp.RequiresReplace) > 0}
	resp.Diagnostics.Append(check.run(ctx)...)
}

// forecast plans the computed values of a VM that exists. The schema's modifiers have kept all that the configuration does
// not set; what a change affects is unknown again.
func (m *model) forecast(config, prior *model) {
	if prior.Pending() {
		m.forecastPending(config)

		return
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
		m.openCards(config)
	}
}

// forecastPending makes everything unknown that the VM of a pending instant clone will tell, so that there is something to
// update: the update waits for the VM and adopts it.
func (m *model) forecastPending(config *model) {
	biosUUID := m.BIOSUUID
	m.Attributes = m.PendingForecast(config.Attributes)
	if !config.BIOSUUID.IsNull() {
		m.BIOSUUID = biosUUID
	}
	m.Placement = m.Parts().UnknownUnlessSet(config.Parts()).Object(placementTypes)
	m.SourceFrozen = types.BoolUnknown()
	m.openCards(config)
}

// openCards makes everything unknown of the cards that the configuration does not set.
func (m *model) openCards(config *model) {
	if config.NetworkInterfaces.IsNull() {
		m.NetworkInterfaces = types.MapUnknown(cardType())
	}
	if m.NetworkInterfaces.IsUnknown() || config.NetworkInterfaces.IsUnknown() {
		return
	}
	wanted, open := config.cards(), map[string]card{}
	for key, planned := range m.cards() {
		open[key] = planned.unset(wanted[key])
	}
	m.NetworkInterfaces = cardsValue(open)
}

// replacements returns the arguments whose change replaces the VM.
func replacements(prior, plan *model, imported bool) path.Paths {
	changes := map[string][2]attr.Value{
		"source_vm_id":   {prior.SourceVMID, plan.SourceVMID},
		"serial_ports":   {prior.SerialPorts, plan.SerialPorts},
		"parallel_ports": {prior.ParallelPorts, plan.ParallelPorts},
		"bios_uuid":      {prior.BIOSUUID, plan.BIOSUUID},
	}
	if plan.BIOSUUID.IsUnknown() || prior.Pending() && prior.BIOSUUID.IsNull() {
		delete(changes, "bios_uuid") // vCenter chooses it, or has not told it yet
	}

	return lifecycle.Replacements(changes, imported)
}
