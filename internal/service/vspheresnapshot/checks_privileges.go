package vspheresnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// mayTake checks the privilege to take a snapshot, once for all VMs of a folder: privileges come down from it.
func (a *adapter) mayTake(ctx context.Context, plan model, folderID string) diag.Diagnostics {
	asked := a.privilege(plan.Operation("take", lifecycle.CreateTimeout), plan, privilegeCreate)
	asked.Asker = asked.About + "/" + plan.ObjectName()
	if folderID != "" {
		asked.Key = privilegeCreate + " in " + folderID
	}

	return asked.Check(ctx, a.shared)
}

// mayRename checks the privilege to change the name or the description of a snapshot that stays.
func (a *adapter) mayRename(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	prior := *planned.Prior
	if planned.Replaces || prior.Pending() || !renames(prior, planned.Plan) {
		return nil
	}

	return a.privilege(planned.Plan.Operation("rename", lifecycle.UpdateTimeout), prior, privilegeRename).Check(ctx, a.shared)
}

// MayDestroy implements [lifecycle.DestroyAuthorizer].
func (a *adapter) MayDestroy(ctx context.Context, state model) diag.Diagnostics {
	op := state.Operation("remove", lifecycle.DeleteTimeout)
	op.Attributes = nil

	return a.privilege(op, state, privilegeRemove).Check(ctx, a.shared)
}

// privilege is the question for a privilege on the VM of a snapshot. Those of other VMs go along in the same call.
func (a *adapter) privilege(op tfdiag.Operation, of model, privilege string) vm.Privileges {
	vmID := of.VMID.ValueString()

	return vm.Privileges{
		Operation: op, About: vmID, Key: privilege + " on " + vmID, Asker: of.ObjectID(),
		Ask: func(ctx context.Context) ([]apierr.MissingPrivilege, error) {
			return a.client.MissingPrivileges(ctx, vmID, privilege)
		},
	}
}
