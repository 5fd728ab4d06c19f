package vsphereftsecondary

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// mayCreate checks the privileges to create a secondary, once for all primaries of a folder, and to have it powered on where DRS leaves that to an
// approval.
func (c *checks) mayCreate(ctx context.Context, primary *vsphere.VirtualMachine) diag.Diagnostics {
	privileges := []string{privilegeCreate}
	if !c.plan.Enabled.IsUnknown() && !c.plan.Enabled.ValueBool() {
		privileges = append(privileges, privilegeDisable)
	}
	op := c.plan.Operation("create", lifecycle.CreateTimeout)
	asked := c.onPrimary(op, primary.ID, primary.Placement.FolderID, privileges...)
	questions := []lifecycle.Check{func(ctx context.Context) diag.Diagnostics { return asked.Check(ctx, c.shared) }}
	if c.plan.ApplyDRSRecommendation.ValueBool() && primary.PowerState == vsphere.PoweredOn {
		questions = append(questions, func(ctx context.Context) diag.Diagnostics {
			return c.mayApprove(ctx, op, primary.ID, primary.Placement.ClusterID)
		})
	}

	return lifecycle.RunChecks(ctx, questions)
}

// mayApprove checks the privilege to apply what DRS recommends, where the cluster's DRS does not do so itself.
func (c *checks) mayApprove(ctx context.Context, op tfdiag.Operation, primaryID, clusterID string) diag.Diagnostics {
	cluster, err := vm.ReadObject(ctx, c.shared, c.client, vsphere.TypeCluster, clusterID)
	if err != nil || cluster.DRSBehavior != "manual" { // else it places what is powered on by itself
		return nil
	}

	return c.onCluster(op, primaryID, clusterID).Check(ctx, c.shared)
}

// mayChange checks the privileges to change a pair in place. Only a primary can enable its secondary, so failing back goes first.
func (a *adapter) mayChange(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	prior, plan := *planned.Prior, planned.Plan
	if planned.Replaces || prior.Pending() {
		return nil
	}
	op := plan.Operation("change", lifecycle.UpdateTimeout)
	var asked []vm.Privileges
	if !plan.PrimaryVMID.Equal(prior.PrimaryVMID) {
		asked = append(asked, a.onPrimary(op, prior.PrimaryVMID.ValueString(), "", privilegeMakePrimary))
	}
	primary := plan.PrimaryVMID.ValueString()
	switched := !plan.Enabled.Equal(prior.Enabled)
	op.Attributes = map[string]path.Path{primary: path.Root("enabled")}
	switch {
	case switched && plan.Enabled.ValueBool():
		asked = append(asked, a.onPrimary(op, primary, "", privilegeEnable))
	case switched:
		asked = append(asked, a.onPrimary(op, primary, "", privilegeDisable))
	case plan.approves(prior):
		for _, one := range prior.waiting() {
			asked = append(asked, a.onCluster(op, primary, one.ClusterID))
		}
	}
	questions := make([]lifecycle.Check, len(asked))
	for i, one := range asked {
		questions[i] = func(ctx context.Context) diag.Diagnostics { return one.Check(ctx, a.shared) }
	}

	return lifecycle.RunChecks(ctx, questions)
}

// MayDestroy implements [lifecycle.DestroyAuthorizer].
func (a *adapter) MayDestroy(ctx context.Context, state model) diag.Diagnostics {
	op := state.Operation("remove", lifecycle.DeleteTimeout)
	op.Attributes = nil

	return a.onPrimary(op, state.PrimaryVMID.ValueString(), "", privilegeTurnOff).Check(ctx, a.shared)
}

// onPrimary is the question for privileges on a primary, for all primaries of its folder where that is known: privileges come down from it. Those
// of other pairs go along in the same call.
func (a *adapter) onPrimary(op tfdiag.Operation, primaryID, folderID string, privileges ...string) vm.Privileges {
	return vm.Privileges{
		Operation: op, About: primaryID, Key: fmt.Sprint("in ", cmp.Or(folderID, primaryID), privileges), Asker: primaryID,
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
			return a.client.MissingPrivileges(ctx, primaryID, privileges...)
		},
	}
}

// onCluster is the question for the privilege to apply recommendations in a cluster, of which the first pair reports.
func (a *adapter) onCluster(op tfdiag.Operation, primaryID, clusterID string) vm.Privileges {
	op.Attributes = map[string]path.Path{clusterID: path.Root("apply_drs_recommendation")}

	return vm.Privileges{
		Operation: op, About: clusterID, Key: privilegeApprove + " in " + clusterID, Asker: primaryID,
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
			if clusterID == "" {
				return nil, nil
			}

			return a.client.MissingClusterPrivileges(ctx, clusterID, privilegeApprove)
		},
	}
}
