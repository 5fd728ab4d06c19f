package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// How long a making that cannot be waited for any longer is still looked after.
const (
	// InterruptGrace is short: a second Ctrl-C kills the provider, and what it has not returned is forgotten.
	InterruptGrace = 2 * time.Second
	// deadlineGrace comes on top of timeouts.create.
	deadlineGrace = 30 * time.Second
)

// UnknownTask is the id of a pending thing's task that nobody was told, since the platform's answer was lost.
const UnknownTask = "unknown"

// Making is one thing in the making; the R that its task results in is or names what it makes.
type Making[R any] struct {
	Search[R]

	// Slot waits until one more task may run. Nil: there is no limit.
	Slot func(ctx context.Context) (release func(), err error)
	// Start starts the task. It is called once: a request whose answer was lost is looked for.
	Start func(ctx context.Context) (task.Handle[R], error)
}

// Run starts the making and sees it through. ctx is the CLI's: cancelled when the user interrupts. bounded descends from it
// and ends with timeouts.create.
func (m *Making[R]) Run(ctx, bounded context.Context) Fate[R] {
	if m.Slot != nil {
		release, err := m.Slot(bounded)
		if err != nil {
			return Fate[R]{Err: fmt.Errorf("waiting for a task slot: %w", err)}
		}
		defer release()
	}

	handle, err := m.Start(bounded)
	switch {
	case err == nil:
		return m.watch(ctx, bounded, handle)
	case apierr.IsAnswerLost(err):
		return m.findLost(ctx, bounded, "", err)
	default:
		return Fate[R]{Err: err}
	}
}

// RunUnlessBusy is Run, again and again as long as there is time while something else works on the object: a refusal proves
// that nothing came to be.
func (m *Making[R]) RunUnlessBusy(ctx, bounded context.Context) Fate[R] {
	return m.RunWhile(ctx, bounded, Busy)
}

// RunWhile is Run, again and again as long as there is time and worth says that a refusal is worth another attempt: one that
// proves that nothing came to be.
func (m *Making[R]) RunWhile(ctx, bounded context.Context, worth func(err error) bool) Fate[R] {
	var end Fate[R]
	err := Again(bounded, worth, func(context.Context) error {
		if end = m.Run(ctx, bounded); end.Kind != NotCreated {
			return nil
		}
		m.Logger.InfoContext(ctx, "Nothing was made", "error", end.Err.Error())

		return end.Err
	})
	if err != nil {
		end.Err = err // of several refusals the one that says most
	}

	return end
}

// watch waits for a task that is known to be ours.
func (m *Making[R]) watch(ctx, bounded context.Context, handle task.Handle[R]) Fate[R] {
	result, err := task.Wait(bounded, handle, task.WithLogger(m.Logger))
	switch {
	case err == nil:
		return m.made(result, handle.ID())
	case apierr.IsAnswerLost(err):
		return m.findUntold(ctx, bounded, handle.ID(), err)
	case !errors.Is(err, task.ErrUnfinished):
		return m.failed(ctx, bounded, handle.ID(), err)
	case ctx.Err() != nil:
		return m.settle(ctx, bounded, handle, InterruptGrace)
	case bounded.Err() != nil:
		return m.settle(ctx, bounded, handle, deadlineGrace)
	default:
		return m.findLost(ctx, bounded, handle.ID(), err)
	}
}

// settle asks to cancel the task and learns what became of it. One that failed by itself meanwhile may have left something behind,
// as any other.
func (m *Making[R]) settle(ctx, bounded context.Context, handle task.Handle[R], grace time.Duration) Fate[R] {
	result, outcome, err := task.Settle(ctx, handle, grace, task.WithLogger(m.Logger))
	switch outcome {
	case task.Adopted:
		return m.made(result, handle.ID())
	case task.Cancelled:
		if err == nil {
			return Fate[R]{Kind: Cancelled, TaskID: handle.ID()}
		}
		fate := m.failed(ctx, bounded, handle.ID(), err)
		if fate.Kind == NotCreated && ctx.Err() != nil {
			fate.Kind = Cancelled // of both, the interruption is what the user did
		}

		return fate
	case task.Unsettled:
		if result, there := m.there(ctx, handle.ID()); there {
			return m.made(result, handle.ID())
		}
	}

	return Fate[R]{Kind: Pending, TaskID: handle.ID(), Err: err}
}

// failed judges a task that failed. What it may have left behind is looked for, and where nobody can look that is not nothing.
func (m *Making[R]) failed(ctx, bounded context.Context, taskID string, err error) Fate[R] {
	nothing := Fate[R]{TaskID: taskID, Err: err}
	if m.Leaves == nil || !m.Leaves(err) {
		return nothing
	}
	finding, searchErr := m.findBehind(ctx, bounded, taskID)
	if searchErr != nil {
		return Fate[R]{Kind: Unseen, TaskID: taskID, Err: err, SearchErr: searchErr}
	}
	if finding = m.claimed(finding); !finding.Found {
		return nothing
	}

	return Fate[R]{Kind: Partial, Result: finding.Result, TaskID: taskID, Err: err}
}

// findBehind looks for what a failed task left behind, for a short time: within the making's own, or after it where that is over.
func (m *Making[R]) findBehind(ctx, bounded context.Context, taskID string) (Finding[R], error) {
	looking, stop := context.WithTimeout(bounded, deadlineGrace)
	defer stop()
	finding, err := m.find(looking, taskID)
	if err == nil || bounded.Err() == nil {
		return finding, err
	}
	grace := deadlineGrace
	if ctx.Err() != nil {
		grace = InterruptGrace
	}
	detached, stopDetached := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer stopDetached()

	return m.find(detached, taskID)
}

func (m *Making[R]) made(result R, taskID string) Fate[R] {
	m.own(result)

	return Fate[R]{Kind: Created, Result: result, TaskID: taskID}
}

// findUntold looks for what a task made that ended without telling so: the platform gave up waiting for it, or its result can't
// be read. That it is not there, or not complete, proves nothing, since its work may go on.
func (m *Making[R]) findUntold(ctx, bounded context.Context, taskID string, cause error) Fate[R] {
	if m.There == nil {
		end := m.findLost(ctx, bounded, taskID, cause)
		if end.Kind == LostNotCreated {
			end.Kind = Lost
		}

		return end
	}
	result, there := m.there(ctx, taskID)
	if !there && Pause(bounded, secondLook) == nil {
		result, there = m.there(ctx, taskID)
	}
	if there {
		return m.made(result, taskID)
	}
	detached, stop := context.WithTimeout(context.WithoutCancel(ctx), InterruptGrace)
	defer stop()
	_, err := m.Find(detached, taskID) // tells why it can't be found, or that it is still in the making

	return Fate[R]{Kind: Lost, TaskID: taskID, Err: cause, SearchErr: err}
}

// findLost looks for a thing whose task nobody told (taskID is empty) or can be asked about. Nothing is sent again and nothing
// is cancelled: a task that is found by looking may be somebody else's.
func (m *Making[R]) findLost(ctx, bounded context.Context, taskID string, cause error) Fate[R] {
	finding, err := m.lookTwice(bounded, taskID)
	if err != nil && bounded.Err() != nil {
		grace := deadlineGrace
		if ctx.Err() != nil {
			grace = InterruptGrace
		}
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer stop()
		finding, err = m.lookTwice(detached, taskID)
	}
	if err != nil {
		return Fate[R]{Kind: Lost, TaskID: cmp.Or(taskID, UnknownTask), Err: cause, SearchErr: err}
	}
	if finding = m.claimed(finding); finding.Found {
		return Fate[R]{Kind: Created, Result: finding.Result, TaskID: taskID}
	}

	return Fate[R]{Kind: LostNotCreated, TaskID: taskID, Err: cause}
}
