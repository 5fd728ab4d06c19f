package wait

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

const taskType = "Task"

// What of a task is watched. Progress is left out: it changes often and would cost an answer each time.
const (
	taskState  = "info.state"
	taskError  = "info.error"
	taskResult = "info.result"
	// Both are there when a task has ended.
	taskQueued    = "info.queueTime"
	taskCompleted = "info.completeTime"
	// taskProgress is the percentage that vCenter tells of a task, as far as it does.
	taskProgress = "info.progress"
)

// Result makes a task's result of info.result, and reports false when it can't.
type Result[T any] func(value any) (T, bool)

// NoResult is for tasks whose result is not needed.
func NoResult(any) (struct{}, bool) { return struct{}{}, true }

// ReferenceID is for tasks that make an object, whose id is the result. A nil reference is none.
func ReferenceID(value any) (string, bool) {
	switch ref := value.(type) {
	case types.ManagedObjectReference:
		return ref.Value, ref.Value != ""
	case *types.ManagedObjectReference:
		if ref != nil {
			return ref.Value, ref.Value != ""
		}
	}

	return "", false
}

// AnswersTask is the response of every method that answers a task.
type AnswersTask interface {
	~struct {
		Returnval types.ManagedObjectReference `xml:"returnval" json:"returnval"`
	}
}

// starter starts a task.
type starter interface {
	start(ctx context.Context) (types.ManagedObjectReference, error)
}

// methodCall starts a task by a vim25 method.
type methodCall[Q any, R AnswersTask] struct {
	through conn.Method
	method  func(context.Context, soap.RoundTripper, *Q) (*R, error)
	request *Q
}

func (c methodCall[Q, R]) start(ctx context.Context) (types.ManagedObjectReference, error) {
	answer, err := c.method(ctx, c.through, c.request)
	if err != nil {
		return types.ManagedObjectReference{}, err
	}

	return types.PowerOnVM_TaskResponse(*answer).Returnval, nil
}

// Start starts a task by a method. A refusal comes as the error; what happens later, as the task's.
func Start[Q any, R AnswersTask, T any](
	ctx context.Context, t *Tasks, what httpapi.Call, result Result[T],
	method func(context.Context, soap.RoundTripper, *Q) (*R, error), request *Q,
) (task.Handle[T], error) {
	ref, err := methodCall[Q, R]{t.conn.Method(what), method, request}.start(ctx)
	if err != nil {
		return nil, err
	}

	return newVimTask(t, what, ref, result), nil
}

// vimTask is a vim25 task in flight.
type vimTask[T any] struct {
	tasks  *Tasks
	ref    types.ManagedObjectReference
	what   httpapi.Call // the method that started the task, for errors
	result Result[T]
	pace   *poll.Pace
	queue  *queue      // the task runs in, nil for none
	left   atomic.Bool // the queue
	untold atomic.Bool // how it stands is news, even while it runs: another process started it
}

// newVimTask returns the handle of a task that this process started.
func newVimTask[T any](t *Tasks, what httpapi.Call, ref types.ManagedObjectReference, result Result[T]) *vimTask[T] {
	t.addOwn(ref.Value)

	return &vimTask[T]{tasks: t, ref: ref, what: what, result: result, pace: t.paces.Started(what.Op)}
}

// Resume returns the handle of a task that another process started. Its Next tells first how the task stands.
func Resume[T any](t *Tasks, what httpapi.Call, id string, result Result[T]) task.Handle[T] {
	ref := types.ManagedObjectReference{Type: taskType, Value: id}
	resumed := &vimTask[T]{tasks: t, ref: ref, what: what, result: result, pace: poll.NewPace(resumedLook)}
	resumed.untold.Store(true)

	return resumed
}

// ID returns the task's managed object id: "task-42".
func (h *vimTask[T]) ID() string { return h.ref.Value }

// Next blocks until the task ends. Its error is of kind NotFound when vCenter does not know the task (any more).
func (h *vimTask[T]) Next(ctx context.Context) (task.Update[T], error) {
	update := task.Update[T]{Percent: -1}
	paths, done := []string{taskState, taskError, taskResult, taskQueued, taskCompleted}, taskEnded
	if h.untold.Swap(false) {
		paths, done = append(paths, taskProgress), taskKnown
	}
	values, err := h.tasks.watcher.await(ctx, h.pace, h.ref, paths, done)
	if err != nil {
		h.leaveQueue()

		return update, awaitError(ctx, httpapi.Call{Op: watchOp, Object: h.ref.Value}, err)
	}
	if !taskEnded(values) {
		update.State = task.StateRunning
		if percent, ok := values[taskProgress].(int32); ok {
			update.Percent = int(percent)
		}

		return update, nil
	}
	h.leaveQueue()
	if values[taskState] == types.TaskInfoStateSuccess {
		h.learn(values)

		return h.succeeded(values[taskResult]), nil
	}
	update.State = task.StateFailed
	failure := h.what.Error(apierr.Internal, "")
	if fault := localizedFault(values[taskError]); fault != nil {
		failure = conn.LocalizedError(h.what, fault)
	}
	failure.TaskID = h.ref.Value
	if failure.Kind == apierr.Cancelled {
		update.State = task.StateCancelled
	}
	update.Err = failure

	return update, nil
}

// leaveQueue lets the next task of its queue begin.
func (h *vimTask[T]) leaveQueue() {
	if h.queue != nil && !h.left.Swap(true) {
		h.queue.leave()
	}
}

// learn notes how long the task took, by vCenter's times where it tells them.
func (h *vimTask[T]) learn(values map[string]any) {
	queued, _ := values[taskQueued].(time.Time)
	completed, _ := values[taskCompleted].(time.Time)
	if queued.IsZero() || completed.IsZero() {
		h.pace.Ended(time.Now())
	} else {
		h.pace.Lasted(completed.Sub(queued))
	}
}

// succeeded is the end of a task that did what it should. One that made something and does not say what is not understood:
// what it made must be looked for.
func (h *vimTask[T]) succeeded(value any) task.Update[T] {
	result, ok := h.result(value)
	// What the task of another process made stays what a search looks for.
	if made, named := ReferenceID(value); named && h.tasks.Own(h.ref.Value) {
		h.tasks.addOwn(made)
	}
	if ok {
		return task.Update[T]{State: task.StateSucceeded, Percent: 100, Result: result}
	}
	failure := h.what.Error(apierr.Internal, apierr.CodeMalformedAnswer)
	failure.TaskID, failure.AnswerLost = h.ref.Value, true

	return task.Update[T]{State: task.StateFailed, Percent: -1, Err: failure}
}

// Cancel asks vCenter to cancel the task (CancelTask). A task that is over, unknown or not to be cancelled is no error.
func (h *vimTask[T]) Cancel(ctx context.Context) error {
	_, err := conn.Call(ctx, h.tasks.conn.Method(httpapi.Call{Op: "CancelTask", Object: h.ref.Value}), methods.CancelTask,
		&types.CancelTask{This: h.ref})
	if apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Unsupported) {
		return nil
	}

	return err
}

func taskEnded(values map[string]any) bool {
	return values[taskState] == types.TaskInfoStateSuccess || values[taskState] == types.TaskInfoStateError
}

func taskKnown(values map[string]any) bool { return values[taskState] != nil }

// localizedFault reads info.error, which is a value from vCenter and may be a pointer from elsewhere.
func localizedFault(value any) *types.LocalizedMethodFault {
	switch fault := value.(type) {
	case types.LocalizedMethodFault:
		return &fault
	case *types.LocalizedMethodFault:
		return fault
	}

	return nil
}
