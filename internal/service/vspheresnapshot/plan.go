package vspheresnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
)

// ModifyPlan decides what replaces the snapshot, makes the values unknown that a pending one will tell, and checks a new
// one against the live inventory.
func (r *snapshotResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return // destroy
	}
	var config, plan model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	if !req.State.Raw.IsNull() {
		var prior model
		resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
		if resp.Diagnostics.HasError() {
			return
		}
		if r.client != nil {
			r.session.keep(prior.ID.ValueString())
		}
		imported := lifecycle.Imported(ctx, req.Private)
		resp.RequiresReplace = replacements(&prior, &plan, imported)
		plan.forecast(&config, &prior)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)

		return // the CLI plans a replacement once more, as a new snapshot: that is when it is checked
	}

	if r.client == nil || r.session.Applying() {
		return // the provider's configuration is not known yet, or this was checked when it was planned
	}
	resp.Diagnostics.Append(r.check(ctx, &plan)...)
}

// forecast plans the computed values of a snapshot that exists, which stay, and of a pending one, which are unknown: so there
// is something to update, and the update waits for the snapshot and adopts it.
func (m *model) forecast(config, prior *model) {
	if !prior.pending() {
		m.PendingTaskID = types.StringNull()

		return
	}
	if config.Description.IsNull() {
		m.Description = types.StringUnknown()
	}
	m.ID = types.StringUnknown()
	m.CreatedAt = types.StringUnknown()
	m.PowerState = types.StringUnknown()
	m.Quiesced = types.BoolUnknown()
	m.IsCurrent = types.BoolUnknown()
	m.ParentSnapshotID = types.StringUnknown()
	m.PendingTaskID = types.StringUnknown()
}

// replacements returns the arguments whose change replaces the snapshot. How a snapshot was taken nobody can tell from an
// imported one: the first apply after an import writes down what the configuration says.
func replacements(prior, plan *model, imported bool) path.Paths {
	var paths path.Paths
	for name, values := range map[string][2]attr.Value{
		"memory":  {prior.Memory, plan.Memory},
		"quiesce": {prior.Quiesce, plan.Quiesce},
	} {
		if !imported && !values[0].Equal(values[1]) {
			paths.Append(path.Root(name))
		}
	}
	if !prior.VMID.Equal(plan.VMID) {
		paths.Append(path.Root("vm_id"))
	}

	return paths
}
