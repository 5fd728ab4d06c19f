package zstacksnapshot

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Remove implements [lifecycle.Adapter]: it deletes the group with its snapshots. A group that is gone, as with its VM, is no error. When
// only some of the snapshots could be deleted, the state keeps the others.
func (a *adapter) Remove(ctx context.Context, state model) (*model, diag.Diagnostics) {
	results, err := lifecycle.RunTask(ctx, a.tasks(), a.orLost(state),
		func(ctx context.Context) (task.Handle[[]zstack.SnapshotResult], error) {
			return a.client.DeleteSnapshotGroup(ctx, state.ObjectID())
		})
	failed := failures(results, state)
	if err == nil && len(failed) == 0 || apierr.Is(err, apierr.NotFound) {
		return nil, nil
	}
	op := state.Operation("delete", lifecycle.DeleteTimeout)
	op.Attributes = nil

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
	case dissolved:
		return nil, nil // it is gone all the same
	default:
		return &state, diag.Diagnostics{tfdiag.FromError(op, err)}
	}
}

// failures returns the snapshots that a deletion has left. One that was gone before is none.
func failures(results []zstack.SnapshotResult, state model) []tfdiag.GroupMember {
	var left []tfdiag.GroupMember
	for _, result := range results {
		if result.Success || apierr.Is(result.Err, apierr.NotFound) {
			continue
		}
		member := tfdiag.GroupMember{SnapshotUUID: result.SnapshotUUID, Err: result.Err}
		member.VolumeUUID, member.VolumeType = state.volumeOf(result.SnapshotUUID)
		left = append(left, member)
	}

	return left
}
