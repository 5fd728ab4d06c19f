package vsphere

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
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
)

// vimHandle is a vim25 task in flight. T is made of info.result by result, which reports false when it can't.
type vimHandle[T any] struct {
	client *Client
	ref    types.ManagedObjectReference
	what   httpapi.Call // the method that started the task, for errors
	result func(any) (T, bool)
	ended  atomic.Bool
}

// startTask starts a task and remembers that it is this process's own. A refusal comes as the error; what happens later, as
// the task's.
func startTask[T any](
	ctx context.Context, c *Client, what httpapi.Call, result func(any) (T, bool), method starter,
) (*vimHandle[T], error) {
	handle := &vimHandle[T]{client: c, what: what, result: result}
	err := c.vimCall(ctx, what, func(ctx context.Context, vim *vim25.Client) error {
		var err error
		handle.ref, err = method(ctx, vim)

		return err
	})
	if err != nil {
		return nil, err
	}
	c.turns.began(what.Object)
	c.started.add(handle.ref.Value)

	return handle, nil
}

// resumeTask returns the handle of a task that another process started.
func resumeTask[T any](c *Client, what httpapi.Call, id string, result func(any) (T, bool)) task.Handle[T] {
	ref := types.ManagedObjectReference{Type: taskType, Value: id}

	return &resumedTask[T]{vimHandle: &vimHandle[T]{client: c, ref: ref, what: what, result: result}}
}

// noResult is for tasks whose result nobody needs.
func noResult(any) (struct{}, bool) { return struct{}{}, true }

// referenceID is for tasks that make an object, whose id is the result.
func referenceID(value any) (string, bool) {
	switch ref := value.(type) {
	case types.ManagedObjectReference:
		return ref.Value, ref.Value != ""
	case *types.ManagedObjectReference:
		return ref.Value, ref.Value != ""
	}

	return "", false
}

// ID returns the task's managed object id: "task-42".
func (h *vimHandle[T]) ID() string { return h.ref.Value }

// Next blocks until the task ends (WaitForUpdatesEx, shared by all that is awaited). Its error is of kind NotFound when
// vCenter does not know the task (any more).
func (h *vimHandle[T]) Next(ctx context.Context) (task.Update[T], error) {
	update := task.Update[T]{Percent: -1}
	values, err := h.client.watcher.await(ctx, h.what.Op, h.ref,
		[]string{taskState, taskError, taskResult, taskQueued, taskCompleted}, taskEnded)
	if err != nil {
		return update, h.client.awaitError(ctx, httpapi.Call{Op: "WaitForUpdatesEx", Object: h.ref.Value}, err)
	}
	if !h.ended.Swap(true) {
		h.client.turns.end(h.what.Object)
	}
	if values[taskState] == types.TaskInfoStateSuccess {
		return h.succeeded(values[taskResult]), nil
	}
	update.State = task.StateFailed
	failure := h.what.Error(apierr.Internal, "")
	if fault := localizedFault(values[taskError]); fault != nil {
		failure = localizedError(h.what, fault)
	}
	failure.TaskID = h.ref.Value
	if failure.Kind == apierr.Cancelled {
		update.State = task.StateCancelled
	}
	update.Err = failure

	return update, nil
}

// succeeded is the end of a task that did what it should. One that made something and does not say what is not understood:
// what it made must be looked for.
func (h *vimHandle[T]) succeeded(value any) task.Update[T] {
	result, ok := h.result(value)
	// What a task made that somebody only found by looking stays what is looked for.
	if made, named := referenceID(value); named && h.client.started.has(h.ref.Value) {
		h.client.started.add(made)
		if h.client.turns.crowded(h.what.Object) {
			h.client.watcher.rides.grant(made, h.what.Op)
		}
	}
	if ok {
		return task.Update[T]{State: task.StateSucceeded, Percent: 100, Result: result}
	}
	failure := h.what.Error(apierr.Internal, apierr.CodeMalformedAnswer)
	failure.TaskID, failure.AnswerLost = h.ref.Value, true

	return task.Update[T]{State: task.StateFailed, Percent: -1, Err: failure}
}

// Cancel asks vCenter to cancel the task (CancelTask). A task that is over, unknown or not to be cancelled is no error.
func (h *vimHandle[T]) Cancel(ctx context.Context) error {
	err := h.client.vimCall(ctx, httpapi.Call{Op: "CancelTask", Object: h.ref.Value},
		func(ctx context.Context, vim *vim25.Client) error {
			_, err := methods.CancelTask(ctx, vim, &types.CancelTask{This: h.ref})

			return err //nolint:wrapcheck // vimCall classifies it
		})
	if apierr.Is(err, apierr.NotFound, apierr.InvalidState, apierr.Unsupported) {
		return nil
	}

	return err
}

func taskEnded(values map[string]any) bool {
	return values[taskState] == types.TaskInfoStateSuccess || values[taskState] == types.TaskInfoStateError
}

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

// awaitError gives every end of a wait the form that this package's errors have.
func (s *session) awaitError(ctx context.Context, what httpapi.Call, err error) error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		own := *failure

		return &own
	}
	if ctx.Err() != nil {
		return what.Interrupted(ctx, nil)
	}

	return what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(err)
}
