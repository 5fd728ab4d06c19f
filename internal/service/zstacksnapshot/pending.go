package zstacksnapshot

import (
	"context"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// resolution is what is known of a pending group.
type resolution = lifecycle.Resolution[zstack.SnapshotGroup]

// resolve finds out what became of a pending group. The group itself is asked for first: a job that a restart of the management
// node has cut off stays running for ever, whatever it has done. With wait it sees a running job through, as long as ctx lasts,
// and looks once more when the job has not ended by then.
func (r *snapshotResource) resolve(ctx context.Context, state *model, wait bool) resolution {
	uuid := state.ID.ValueString()
	group, err := r.client.SnapshotGroup(ctx, uuid)
	if err == nil {
		return resolution{Kind: lifecycle.Resolved, Result: *group}
	}
	if !apierr.Is(err, apierr.NotFound) && !wait {
		return resolution{Err: err}
	}

	known := r.search(uuid).Resolve(ctx, state.PendingJobUUID.ValueString(), wait)
	switch {
	case known.Kind == lifecycle.Resolved && known.Result.UUID != uuid, // the job did not tell what it made
		known.Kind == lifecycle.Unresolved && wait && errors.Is(known.Err, task.ErrUnfinished):
		if group, err := r.readNow(ctx, uuid); err == nil {
			return resolution{Kind: lifecycle.Resolved, Result: *group}
		} else if known.Kind == lifecycle.Resolved {
			return resolution{Err: err}
		}
	}

	return known
}
