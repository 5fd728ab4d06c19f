package vsphereftsecondary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// ModifyPlan plans the computed values, decides what replaces the secondary, and checks a new one against the live
// inventory.
func (r *secondaryResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var prior *model
	if !req.State.Raw.IsNull() {
		prior = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
		r.session.claim(prior.PrimaryVMID.ValueString(), prior.ID.ValueString())
	}
	if req.Plan.Raw.IsNull() {
		return // destroy
	}
	var config, plan model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}

	if prior != nil {
		imported := lifecycle.Imported(ctx, req.Private)
		resp.RequiresReplace = replacements(prior, &plan, imported)
		if failedOver(prior, &plan) && len(resp.RequiresReplace) > 0 {
			resp.Diagnostics.Append(tfdiag.FailBackFirst(resp.RequiresReplace[0], plan.PrimaryVMID.ValueString(), prior.PrimaryVMID.ValueString()))

			return
		}
		plan.forecast(prior)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	}
	if r.client == nil || r.session.Applying() || prior != nil {
		return // nothing to ask, or this was checked when it was planned, or nothing new is made
	}
	check := &checks{resource: r, config: config, plan: plan}
	resp.Diagnostics.Append(check.run(ctx)...)
}

// forecast plans the computed values of a pair that exists: as they are, but for what a change affects.
func (m *model) forecast(prior *model) {
	m.ID, m.State, m.SecondaryHostID = prior.ID, prior.State, prior.SecondaryHostID
	m.PowerOnAttempted, m.PowerOnFault, m.Recommendations = prior.PowerOnAttempted, prior.PowerOnFault, prior.Recommendations
	m.PendingTaskID = types.StringNull()

	failsBack := !m.PrimaryVMID.Equal(prior.PrimaryVMID)
	switches := !m.Enabled.Equal(prior.Enabled)
	if failsBack || prior.pending() {
		m.ID = types.StringUnknown()
	}
	if failsBack || prior.pending() || switches || m.approves(prior) {
		m.State, m.SecondaryHostID = types.StringUnknown(), types.StringUnknown()
	}
	if prior.pending() || switches || m.approves(prior) {
		m.PowerOnAttempted, m.PowerOnFault = types.BoolUnknown(), types.StringUnknown()
		m.Recommendations = types.ListUnknown(recommendationType)
	}
	if prior.pending() {
		m.PendingTaskID = types.StringUnknown()
	}
}

// replacements returns the arguments whose change replaces the secondary. They only count when it is made, and nobody can
// tell from an imported one what it was made with: the first apply after an import writes down what the configuration says.
// A primary that is the pair's secondary now, after a fail-over, is failed back to in place.
func replacements(prior, plan *model, imported bool) path.Paths {
	var paths path.Paths
	for _, argument := range []struct {
		name          string
		before, after attr.Value
	}{
		{"host_id", prior.HostID, plan.HostID},
		{"metadata_datastore_id", prior.MetadataDatastoreID, plan.MetadataDatastoreID},
		{"config_datastore_id", prior.ConfigDatastoreID, plan.ConfigDatastoreID},
		{"disk_datastores", prior.DiskDatastores, plan.DiskDatastores},
		{"metro", prior.Metro, plan.Metro},
	} {
		if !argument.before.Equal(argument.after) && (!imported || !argument.before.IsNull()) {
			paths.Append(path.Root(argument.name))
		}
	}
	if !plan.PrimaryVMID.Equal(prior.PrimaryVMID) && !failedOver(prior, plan) {
		paths.Append(path.Root("primary_vm_id"))
	}

	return paths
}

// failedOver reports whether the planned primary is the pair's secondary now. To replace such a pair would be to remove the
// very VM that the configuration wants to protect.
func failedOver(prior, plan *model) bool { return !prior.pending() && plan.PrimaryVMID.Equal(prior.ID) }
