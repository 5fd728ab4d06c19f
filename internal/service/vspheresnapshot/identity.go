package vspheresnapshot

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// known returns what the state knows of the snapshot's VM.
func (m model) known() vm.Known {
	return vm.Known{Object: m.inWords(), ID: m.VMID.ValueString(), InstanceUUID: m.InstanceUUID.ValueString()}
}

// known returns what the state knows of the snapshot's VM, which is gone for certain where its own resource has found that out.
func (a *adapter) known(state model) vm.Known {
	known := state.known()
	known.Certain = vm.Gone(a.shared, known.InstanceUUID)

	return known
}

// Read implements [lifecycle.Adapter]. It follows the VM by its instance UUID, and finds the snapshot again by its name, the time when it
// was taken and its place in the tree. The snapshots of a VM that is gone are gone too; of a VM without a configuration nothing is known.
func (a *adapter) Read(ctx context.Context, before model, id string) (model, diag.Diagnostics, error) {
	var tree vsphere.SnapshotTree
	found, said, err := vm.Follow(ctx, a.client, a.known(before), vm.Reading(&tree, a.client.SnapshotTree))
	if err != nil {
		return before, said, err
	}
	if found.NoConfig {
		kept, err := vm.KeptUnread(before.known(), found, before.Complete())

		return before, kept, err
	}
	snapshot, ok := before.among(tree.Snapshots, id)
	moved := tree.VMID != before.VMID.ValueString()
	switch {
	case ok:
		return before.observed(snapshot, tree.InstanceUUID), nil, nil
	case moved && before.Complete():
		return before, diag.Diagnostics{tfdiag.NotFollowed(before.inWords(), before.VMID.ValueString(), tree.VMID)}, nil
	default:
		return before, nil, noSnapshot(tree.VMID, id)
	}
}

// among finds the snapshot of a state in its VM's tree: by its id, unless that is another one's by now, else by the time when it was taken,
// its name and its place. It finds none where several could be meant.
func (m model) among(all []vsphere.Snapshot, id string) (vsphere.Snapshot, bool) {
	taken := m.CreatedAt.ValueString()
	var candidates []vsphere.Snapshot
	for _, snapshot := range all {
		same := snapshot.CreatedAt.UTC().Format(time.RFC3339) == taken
		switch {
		case snapshot.ID == id && (same || taken == ""):
			return snapshot, true
		case same && snapshot.Named(m.Name.ValueString()):
			candidates = append(candidates, snapshot)
		}
	}
	for _, place := range []func(vsphere.Snapshot) bool{
		func(s vsphere.Snapshot) bool { return (s.ParentID == "") == (m.ParentSnapshotID.ValueString() == "") },
		func(s vsphere.Snapshot) bool { return s.Current == m.IsCurrent.ValueBool() },
	} {
		if len(candidates) < 2 {
			break
		}
		var there []vsphere.Snapshot
		for _, snapshot := range candidates {
			if place(snapshot) {
				there = append(there, snapshot)
			}
		}
		candidates = there
	}
	if len(candidates) != 1 {
		return vsphere.Snapshot{}, false
	}

	return candidates[0], true
}

// noSnapshot is the error of a VM that has no snapshot by an id any more.
func noSnapshot(vmID, id string) error {
	return &apierr.Error{
		Kind: apierr.NotFound, Object: id, Messages: []string{"the VM " + vmID + " has no such snapshot any more"},
	}
}

// Identify implements [lifecycle.Identifier]: the snapshot is one of the VM that has the state's instance UUID.
func (a *adapter) Identify(ctx context.Context, state model) (model, bool, diag.Diagnostics) {
	var tree vsphere.SnapshotTree
	_, err := vm.Confirm(ctx, a.client, a.known(state), vm.Reading(&tree, a.client.SnapshotTree))
	if apierr.Is(err, apierr.NotFound) {
		return state, true, nil
	}
	if err != nil {
		return state, false, vm.Unconfirmed(state.Operation("read", lifecycle.ReadTimeout), err)
	}
	snapshot, ok := state.among(tree.Snapshots, state.ObjectID())
	if !ok && tree.VMID != state.VMID.ValueString() && len(tree.Snapshots) > 0 {
		return state, true, diag.Diagnostics{tfdiag.NotFoundToRemove(state.inWords(), state.VMID.ValueString(), tree.VMID)}
	}
	if !ok {
		return state, true, nil
	}
	state.VMID, state.ID = types.StringValue(tree.VMID), types.StringValue(snapshot.ID)

	return state, false, nil
}

// Moves implements [lifecycle.Follower].
func (a *adapter) Moves(before, found model) map[string]string {
	if before.VMID.Equal(found.VMID) {
		return nil
	}

	return map[string]string{before.VMID.ValueString(): found.VMID.ValueString()}
}

// Alias implements [lifecycle.Follower]: another id of the same VM is no other VM, and replaces nothing.
func (a *adapter) Alias(ctx context.Context, plan, prior model, former []string) (model, diag.Diagnostics) {
	if plan.VMID.IsUnknown() {
		return plan, nil
	}
	id, diags := vm.Aliased(ctx, a.client, prior.known(), plan.VMID.ValueString(), former, path.Root("vm_id"))
	plan.VMID = types.StringValue(id)

	return plan, diags
}
