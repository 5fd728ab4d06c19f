package vsphereclone

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

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

	updated := config.disksToUpdate()
	for _, key := range config.disksToRemove() {
		if _, both := updated[key]; both {
			resp.Diagnostics.Append(tfdiag.Conflict(path.Root("disks_to_update").AtMapKey(key),
				"Disk "+key+" is in both disks_to_remove and disks_to_update",
				"A disk can be left out of the clone or placed on a datastore, not both. Remove it from one of them"))
		}
	}
	resp.Diagnostics.Append(config.checkTimeouts()...)
	if !config.WaitForGuestIP.IsNull() && !config.PowerOn.IsUnknown() && !config.PowerOn.ValueBool() {
		resp.Diagnostics.Append(tfdiag.Conflict(path.Root("wait_for_guest_ip"), "Nothing to wait for",
			"A machine that is not powered on never reports an IP address. Set power_on = true, or remove wait_for_guest_ip"))
	}
}

// checkTimeouts refuses a known timeout that leaves no time: the schema of timeouts takes every length, negative ones too.
func (m *model) checkTimeouts() diag.Diagnostics {
	var diags diag.Diagnostics
	for name, value := range m.Timeouts.Attributes() {
		text, ok := value.(types.String)
		if !ok {
			continue
		}
		if length, err := time.ParseDuration(text.ValueString()); err != nil || length > 0 {
			continue // the schema has refused what is no length of time
		}
		_, problem := tfattr.Duration{StringValue: text}.Length(path.Root("timeouts").AtName(name), 0)
		diags.Append(problem...)
	}

	return diags
}

// ModifyPlan makes those computed values unknown that a change affects, decides what replaces the VM, and checks what is
// about to change against the live inventory.
func (r *cloneResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
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
		r.session.claims.add(prior.ID.ValueString())
		var imported bool
		loadKey(ctx, req.Private, privateImported, &imported)
		resp.RequiresReplace = replacements(prior, &plan, imported)
		plan.forecast(&config, prior)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}

	if r.client == nil || r.session.applying.Load() || resp.Diagnostics.HasError() {
		return // the provider's configuration is not known yet, or this was checked when it was planned
	}
	check := &checks{resource: r, config: config, plan: plan, prior: prior, replaces: len(resp.RequiresReplace) > 0}
	resp.Diagnostics.Append(check.run(ctx)...)
}

// forecast plans the computed values of a VM that exists. The schema's modifiers have kept all that the configuration does
// not set; what a change affects is unknown again.
func (m *model) forecast(config, prior *model) {
	if prior.pending() {
		m.forecastPending(config)

		return
	}
	m.PendingTaskID = types.StringNull()

	before, wanted, after := prior.parts(), config.parts(), m.parts()
	if differs(before.ResourcePoolID, after.ResourcePoolID) || differs(before.ClusterID, after.ClusterID) ||
		differs(before.HostID, after.HostID) {
		after.ResourcePoolID = unknownUnlessSet(after.ResourcePoolID, wanted.ResourcePoolID)
		after.ClusterID = unknownUnlessSet(after.ClusterID, wanted.ClusterID)
		after.HostID = unknownUnlessSet(after.HostID, wanted.HostID)
		m.Placement = after.object()
		m.HostID = types.StringUnknown()
	}
	if differs(before.DatastoreID, after.DatastoreID) {
		m.Disks = types.MapUnknown(tfattr.VSphereDisksType())
	}
	if differs(prior.PowerOn, m.PowerOn) {
		m.PowerState = types.StringUnknown()
		m.HostID = types.StringUnknown()
		m.NetworkInterfaces = types.MapUnknown(tfattr.VSphereNetworkInterfacesType())
		m.GuestIPAddresses = types.ListUnknown(types.StringType)
	}
}

// forecastPending makes everything unknown that the VM of a pending clone will tell, so that there is something to update:
// the update waits for the clone and adopts it.
func (m *model) forecastPending(config *model) {
	wanted, after := config.parts(), m.parts()
	after.FolderID = unknownUnlessSet(after.FolderID, wanted.FolderID)
	after.ResourcePoolID = unknownUnlessSet(after.ResourcePoolID, wanted.ResourcePoolID)
	after.HostID = unknownUnlessSet(after.HostID, wanted.HostID)
	after.ClusterID = unknownUnlessSet(after.ClusterID, wanted.ClusterID)
	after.DatastoreID = unknownUnlessSet(after.DatastoreID, wanted.DatastoreID)
	m.Placement = after.object()
	if config.PowerOn.IsNull() {
		m.PowerOn = types.BoolUnknown()
	}

	m.ID = types.StringUnknown()
	m.InstanceUUID = types.StringUnknown()
	m.BIOSUUID = types.StringUnknown()
	m.PowerState = types.StringUnknown()
	m.HostID = types.StringUnknown()
	m.Disks = types.MapUnknown(tfattr.VSphereDisksType())
	m.NetworkInterfaces = types.MapUnknown(tfattr.VSphereNetworkInterfacesType())
	m.GuestIPAddresses = types.ListUnknown(types.StringType)
	m.PendingTaskID = types.StringUnknown()
}

// complete reports whether a plan leaves nothing for the platform to tell.
func (m *model) complete() bool {
	parts := m.parts()
	for _, value := range []attr.Value{
		parts.FolderID, parts.ResourcePoolID, parts.HostID, parts.ClusterID, parts.DatastoreID, m.PowerOn, m.ID, m.InstanceUUID,
		m.BIOSUUID, m.PowerState, m.HostID, m.Disks, m.NetworkInterfaces, m.GuestIPAddresses, m.PendingTaskID,
	} {
		if value.IsUnknown() {
			return false
		}
	}

	return true
}

// replacements returns the arguments whose change replaces the VM. They only count when it is made, and nobody can tell
// from an imported VM what it was made with: the first apply after an import writes down what the configuration says.
func replacements(prior, plan *model, imported bool) path.Paths {
	var paths path.Paths
	for name, values := range map[string][2]attr.Value{
		"source_vm_id":             {prior.SourceVMID, plan.SourceVMID},
		"disks_to_remove":          {prior.DisksToRemove, plan.DisksToRemove},
		"disks_to_update":          {prior.DisksToUpdate, plan.DisksToUpdate},
		"guest_customization_spec": {prior.GuestCustomizationSpec, plan.GuestCustomizationSpec},
	} {
		before, after := values[0], values[1]
		if !before.Equal(after) && (!none(before) || !none(after)) && (!imported || !before.IsNull()) {
			paths.Append(path.Root(name))
		}
	}

	return paths
}

// none reports whether an argument names nothing: modules pass an empty list for "no disks" as often as null.
func none(value attr.Value) bool {
	switch value := value.(type) {
	case types.Set:
		return !value.IsUnknown() && len(value.Elements()) == 0
	case types.Map:
		return !value.IsUnknown() && len(value.Elements()) == 0
	default:
		return value.IsNull()
	}
}

// differs reports whether a planned value is another one than the state's, or may be.
func differs(before, after attr.Value) bool { return !after.Equal(before) }

// unknownUnlessSet returns the planned value where the configuration sets it.
func unknownUnlessSet(planned, wanted types.String) types.String {
	if wanted.IsNull() {
		return types.StringUnknown()
	}

	return planned
}
