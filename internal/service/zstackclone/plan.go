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

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
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
	resp.Diagnostics.Append(config.patienceWarning()...)
}

// contradictions returns an error for each pair of arguments that exclude one another.
func (m model) contradictions() diag.Diagnostics {
	var diags diag.Diagnostics
	if !m.Strategy.IsNull() && !m.Strategy.IsUnknown() && !m.PowerOn.IsNull() && !m.PowerOn.IsUnknown() &&
		m.PowerOn.ValueBool() != (m.Strategy.ValueString() == string(zstack.StrategyInstantStart)) {
		diags.Append(tfdiag.Conflict(path.Root("strategy"), "strategy and power_on contradict each other",
			fmt.Sprintf("strategy = %q and power_on = %t ask for opposite things. Remove strategy: it applies at creation only, "+
				"and power_on says whether it runs", m.Strategy.ValueString(), m.PowerOn.ValueBool())))
	}
	if m.Strategy.ValueString() == string(zstack.StrategyJustCreate) && (!m.CPUCount.IsNull() || !m.MemoryBytes.IsNull()) {
		diags.Append(tfdiag.Conflict(path.Root("strategy"), "A record can't be given CPUs and memory",
			"ZStack changes CPUs and memory of a machine that is Stopped or Running, and strategy = \"JustCreate\" makes neither. Use "+
				"strategy = \"CreateStopped\", or remove cpu_count and memory_bytes"))
	}
	if !m.DataVolumes.IsNull() && !m.DataVolumes.IsUnknown() && !m.Full.IsUnknown() && !m.Full.ValueBool() {
		diags.Append(tfdiag.Conflict(path.Root("data_volumes"), "No data volumes are cloned",
			"data_volumes says how data volumes are made, but only full = true clones them. Set full = true, or remove data_volumes"))
	}
	diags.Append(twice(path.Root("system_tags"), lifecycle.TextsIn(m.SystemTags), affinityGroupTag,
		path.Root("affinity_group_uuid"), m.AffinityGroupUUID)...)
	diags.Append(twice(path.Root("root_volume").AtName("system_tags"), lifecycle.TextsIn(setIn(m.RootVolume, "system_tags")), provisioningTag,
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

// Forecast plans the computed values of a VM that exists: those of the state, but for what a change affects. All of a pending one are
// unknown, so that there is something to update: the update waits for the clone and adopts it. So are those of a VM that was destroyed
// in part: the rest of the destroy comes first, and then a new VM.
func (m model) Forecast(config, prior model) model {
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
	m.CPUCount = orPrior(config.CPUCount, m.CPUCount, prior.CPUCount)
	m.MemoryBytes = orPrior(config.MemoryBytes, m.MemoryBytes, prior.MemoryBytes)
	m.IPAddresses = prior.IPAddresses
	m = m.forecastInterfaces(config, prior)
	m.DataVolumeUUIDs = prior.DataVolumeUUIDs
	switch {
	case prior.Pending(), prior.halfDestroyed():
		return m.forecastPending(config)
	case lifecycle.Differs(prior.PowerOn, m.PowerOn):
		m.State, m.CurrentHostUUID, m.CurrentClusterUUID = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
		m.IPAddresses = types.ListUnknown(types.StringType)
		m.NetworkInterfaces = openInterfaces(config.NetworkInterfaces)
		if m.DataVolumeUUIDs.IsNull() {
			m.DataVolumeUUIDs = types.ListUnknown(types.StringType)
		}
	}

	return m
}

// halfDestroyed reports whether a destroy began that did not end.
func (m model) halfDestroyed() bool { return m.State.ValueString() == string(zstack.VMDestroyed) }

func (m model) forecastPending(config model) model {
	if config.Description.IsNull() {
		m.Description = types.StringUnknown()
	}
	if config.PowerOn.IsNull() {
		m.PowerOn = types.BoolUnknown()
	}
	for _, text := range m.computed().texts {
		*text = types.StringUnknown()
	}
	m.CPUCount = orPrior(config.CPUCount, m.CPUCount, types.Int64Unknown())
	m.MemoryBytes = orPrior(config.MemoryBytes, m.MemoryBytes, types.Int64Unknown())
	m.IPAddresses = types.ListUnknown(types.StringType)
	m.NetworkInterfaces = openInterfaces(config.NetworkInterfaces)
	m.DataVolumeUUIDs = types.ListUnknown(types.StringType)

	return m
}

// Replaces returns the arguments whose change replaces the VM, and the computed attributes that show that nothing is left to change: of a
// VM that was destroyed in part, and of a pending one that can't be found.
func (m model) Replaces(prior model, notes lifecycle.Notes) (path.Paths, diag.Diagnostics) {
	changes := map[string][2]attr.Value{
		"source_vm_uuid":      {prior.SourceVMUUID, m.SourceVMUUID},
		"affinity_group_uuid": {prior.AffinityGroupUUID, m.AffinityGroupUUID},
		"cluster_uuid":        {prior.ClusterUUID, m.ClusterUUID},
		"host_uuid":           {prior.HostUUID, m.HostUUID},
	}
	if !lifecycle.SameParts(prior.RootVolume, m.RootVolume) {
		changes["root_volume"] = [2]attr.Value{prior.RootVolume, m.RootVolume}
	}
	if !lifecycle.SameParts(prior.DataVolumes, m.DataVolumes) {
		changes["data_volumes"] = [2]attr.Value{prior.DataVolumes, m.DataVolumes}
	}
	if !prior.Strategy.IsNull() && !m.Strategy.IsNull() { // unset, it says nothing of how the machine was made
		changes["strategy"] = [2]attr.Value{prior.Strategy, m.Strategy}
	}
	if m.Full.IsUnknown() || prior.Full.ValueBool() != m.Full.ValueBool() { // unset is false
		changes["full"] = [2]attr.Value{prior.Full, m.Full}
	}

	paths := lifecycle.Replacements(changes, notes.Imported)
	if prior.halfDestroyed() {
		paths.Append(path.Root("state"))
	}
	if prior.Pending() && notes.Forgotten {
		paths.Append(path.Root("pending_job_uuid"))
	}

	return paths, nil
}
