package vspheresnapshot

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// glance bounds how long a refresh looks at a pending snapshot's task.
const glance = 2 * time.Second

// resolution is what is known of a pending snapshot.
type resolution struct {
	kind    resolutionKind
	id      string // of resolvedSnapshot
	percent int    // of stillRunning, -1 where vCenter does not tell
	err     error  // the task's own error, or why nobody knows; may be nil
}

// resolutionKind says what became of a pending snapshot.
type resolutionKind int

const (
	unresolved       resolutionKind = iota // nobody knows: the error says why
	stillRunning                           // the task has not ended
	resolvedSnapshot                       // it took the snapshot
	resolvedNothing                        // it is proved to have made nothing
)

// resolve finds out what became of a pending snapshot: from its task, and when vCenter has forgotten that, which it does
// some minutes after the end, by looking for the snapshot. With wait it sees a running task through, as long as ctx lasts.
func (r *snapshotResource) resolve(ctx context.Context, store private, state *model, wait bool) resolution {
	taskID := state.PendingTaskID.ValueString()
	if taskID == "" || taskID == unknownTask {
		return r.searchPending(ctx, store, unknownTask, wait)
	}

	handle := r.client.SnapshotTask(taskID)
	var update task.Update[string]
	var err error
	if wait {
		update.Result, err = task.Wait(ctx, handle, task.WithLogger(r.logger))
		update.State = task.StateSucceeded
	} else {
		update, err = glanceAt(ctx, handle)
	}

	switch {
	case err == nil && !update.State.Done():
		return resolution{kind: stillRunning, percent: update.Percent}
	case err == nil && update.State == task.StateSucceeded:
		return resolution{kind: resolvedSnapshot, id: update.Result}
	case err == nil:
		return resolution{kind: resolvedNothing, err: update.Err}
	case errors.Is(err, task.ErrUnknown), !wait && apierr.Is(err, apierr.NotFound), apierr.IsAnswerLost(err):
		return r.searchPending(ctx, store, taskID, wait)
	case errors.Is(err, task.ErrUnfinished), !wait:
		return resolution{err: err}
	default:
		return resolution{kind: resolvedNothing, err: err}
	}
}

// glanceAt asks for the task's state once. A task without news is still running.
func glanceAt(ctx context.Context, handle task.Handle[string]) (task.Update[string], error) {
	bounded, stop := context.WithTimeout(ctx, glance)
	defer stop()

	update, err := handle.Next(bounded)
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		return task.Update[string]{State: task.StateRunning, Percent: -1}, nil
	}

	return update, err
}

// searchPending looks for a pending snapshot whose task can't tell. A VM that is gone has none.
func (r *snapshotResource) searchPending(ctx context.Context, store private, taskID string, wait bool) resolution {
	search, ok := loadPending(ctx, store, taskID)
	if !ok {
		return resolution{err: errors.New("what was asked for is not stored beside the state")}
	}

	var id string
	var err error
	if wait {
		id, err = look(ctx, r.client, r.logger, search)
	} else {
		finding, findErr := r.client.FindSnapshot(ctx, search)
		if findErr == nil && len(finding.TaskIDs) > 0 {
			return resolution{kind: stillRunning, percent: -1}
		}
		id, err = finding.SnapshotID, findErr
	}
	switch {
	case apierr.Is(err, apierr.NotFound), err == nil && id == "":
		return resolution{kind: resolvedNothing}
	case err != nil:
		return resolution{err: err}
	default:
		return resolution{kind: resolvedSnapshot, id: id}
	}
}
