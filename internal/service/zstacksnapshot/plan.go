package zstacksnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
)

// ModifyPlan decides what replaces the group, makes the values unknown that a pending one will tell, and checks a new one
// against the live inventory.
func (r *snapshotResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // destroy
	}
	var config, plan model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(lifecycle.CheckTimeouts(plan.Timeouts)...)
	if resp.Diagnostics.HasError() {
		return
	}

	if !req.State.Raw.IsNull() {
		var prior model
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
		if resp.Diagnostics.HasError() {
			return
		}
		r.session.claims.Add(prior.ID.ValueString())
		resp.RequiresReplace = replacements(&prior, &plan, lifecycle.Imported(ctx, req.Private))
		plan.forecast(&config, &prior)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)

		return // the CLI plans a replacement once more, as a new group: that is when it is checked
	}

	if r.client == nil || r.session.Applying() {
		return // the provider's configuration is not known yet, or this was checked when it was planned
	}
	resp.Diagnostics.Append(r.check(ctx, &plan)...)
}

// forecast plans the computed values of a group that exists, which stay, and of a pending one, which are unknown: so there is
// something to update, and the update waits for the group and adopts it.
func (m *model) forecast(config, prior *model) {
	if !prior.pending() {
		m.PendingJobUUID = types.StringNull()

		return
	}
	if config.Description.IsNull() {
		m.Description = types.StringUnknown()
	}
	m.CreatedAt = types.StringUnknown()
	m.Snapshots = types.MapUnknown(snapshotType)
	m.Complete = types.BoolUnknown()
	m.PendingJobUUID = types.StringUnknown()
}

// replacements returns the arguments whose change replaces the group. The VM always counts. Whether an imported group has a
// VM's memory is told by its snapshots alone, and they may be gone: the first apply after an import writes down what the
// configuration says.
func replacements(prior, plan *model, imported bool) path.Paths {
	paths := lifecycle.Replacements(map[string][2]attr.Value{"vm_uuid": {prior.VMUUID, plan.VMUUID}}, false)
	if !imported {
		paths.Append(lifecycle.Replacements(map[string][2]attr.Value{"with_memory": {prior.WithMemory, plan.WithMemory}}, false)...)
	}

	return paths
}
