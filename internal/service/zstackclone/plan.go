package zstackclone

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// ValidateConfig refuses arguments that exclude one another.
func (r *cloneResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(lifecycle.CheckTimeouts(config.Timeouts)...)
	resp.Diagnostics.Append(config.contradictions()...)
}

// contradictions returns an error for each pair of arguments that exclude one another.
func (m *model) contradictions() diag.Diagnostics {
	var diags diag.Diagnostics
	if !m.Strategy.IsNull() && !m.Strategy.IsUnknown() && !m.PowerOn.IsNull() && !m.PowerOn.IsUnknown() &&
		m.PowerOn.ValueBool() != (m.Strategy.ValueString() == string(zstack.StrategyInstantStart)) {
		diags.Append(tfdiag.Conflict(path.Root("strategy"), "strategy and power_on contradict each other",
			fmt.Sprintf("strategy = %q and power_on = %t ask for opposite things. Remove strategy: it only counts when the machine is "+
				"made, and power_on says whether it runs", m.Strategy.ValueString(), m.PowerOn.ValueBool())))
	}
	if !m.DataVolumes.IsNull() && !m.DataVolumes.IsUnknown() && !m.Full.IsUnknown() && !m.Full.ValueBool() {
		diags.Append(tfdiag.Conflict(path.Root("data_volumes"), "No data volumes are cloned",
			"data_volumes says how data volumes are made, but only full = true clones them. Set full = true, or remove data_volumes"))
	}
	diags.Append(twice(path.Root("system_tags"), texts(m.SystemTags), affinityGroupTag,
		path.Root("affinity_group_uuid"), m.AffinityGroupUUID)...)
	diags.Append(twice(path.Root("root_volume").AtName("system_tags"), texts(setIn(m.RootVolume, "system_tags")), provisioningTag,
		path.Root("root_volume").AtName("provisioning_strategy"), lifecycle.StringIn(m.RootVolume, "provisioning_strategy"))...)

	return diags
}

// twice returns an error where a tag says what an argument of its own says too.
func twice(at path.Path, tags []string, key string, argument path.Path, value types.String) diag.Diagnostics {
	var diags diag.Diagnostics
	given := 0
	for _, tag := range tags {
		if !strings.HasPrefix(tag, key) {
			continue
		}
		if given++; !value.IsNull() || given > 1 {
			other := argument.String()
			if value.IsNull() {
				other = at.String()
			}
			diags.Append(tfdiag.Conflict(at.AtSetValue(types.StringValue(tag)), "A tag is given twice",
				fmt.Sprintf("The tag %q says once more what %s says. Remove one of them", tag, other)))
		}
	}

	return diags
}

// ModifyPlan plans the computed values, decides what replaces the VM, and checks what is about to change against the live
// inventory.
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
		r.session.claims.Add(prior.ID.ValueString())
		resp.RequiresReplace = replacements(prior, &plan, lifecycle.Imported(ctx, req.Private))
		plan.forecast(&config, prior)
		if prior.halfDestroyed() { // the rest of the destroy, and then a new VM
			plan.forecastPending(&config)
			resp.RequiresReplace.Append(path.Root("state"))
		}
		if prior.pending() && forgotten(ctx, req.Private) { // there is nothing to adopt
			resp.RequiresReplace.Append(path.Root("pending_job_uuid"))
		}
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}

	if r.client == nil || r.session.Applying() || resp.Diagnostics.HasError() {
		return // the provider's configuration is not known yet, or this was checked when it was planned
	}
	check := &checks{resource: r, plan: &plan, prior: prior, replaces: len(resp.RequiresReplace) > 0}
	resp.Diagnostics.Append(check.run(ctx)...)
}

// forecast plans the computed values of a VM that exists: those of the state, but for what a change affects. All of a pending
// one are unknown, so that there is something to update: the update waits for the clone and adopts it.
func (m *model) forecast(config, prior *model) {
	if config.Description.IsNull() {
		m.Description = prior.Description
	}
	if config.PowerOn.IsNull() {
		m.PowerOn = prior.PowerOn
	}
	before := prior.computed().texts
	for i, text := range m.computed().texts {
		*text = *before[i]
	}
	m.CPUCount, m.MemoryBytes = prior.CPUCount, prior.MemoryBytes
	m.IPAddresses, m.NetworkInterfaces = prior.IPAddresses, prior.NetworkInterfaces
	m.DataVolumeUUIDs = prior.DataVolumeUUIDs
	switch {
	case prior.pending():
		m.forecastPending(config)
	case lifecycle.Differs(prior.PowerOn, m.PowerOn):
		m.State, m.CurrentHostUUID, m.CurrentClusterUUID = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
		m.IPAddresses = types.ListUnknown(types.StringType)
		m.NetworkInterfaces = types.MapUnknown(tfattr.ZStackNetworkInterfacesType())
		if m.DataVolumeUUIDs.IsNull() {
			m.DataVolumeUUIDs = types.ListUnknown(types.StringType)
		}
	}
}

// halfDestroyed reports whether a destroy began that did not end.
func (m *model) halfDestroyed() bool { return m.State.ValueString() == string(zstack.VMDestroyed) }

func (m *model) forecastPending(config *model) {
	if config.Description.IsNull() {
		m.Description = types.StringUnknown()
	}
	if config.PowerOn.IsNull() {
		m.PowerOn = types.BoolUnknown()
	}
	for _, text := range m.computed().texts {
		*text = types.StringUnknown()
	}
	m.CPUCount, m.MemoryBytes = types.Int64Unknown(), types.Int64Unknown()
	m.IPAddresses = types.ListUnknown(types.StringType)
	m.NetworkInterfaces = types.MapUnknown(tfattr.ZStackNetworkInterfacesType())
	m.DataVolumeUUIDs = types.ListUnknown(types.StringType)
}

// replacements returns the arguments whose change replaces the VM.
func replacements(prior, plan *model, imported bool) path.Paths {
	changes := map[string][2]attr.Value{
		"source_vm_uuid":      {prior.SourceVMUUID, plan.SourceVMUUID},
		"affinity_group_uuid": {prior.AffinityGroupUUID, plan.AffinityGroupUUID},
		"root_volume":         {prior.RootVolume, plan.RootVolume},
		"data_volumes":        {prior.DataVolumes, plan.DataVolumes},
		"cluster_uuid":        {prior.ClusterUUID, plan.ClusterUUID},
		"host_uuid":           {prior.HostUUID, plan.HostUUID},
	}
	if !prior.Strategy.IsNull() && !plan.Strategy.IsNull() { // unset, it says nothing of how the machine was made
		changes["strategy"] = [2]attr.Value{prior.Strategy, plan.Strategy}
	}
	if plan.Full.IsUnknown() || prior.Full.ValueBool() != plan.Full.ValueBool() { // unset is false
		changes["full"] = [2]attr.Value{prior.Full, plan.Full}
	}

	return lifecycle.Replacements(changes, imported)
}
