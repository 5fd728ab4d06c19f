package vsphereftsecondary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// primary returns what the state knows of the pair's primary.
func (m model) primary() vm.Known {
	return vm.Known{Object: m.inWords(), ID: m.PrimaryVMID.ValueString(), InstanceUUID: m.InstanceUUID.ValueString()}
}

// secondary returns what the state knows of the pair's secondary.
func (m model) secondary() vm.Known {
	return vm.Known{Object: m.inWords(), ID: m.ObjectID(), InstanceUUID: m.SecondaryInstanceUUID.ValueString()}
}

// certain completes what a state knows of a VM of the pair: where it is not found it is gone if its own resource has found that out, and as
// far as the partner tells, which is read then.
func (a *adapter) certain(known vm.Known, partner string) vm.Known {
	known.Certain = partner != "" || vm.Gone(a.shared, known.InstanceUUID)

	return known
}

// look reads pairs, whose other VM is likely to be the partner, and keeps the last one in pair.
func (a *adapter) look(pair *vsphere.FaultTolerance, partner string) vm.Look {
	return vm.Reading(pair, func(ctx context.Context, id string) (vsphere.FaultTolerance, error) {
		return a.client.FaultToleranceWith(ctx, id, partner)
	})
}

// Read implements [lifecycle.Adapter]. It follows the VMs by their instance UUIDs. A pair that has failed over is read as it is now, with
// a warning. Where the primary is gone, the secondary may have become the primary of a new pair. A primary that has lost its secondary
// needs another one: that is no pair. Of a VM without a configuration, and of a pair with a VM that is not registered, nothing is known.
func (a *adapter) Read(ctx context.Context, before model, id string) (model, diag.Diagnostics, error) {
	var pair vsphere.FaultTolerance
	found, said, err := vm.Follow(ctx, a.client, a.certain(before.primary(), id), a.look(&pair, id))
	alone := apierr.Is(err, apierr.NotFound) && id != ""
	if alone {
		found, _, err = vm.Follow(ctx, a.client, a.certain(before.secondary(), ""), a.look(&pair, ""))
	}
	switch {
	case err != nil:
		return before, said, err
	case found.NoConfig:
		kept, err := vm.KeptUnread(before.primary(), found, before.Complete())

		return before, kept, err
	case pair.Role != vsphere.RoleNone && pair.Orphaned && before.Complete():
		return before, diag.Diagnostics{tfdiag.PartnerMissing(before.inWords(), found.ID)}, nil
	case alone && pair.Role != vsphere.RolePrimary:
		return before, said, noPair(id)
	case !isPair(pair):
		return before, said, noPair(found.ID)
	}
	var warnings diag.Diagnostics
	if alone || pair.PrimaryID != found.ID {
		was := before.PrimaryVMID.ValueString()
		if !alone {
			was = found.ID
		}
		warnings.Append(tfdiag.FailedOver(was, pair.PrimaryID, pair.SecondaryID))
	}

	return before.observed(pair), warnings, nil
}

// Identify implements [lifecycle.Identifier]: both VMs of the pair are those with the state's instance UUIDs.
func (a *adapter) Identify(ctx context.Context, state model) (model, bool, diag.Diagnostics) {
	var pair vsphere.FaultTolerance
	found, err := vm.Confirm(ctx, a.client, a.certain(state.primary(), state.ObjectID()), a.look(&pair, state.ObjectID()))
	switch {
	case apierr.Is(err, apierr.NotFound):
		return a.identifySecondary(ctx, state)
	case err != nil:
		return state, false, vm.Unconfirmed(state.Operation("read", lifecycle.ReadTimeout), err)
	case found.ID != state.PrimaryVMID.ValueString():
		return state, false, diag.Diagnostics{tfdiag.MovedMeanwhile(state.inWords(), state.PrimaryVMID.ValueString(), found.ID)}
	}
	partner, uuid := pair.SecondaryID, pair.SecondaryInstanceUUID
	if pair.Role == vsphere.RoleSecondary { // it has failed over
		partner, uuid = pair.PrimaryID, pair.PrimaryInstanceUUID
	}
	known := state.secondary()
	if partner == known.ID && uuid != "" && known.InstanceUUID != "" && uuid != known.InstanceUUID {
		return a.identifySecondary(ctx, state)
	}

	return state, false, nil
}

// identifySecondary compares the secondary alone, where the pair does not tell of it.
func (a *adapter) identifySecondary(ctx context.Context, state model) (model, bool, diag.Diagnostics) {
	if state.ObjectID() == "" {
		return state, true, nil
	}
	_, err := vm.Confirm(ctx, a.client, a.certain(state.secondary(), ""), a.look(&vsphere.FaultTolerance{}, ""))
	switch {
	case apierr.Is(err, apierr.NotFound):
		return state, true, nil
	case err != nil:
		return state, false, vm.Unconfirmed(state.Operation("read", lifecycle.ReadTimeout), err)
	default:
		return state, false, nil
	}
}

// Moves implements [lifecycle.Follower]: a fail-over exchanges the VMs, and changes the id of neither.
func (a *adapter) Moves(before, found model) map[string]string {
	ids := map[string]string{ // by instance UUID
		found.InstanceUUID.ValueString(): found.PrimaryVMID.ValueString(), found.SecondaryInstanceUUID.ValueString(): found.ObjectID(),
	}
	delete(ids, "")
	moves := map[string]string{}
	for _, member := range []vm.Known{before.primary(), before.secondary()} {
		if now := ids[member.InstanceUUID]; now != "" && member.ID != "" && now != member.ID {
			moves[member.ID] = now
		}
	}

	return moves
}

// Alias implements [lifecycle.Follower]: another id of the primary is no other VM, and replaces nothing.
func (a *adapter) Alias(ctx context.Context, plan, prior model, former []string) (model, diag.Diagnostics) {
	if plan.PrimaryVMID.IsUnknown() || plan.PrimaryVMID.Equal(prior.ID) {
		return plan, nil
	}
	id, diags := vm.Aliased(ctx, a.client, prior.primary(), plan.PrimaryVMID.ValueString(), former, path.Root("primary_vm_id"))
	plan.PrimaryVMID = types.StringValue(id)

	return plan, diags
}
