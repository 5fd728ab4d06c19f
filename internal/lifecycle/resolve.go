package lifecycle

import (
	"context"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// resolution is what is known of a pending object.
type resolution[R any] struct {
	kind    resolutionKind
	result  R   // of resolved
	percent int // of stillRunning, -1 where the platform does not tell
	// forgotten, of resolvedNothing, says that the platform has forgotten the task: nothing has what the object would be known by.
	forgotten bool
	err       error // the task's own error, or why nothing is known; may be nil
	// candidate, of unresolved, has the object's name, and nothing proves whose it is.
	candidate *Candidate
}

// resolutionKind says what became of a pending object.
type resolutionKind int

// The resolutions. The zero value is unresolved.
const (
	unresolved      resolutionKind = iota // not known: the error says why
	stillRunning                          // the task has not ended
	resolved                              // the task created the object
	resolvedNothing                       // the task is proved to have created nothing
)

// resolve finds out what became of a pending object: from its task, or by a search once the platform has forgotten the task, which it
// does some time after the end. With wait it sees a running task through, as long as ctx lasts.
func (s *search[M, R, E]) resolve(ctx context.Context, wait bool) resolution[R] {
	taskID := s.model.PendingTask()
	if taskID == "" || taskID == UnknownTask {
		return s.resolveBySearch(ctx, "", wait)
	}
	if wait && s.completes() { // the task may never end, although its work is done
		found := s.resolve(ctx, false)
		if found.kind == resolved {
			return found
		}
		if found.candidate != nil { // its work looks done: one that ends tells soon
			bounded, stop := context.WithTimeout(ctx, deadlineGrace)
			defer stop()
			ctx = bounded
		}
	}

	handle := s.adapter.Task(s.lost(taskID))
	var update task.Update[R]
	var err error
	if wait {
		update.Result, err = task.Wait(ctx, handle, task.WithLogger(s.logger))
		update.State = task.StateSucceeded
	} else {
		update, err = glanceAt(ctx, handle)
	}

	switch {
	case errors.Is(err, task.ErrUnknown), err != nil && !wait && apierr.Is(err, apierr.NotFound):
		found := s.resolveBySearch(ctx, taskID, wait)
		found.forgotten = found.kind == resolvedNothing

		return found
	case wait && apierr.IsAnswerLost(err) && !errors.Is(err, task.ErrUnfinished):
		return s.resolveUntold(ctx, taskID, err, wait)
	case errors.Is(err, task.ErrUnfinished):
		return s.resolveUnended(ctx, taskID, resolution[R]{err: err})
	case err != nil && !wait:
		return resolution[R]{err: err}
	case err != nil:
		return s.resolveFailed(ctx, taskID, err)
	case !update.State.Done():
		return s.resolveUnended(ctx, taskID, resolution[R]{kind: stillRunning, percent: update.Percent})
	case apierr.IsAnswerLost(update.Err):
		return s.resolveUntold(ctx, taskID, update.Err, wait)
	case update.State != task.StateSucceeded:
		return s.resolveFailed(ctx, taskID, update.Err)
	default:
		s.own(update.Result)

		return resolution[R]{kind: resolved, result: update.Result}
	}
}

// resolveUnended searches for a complete object whose task has not ended, and may never do.
func (s *search[M, R, E]) resolveUnended(ctx context.Context, taskID string, otherwise resolution[R]) resolution[R] {
	switch finding := s.complete(ctx, taskID); {
	case finding.Found:
		return resolution[R]{kind: resolved, result: finding.Result}
	case finding.Candidate != nil:
		return resolution[R]{candidate: finding.Candidate}
	}

	return otherwise
}

// glanceAt asks for the task's state once. A task without news is still running.
func glanceAt[R any](ctx context.Context, handle task.Handle[R]) (task.Update[R], error) {
	bounded, stop := context.WithTimeout(ctx, glance)
	defer stop()

	update, err := handle.Next(bounded)
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		return task.Update[R]{State: task.StateRunning, Percent: -1}, nil
	}

	return update, err
}

// resolveFailed searches for what a task left behind that failed or was cancelled.
func (s *search[M, R, E]) resolveFailed(ctx context.Context, taskID string, err error) resolution[R] {
	if s.adapter.Leaves(s.model, err) == LeavesNothing {
		return resolution[R]{kind: resolvedNothing, err: err}
	}
	found := s.resolveBySearch(ctx, taskID, false)
	if found.kind == resolvedNothing {
		found.err = err
	}

	return found
}

// resolveUntold searches for what a task created that ended without telling it. Its work may go on, so nothing found proves nothing
// until the platform has forgotten the task.
func (s *search[M, R, E]) resolveUntold(ctx context.Context, taskID string, untold error, wait bool) resolution[R] {
	if s.goesOn(untold) {
		return s.resolveUnended(ctx, taskID, resolution[R]{err: untold})
	}
	found := s.resolveBySearch(ctx, taskID, wait)
	if found.kind == resolvedNothing {
		return resolution[R]{err: untold}
	}

	return found
}

// missing searches for an object whose task told its id, where that names none: the platform may have given it another one since.
func (s *search[M, R, E]) missing(ctx context.Context) resolution[R] {
	return s.resolveBySearch(ctx, "", false)
}

// resolveBySearch searches for what a task created that can't tell.
func (s *search[M, R, E]) resolveBySearch(ctx context.Context, taskID string, wait bool) resolution[R] {
	var finding Finding[R]
	var err error
	if wait {
		finding, err = s.look(ctx, taskID)
	} else {
		finding, err = s.adapter.Find(ctx, s.lost(taskID))
	}
	switch {
	case err != nil:
		return resolution[R]{err: err}
	case !wait && len(finding.TaskIDs) > 0:
		return resolution[R]{kind: stillRunning, percent: -1}
	}
	switch finding = s.claimed(finding); {
	case finding.Found:
		return resolution[R]{kind: resolved, result: finding.Result}
	case finding.Candidate != nil:
		return resolution[R]{candidate: finding.Candidate}
	}

	return resolution[R]{kind: resolvedNothing}
}
