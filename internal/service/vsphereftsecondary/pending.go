package vsphereftsecondary

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// glance bounds how long a refresh looks at a pending secondary's task.
const glance = 5 * time.Second

// resolution is what is known of a pending secondary.
type resolution struct {
	kind    resolutionKind
	result  vsphere.SecondaryResult // of resolvedPair
	told    bool                    // the task told how powering on went
	percent int                     // of stillRunning, -1 where vCenter does not tell
	err     error                   // the task's own error, or why nobody knows; may be nil
}

// resolutionKind says what became of a pending secondary.
type resolutionKind int

const (
	unresolved      resolutionKind = iota // nobody knows: the error says why
	stillRunning                          // the task has not ended
	resolvedPair                          // the primary has a secondary
	resolvedNothing                       // it is proved to have none, and none is being made
)

// resolve finds out what became of a pending secondary: by its task, and where that can't tell by the primary itself. It
// waits for the task's end only where wait says so.
func (r *secondaryResource) resolve(ctx context.Context, state *model, wait bool) resolution {
	taskID := state.PendingTaskID.ValueString()
	if taskID == "" || taskID == lifecycle.UnknownTask {
		return r.search(ctx, state, "", wait, nil)
	}

	handle := r.client.SecondaryTask(taskID)
	var update task.Update[vsphere.SecondaryResult]
	var err error
	if wait {
		update.Result, err = task.Wait(ctx, handle, task.WithLogger(r.logger))
		update.State = task.StateSucceeded
	} else {
		bounded, stop := context.WithTimeout(ctx, glance)
		defer stop()
		update, err = handle.Next(bounded)
	}

	switch {
	case err == nil && !update.State.Done():
		return resolution{kind: stillRunning, percent: update.Percent}
	case err == nil && update.State == task.StateSucceeded && update.Result.SecondaryID != "":
		return resolution{kind: resolvedPair, result: update.Result, told: true}
	case err == nil:
		return r.search(ctx, state, taskID, wait, update.Err)
	case wait && errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown):
		return resolution{err: err}
	case wait && !errors.Is(err, task.ErrUnfinished):
		return r.search(ctx, state, taskID, wait, err)
	default: // the task is not known any more, or does not tell in time
		return r.search(ctx, state, taskID, wait, nil)
	}
}

// search asks the primary. reason is the task's own error, nil where it is not known.
func (r *secondaryResource) search(ctx context.Context, state *model, taskID string, wait bool, reason error) resolution {
	search := vsphere.SecondarySearch{PrimaryID: state.PrimaryVMID.ValueString(), TaskID: taskID}
	var secondary string
	var err error
	if wait {
		secondary, err = look(ctx, r.client, r.logger, search)
	} else {
		var finding vsphere.SecondaryFinding
		finding, err = r.client.FindSecondary(ctx, search)
		if err == nil && finding.SecondaryID == "" && len(finding.TaskIDs) > 0 {
			return resolution{kind: stillRunning, percent: -1}
		}
		secondary = finding.SecondaryID
	}
	switch {
	case apierr.Is(err, apierr.NotFound), err == nil && secondary == "":
		return resolution{kind: resolvedNothing, err: reason}
	case err != nil:
		return resolution{err: err}
	default:
		return resolution{kind: resolvedPair, result: vsphere.SecondaryResult{SecondaryID: secondary}}
	}
}
