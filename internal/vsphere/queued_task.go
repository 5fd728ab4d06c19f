package vsphere

import (
	"context"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// queuedTask is a task that waits its turn. vCenter lets one task at a time work on a VM, and tells the next one that it is
// busy as often by the task as by the call. That failure proves that nothing happened, so the task is started anew as long as
// the caller's deadline leaves time for it, or until somebody asks to cancel it.
type queuedTask[T any] struct {
	begin func(context.Context) (*vimHandle[T], error)
	began time.Time

	mu        sync.Mutex
	current   *vimHandle[T]
	attempts  int
	cancelled bool
}

// startQueued starts a task that waits its turn.
func startQueued[T any](
	ctx context.Context, c *Client, what httpapi.Call, result func(any) (T, bool), method starter,
) (task.Handle[T], error) {
	begin := func(ctx context.Context) (*vimHandle[T], error) { return startInTurn(ctx, c, what, result, method) }
	first, err := begin(ctx)
	if err != nil {
		return nil, err
	}

	return &queuedTask[T]{begin: begin, began: time.Now(), current: first}, nil
}

// ID returns the managed object id of the task that runs now: "task-42".
func (q *queuedTask[T]) ID() string { return q.task().ID() }

// Next blocks until the task ends, as [vimHandle.Next] does, and starts it anew when it could not have its turn. A failure
// of that start is the task's failure.
func (q *queuedTask[T]) Next(ctx context.Context) (task.Update[T], error) {
	current := q.task()
	update, err := current.Next(ctx)
	if err != nil || !isTaskInProgress(update.Err) {
		return update, err
	}
	attempt, due := q.another(ctx)
	if !due {
		return update, nil
	}
	current.client.logger.WarnContext(ctx, "Another task works on it, trying again", "op", current.what.Op,
		"object", current.what.Object, "task", current.ID())
	if !backoff.PauseBeforeChange(ctx, httpapi.Pauses.After(attempt)) {
		return update, nil // what vCenter said last tells more than that the time is up
	}
	next, err := q.begin(ctx)
	if err != nil {
		return task.Update[T]{State: task.StateFailed, Percent: -1, Err: err}, nil //nolint:nilerr // it is the task's own
	}
	q.mu.Lock()
	q.current = next
	cancelled := q.cancelled
	q.mu.Unlock()
	if cancelled {
		err = next.Cancel(ctx)
	}

	return task.Update[T]{State: task.StateQueued, Percent: -1}, err
}

// Cancel asks vCenter to cancel the task, as [vimHandle.Cancel] does, and ends the queuing.
func (q *queuedTask[T]) Cancel(ctx context.Context) error {
	q.mu.Lock()
	q.cancelled = true
	current := q.current
	q.mu.Unlock()

	return current.Cancel(ctx)
}

func (q *queuedTask[T]) task() *vimHandle[T] {
	q.mu.Lock()
	defer q.mu.Unlock()

	return q.current
}

// another counts an attempt and reports whether one more is due.
func (q *queuedTask[T]) another(ctx context.Context) (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.attempts++

	return q.attempts, !q.cancelled && httpapi.Patient(ctx, httpapi.RetryBusy, q.attempts, time.Since(q.began))
}
