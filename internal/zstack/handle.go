package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/job"
)

// handle is a job as a [task.Handle]. Several handles may be of one job, each with its own part of the result.
type handle[T any] struct {
	*job.Job

	what   httpapi.Call
	decode func(json.RawMessage) (T, error) // the error of this handle's part, or that the result can't be read
	knows  atomic.Bool                      // that the job runs
}

// start starts an asynchronous call on the object that r names, and returns its job's handle.
func start[T any](ctx context.Context, c *Client, r conn.Request, decode func(json.RawMessage) (T, error)) (task.Handle[T], error) {
	r.Effect = httpapi.Changes
	if err := conn.CheckUUID(r.Call, r.Object); err != nil {
		return nil, err
	}
	h := &handle[T]{Job: c.jobs.New(r), what: r.Call, decode: decode}
	if err := h.Send(ctx, 0); err != nil {
		return nil, err
	}

	return h, nil
}

// Next blocks until ZStack knows of the job, which is told once, and then until it has ended; see [job.Job.Next] for its errors.
func (h *handle[T]) Next(ctx context.Context) (task.Update[T], error) {
	now, err := h.Job.Next(ctx, h.knows.Load())
	if err != nil {
		return task.Update[T]{}, err
	}
	h.knows.Store(true)
	update := task.Update[T]{State: task.StateRunning, Percent: -1}
	switch {
	case !now.Ended:
	case now.Failure != nil:
		update.State, update.Err = task.StateFailed, now.Failure
	default:
		update.State = task.StateSucceeded
		if update.Result, err = h.decode(now.Result); err != nil {
			update.State, update.Err = task.StateFailed, h.failure(err)
		}
	}

	return update, nil
}

// failure is why a job that succeeded has no result for this handle.
func (h *handle[T]) failure(err error) error {
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok {
		failure = h.what.Error(apierr.Internal, apierr.CodeMalformedAnswer).Wrap(err)
		failure.AnswerLost = true
	}
	failure.TaskID = h.ID()

	return failure
}

// Cancel does nothing: ZStack has no way to cancel the job of an API call.
func (*handle[T]) Cancel(context.Context) error { return nil }

// noResult is for jobs whose result is of no use.
func noResult(json.RawMessage) (struct{}, error) { return struct{}{}, nil }

var errNoInventory = errors.New("the result has no inventory")

// inventory reads the inventory that most results hold.
func inventory[T any](result json.RawMessage) (T, error) {
	var told struct {
		Inventory *T `json:"inventory"`
	}
	err := json.Unmarshal(result, &told)
	if err == nil && told.Inventory == nil {
		err = errNoInventory
	}
	if err != nil {
		var none T

		return none, err
	}

	return *told.Inventory, nil
}
