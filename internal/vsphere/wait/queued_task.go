package wait

import (
	"context"
	"sync"

	"github.com/vmware/govmomi/vim25/soap"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// queuedTask is a task that may have to wait for others. vCenter lets one task at a time work on a VM, and tells the next one that
// it is busy as often by the task as by the call. That failure proves that nothing happened, so the task is started anew as long as
// the caller's deadline leaves time for it, or until it is cancelled.
type queuedTask[T any] struct {
	tasks    *Tasks
	what     httpapi.Call
	starter  starter
	result   Result[T]
	attempts *httpapi.Attempts

	mu        sync.Mutex
	current   *vimTask[T]
	cancelled bool
}

// StartQueued is [Start] for what other tasks on the object may be in the way of. The handle's id changes when the task is started
// anew.
func StartQueued[Q any, R AnswersTask, T any](
	ctx context.Context, t *Tasks, what httpapi.Call, result Result[T],
	method func(context.Context, soap.RoundTripper, *Q) (*R, error), request *Q,
) (task.Handle[T], error) {
	starter := methodCall[Q, R]{t.conn.Method(what).Once(), method, request}
	queued := &queuedTask[T]{tasks: t, what: what, starter: starter, result: result, attempts: t.repeater.Begin(what.Effect)}
	var err error
	if queued.current, err = queued.begin(ctx); err != nil {
		return nil, err
	}

	return queued, nil
}

// begin starts the task, when no other task of the queue is in the way. After a refusal it holds its place in the queue, so that of
// all that wait for a task of another process one asks.
func (q *queuedTask[T]) begin(ctx context.Context) (*vimTask[T], error) {
	var (
		place *queue
		last  error
	)
	for attempts := q.tasks.repeater.Begin(q.what.Effect); ; {
		if place == nil {
			var err error
			if place, err = q.tasks.queues.enter(ctx, q.tasks.conn.Logger, q.what); err != nil {
				return nil, either(last, err)
			}
		}
		if _, due := backoff.BeforeChange(ctx, 0); last != nil && !due {
			place.leave()

			return nil, last
		}
		ref, err := q.starter.start(ctx)
		if err == nil {
			started := newVimTask(q.tasks, q.what, ref, q.result)
			started.queue = place

			return started, nil
		}
		last = err
		if isTaskInProgress(err) && !place.refused() {
			place.leave()
			place = nil
		} else if !attempts.Again(ctx, err) {
			place.leave()

			return nil, err
		}
	}
}

func either(first, second error) error {
	if first != nil {
		return first // what vCenter said last tells more than that the time is up
	}

	return second
}

// ID returns the managed object id of the task that runs now: "task-42".
func (q *queuedTask[T]) ID() string { return q.task().ID() }

// Next blocks until the task ends, as [vimTask.Next] does, and starts it anew when another task was in the way. A failure
// of that start is the task's failure.
func (q *queuedTask[T]) Next(ctx context.Context) (task.Update[T], error) {
	current := q.task()
	update, err := current.Next(ctx)
	if err != nil || !isTaskInProgress(update.Err) || q.isCancelled() || !q.attempts.Again(ctx, update.Err) {
		return update, err
	}
	next, err := q.begin(ctx)
	if err != nil {
		return task.Update[T]{State: task.StateFailed, Percent: -1, Err: err}, nil //nolint:nilerr // it is the task's own
	}
	q.mu.Lock()
	q.current = next
	q.mu.Unlock()
	if q.isCancelled() {
		err = next.Cancel(ctx)
	}

	return task.Update[T]{State: task.StateQueued, Percent: -1}, err
}

// Cancel asks vCenter to cancel the task, as [vimTask.Cancel] does, and does not start it anew.
func (q *queuedTask[T]) Cancel(ctx context.Context) error {
	q.mu.Lock()
	q.cancelled = true
	q.mu.Unlock()

	return q.task().Cancel(ctx)
}

func (q *queuedTask[T]) isCancelled() bool {
	q.mu.Lock()
	defer q.mu.Unlock()

	return q.cancelled
}

func (q *queuedTask[T]) task() *vimTask[T] {
	q.mu.Lock()
	defer q.mu.Unlock()

	return q.current
}

// isTaskInProgress reports whether something failed because another task works on its object. Other busy objects, a locked
// file for example, do not prove that nothing was done.
func isTaskInProgress(err error) bool {
	return apierr.Is(err, apierr.Busy) && (conn.HasCode(err, "TaskInProgress") || conn.HasCode(err, "VAppTaskInProgress"))
}
