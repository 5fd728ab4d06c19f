package zstacksnapshot

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Remove implements [lifecycle.Adapter]: it deletes the group with its snapshots, unless others would be deleted with them. A group that is
// gone, as with its VM, is no error. When only some of the snapshots could be deleted, the state keeps the others.
func (a *adapter) Remove(ctx context.Context, state model) (*model, diag.Diagnostics) {
	op := state.Operation("delete", lifecycle.DeleteTimeout)
	op.Attributes = nil
	staying, err := a.staying(ctx, state)
	switch {
	case err != nil:
		return nil, diag.Diagnostics{tfdiag.FromError(op, err)}
	case len(staying) > 0:
		return nil, diag.Diagnostics{tfdiag.DependentsStay(op, staying)}
	}
	scope := zstack.ScopeSingle
	if state.RemoveChildren.ValueBool() {
		scope = zstack.ScopeChain
	}
	results, err := lifecycle.RunTask(ctx, a.tasks(), a.orLost(state),
		func(ctx context.Context) (task.Handle[[]zstack.SnapshotResult], error) {
			return a.client.DeleteSnapshotGroup(ctx, state.ObjectID(), scope)
		})
	failed := a.failures(ctx, results, state)
	if err == nil && len(failed) == 0 || apierr.Is(err, apierr.NotFound) {
		return nil, nil
	}

	late, stop := lifecycle.Late(ctx)
	defer stop()
	group, readErr := a.client.SnapshotGroup(late, state.ObjectID())
	dissolved := apierr.Is(readErr, apierr.NotFound)
	if readErr == nil {
		state = state.observed(group)
	}
	switch {
	case err == nil:
		return &state, diag.Diagnostics{tfdiag.GroupPartlyDeleted(op, len(results)-len(failed), failed, dissolved)}
	case dissolved && a.gone(late, state):
		return nil, nil // all the same
	default:
		return &state, diag.Diagnostics{tfdiag.FromError(op, err)}
	}
}

// gone reports whether a group that a query does not find is gone: it may be one that the account does not see.
func (a *adapter) gone(ctx context.Context, state model) bool {
	gone, _ := a.Unseen(ctx, state, lifecycle.View{})

	return gone
}

// failures returns the snapshots that a deletion has left, each with the volumes that ZStack names as built on it. One that was gone before
// is none.
func (a *adapter) failures(ctx context.Context, results []zstack.SnapshotResult, state model) []tfdiag.GroupMember {
	var left []tfdiag.GroupMember
	for _, result := range results {
		if result.Success || apierr.Is(result.Err, apierr.NotFound) {
			continue
		}
		member := tfdiag.GroupMember{SnapshotUUID: result.SnapshotUUID, Err: result.Err}
		member.VolumeUUID, member.VolumeType = state.volumeOf(result.SnapshotUUID)
		member.Readers = a.readers(ctx, result.Err, state)
		left = append(left, member)
	}

	return left
}

// readers returns the volumes of others among what an error names: ZStack refuses with a general code, but it names what is in the way.
func (a *adapter) readers(ctx context.Context, err error, state model) []tfdiag.SnapshotReader {
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok {
		return nil
	}
	var readers []tfdiag.SnapshotReader
	for _, uuid := range failure.Arguments {
		volume, err := a.client.Volume(ctx, uuid)
		if err != nil || volume.VMInstanceUUID == state.VMUUID.ValueString() {
			continue
		}
		readers = append(readers, tfdiag.SnapshotReader{VolumeUUID: uuid, VMUUID: volume.VMInstanceUUID})
	}

	return readers
}
