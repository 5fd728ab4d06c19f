package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// glance bounds how long a refresh looks at a pending thing's task.
const glance = 5 * time.Second

// ErrNothingStored says that what was asked for is not known any more, so that it can't be looked for.
var ErrNothingStored = errors.New("what was asked for is not stored beside the state")

// FindNothing looks for what a pending thing has become where nobody knows any more what was asked for: a CLI drops what is stored beside
// the state when it replaces a tainted resource and the destroy fails. found is what is there by the name that the state has: that
// nothing is there, nor in the making, proves that nothing came to be; but of what is there nobody can tell whether it was there before.
// thing names it in words.
func FindNothing[R any](found Finding[R], thing string, err error) (Finding[R], error) {
	if err == nil && found.Found {
		err = fmt.Errorf("%s may be it, but nobody can tell: %w. Make Terraform forget the resource, and import %s if that is what was made",
			thing, ErrNothingStored, thing)
	}
	if err != nil {
		return Finding[R]{}, err
	}

	return Finding[R]{TaskIDs: found.TaskIDs}, nil
}

// Resolution is what is known of a pending thing.
type Resolution[R any] struct {
	Kind    ResolutionKind
	Result  R   // of Resolved
	Percent int // of StillRunning, -1 where the platform does not tell
	// Forgotten, of ResolvedNothing, says that the platform no longer knows the task: nothing is there by what it would be known by.
	Forgotten bool
	Err       error // the task's own error, or why nobody knows; may be nil
}

// ResolutionKind says what became of a pending thing.
type ResolutionKind int

// The resolutions. The zero value is Unresolved.
const (
	Unresolved      ResolutionKind = iota // nobody knows: the error says why
	StillRunning                          // the task has not ended
	Resolved                              // it made the thing
	ResolvedNothing                       // it is proved to have made nothing
)

// Resolve finds out what became of a pending thing: from its task, and when the platform has forgotten that, which it does some
// time after the end, by looking for the thing. With wait it sees a running task through, as long as ctx lasts.
func (s *Search[R]) Resolve(ctx context.Context, taskID string, wait bool) Resolution[R] {
	if taskID == "" || taskID == UnknownTask {
		return s.resolveByLooking(ctx, "", wait)
	}

	if wait && s.There != nil { // the task may never end, although its work is done
		if found := s.Resolve(ctx, taskID, false); found.Kind == Resolved {
			return found
		}
	}

	handle := s.Task(taskID)
	var update task.Update[R]
	var err error
	if wait {
		update.Result, err = task.Wait(ctx, handle, task.WithLogger(s.Logger))
		update.State = task.StateSucceeded
	} else {
		update, err = glanceAt(ctx, handle)
	}

	switch {
	case errors.Is(err, task.ErrUnknown), err != nil && !wait && apierr.Is(err, apierr.NotFound):
		found := s.resolveByLooking(ctx, taskID, wait)
		found.Forgotten = found.Kind == ResolvedNothing

		return found
	case wait && apierr.IsAnswerLost(err) && !errors.Is(err, task.ErrUnfinished):
		return s.resolveUntold(ctx, taskID, err, wait)
	case errors.Is(err, task.ErrUnfinished):
		return s.resolveUnended(ctx, taskID, Resolution[R]{Err: err})
	case err != nil && !wait:
		return Resolution[R]{Err: err}
	case err != nil:
		return s.resolveFailed(ctx, taskID, err)
	case !update.State.Done():
		return s.resolveUnended(ctx, taskID, Resolution[R]{Kind: StillRunning, Percent: update.Percent})
	case apierr.IsAnswerLost(update.Err):
		return s.resolveUntold(ctx, taskID, update.Err, wait)
	case update.State != task.StateSucceeded:
		return s.resolveFailed(ctx, taskID, update.Err)
	default:
		s.own(update.Result)

		return Resolution[R]{Kind: Resolved, Result: update.Result}
	}
}

// resolveUnended looks for what a task that has not ended, and may never do, has made all the same; otherwise is what is known
// where it has not.
func (s *Search[R]) resolveUnended(ctx context.Context, taskID string, otherwise Resolution[R]) Resolution[R] {
	if result, there := s.there(ctx, taskID); there {
		s.own(result)

		return Resolution[R]{Kind: Resolved, Result: result}
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

// resolveFailed judges a task that failed or was cancelled.
func (s *Search[R]) resolveFailed(ctx context.Context, taskID string, err error) Resolution[R] {
	if err == nil || s.Leaves == nil || !s.Leaves(err) {
		return Resolution[R]{Kind: ResolvedNothing, Err: err}
	}
	found := s.resolveByLooking(ctx, taskID, false)
	if found.Kind == ResolvedNothing {
		found.Err = err
	}

	return found
}

// resolveUntold looks for what a task made that ended without telling so. That it is not there, or not complete, proves nothing
// as long as the platform says no more than that: its work may go on. When the platform has forgotten the task, that is over.
func (s *Search[R]) resolveUntold(ctx context.Context, taskID string, untold error, wait bool) Resolution[R] {
	if s.There != nil {
		return s.resolveUnended(ctx, taskID, Resolution[R]{Err: untold})
	}
	found := s.resolveByLooking(ctx, taskID, wait)
	if found.Kind == ResolvedNothing {
		return Resolution[R]{Err: untold}
	}

	return found
}

// resolveByLooking looks for what a task made that can't tell.
func (s *Search[R]) resolveByLooking(ctx context.Context, taskID string, wait bool) Resolution[R] {
	var finding Finding[R]
	var err error
	if wait {
		finding, err = s.look(ctx, taskID)
	} else {
		finding, err = s.Find(ctx, taskID)
	}
	switch {
	case err != nil:
		return Resolution[R]{Err: err}
	case !wait && len(finding.TaskIDs) > 0:
		return Resolution[R]{Kind: StillRunning, Percent: -1}
	}
	if finding = s.claimed(finding); finding.Found {
		return Resolution[R]{Kind: Resolved, Result: finding.Result}
	}

	return Resolution[R]{Kind: ResolvedNothing}
}
