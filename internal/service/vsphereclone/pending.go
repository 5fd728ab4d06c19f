package vsphereclone

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// glance bounds how long a refresh looks at a pending clone's task.
const glance = 5 * time.Second

// resolution is what is known of a pending clone.
type resolution struct {
	kind    resolutionKind
	vmID    string // of resolvedVM
	percent int    // of stillRunning, -1 where vCenter does not tell
	err     error  // the task's own error, or why nobody knows; may be nil
}

// resolutionKind says what became of a pending clone.
type resolutionKind int

const (
	unresolved      resolutionKind = iota // nobody knows: the error says why
	stillRunning                          // the task has not ended
	resolvedVM                            // it made the VM
	resolvedNothing                       // it is proved to have made nothing
)

// resolve finds out what became of a pending clone: from its task, and when vCenter has forgotten that, which it does some
// minutes after the end, by looking for the VM. With wait it sees a running task through, as long as ctx lasts.
func (r *cloneResource) resolve(ctx context.Context, store private, state *model, wait bool) resolution {
	taskID := state.PendingTaskID.ValueString()
	if taskID == "" || taskID == unknownTask {
		return r.searchPending(ctx, store, unknownTask, wait)
	}

	handle := r.client.CloneTask(taskID)
	var update task.Update[string]
	var err error
	if wait {
		update.Result, err = task.Wait(ctx, handle, task.WithLogger(r.logger))
		update.State = task.StateSucceeded
	} else {
		update, err = r.glanceAt(ctx, handle)
	}

	switch {
	case errors.Is(err, task.ErrUnknown), err != nil && !wait && apierr.Is(err, apierr.NotFound):
		return r.searchPending(ctx, store, taskID, wait)
	case errors.Is(err, task.ErrUnfinished):
		return resolution{err: err}
	case err != nil && !wait:
		return resolution{err: err}
	case err != nil:
		return r.failedPending(ctx, store, taskID, err)
	case !update.State.Done():
		return resolution{kind: stillRunning, percent: update.Percent}
	case update.State != task.StateSucceeded:
		return r.failedPending(ctx, store, taskID, update.Err)
	default:
		r.session.claims.add(update.Result)

		return resolution{kind: resolvedVM, vmID: update.Result}
	}
}

// glanceAt asks for the task's state once.
func (r *cloneResource) glanceAt(ctx context.Context, handle task.Handle[string]) (task.Update[string], error) {
	bounded, stop := context.WithTimeout(ctx, glance)
	defer stop()

	return handle.Next(bounded)
}

// failedPending judges a task that failed or was cancelled. A failed one may have left a VM that is not powered on or not
// customized, which a cancelled one does not.
func (r *cloneResource) failedPending(ctx context.Context, store private, taskID string, err error) resolution {
	if err == nil || apierr.Is(err, apierr.Cancelled, apierr.AlreadyExists) {
		return resolution{kind: resolvedNothing, err: err}
	}
	found := r.searchPending(ctx, store, taskID, false)
	if found.kind == resolvedNothing {
		found.err = err
	}

	return found
}

// searchPending looks for the VM of a pending clone whose task can't tell.
func (r *cloneResource) searchPending(ctx context.Context, store private, taskID string, wait bool) resolution {
	search, ok := loadPending(ctx, store, taskID)
	if !ok {
		return resolution{err: errors.New("what was asked for is not stored beside the state")}
	}

	var vmID string
	if wait {
		found, err := look(ctx, r.client, r.logger, search)
		if err != nil {
			return resolution{err: err}
		}
		vmID = found
	} else {
		finding, err := r.client.FindClone(ctx, search)
		if err != nil {
			return resolution{err: err}
		}
		if len(finding.TaskIDs) > 0 {
			return resolution{kind: stillRunning, percent: -1}
		}
		vmID = finding.VMID
	}

	if vmID == "" || !r.session.claims.take(vmID, owner(search)) {
		return resolution{kind: resolvedNothing}
	}

	return resolution{kind: resolvedVM, vmID: vmID}
}
