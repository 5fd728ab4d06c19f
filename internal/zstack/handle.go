package zstack

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// handle is a job as a [task.Handle]. Several handles may be of one job, each with its own part of the result.
type handle[T any] struct {
	job    *job
	what   httpapi.Call
	decode func(json.RawMessage) (T, error) // the error of this handle's part, or that the result can't be read

	mu    sync.Mutex
	knows bool // that the job runs
}

// ID returns the job's uuid (X-Job-UUID). It changes when the job is sent anew because ZStack did not begin it.
func (h *handle[T]) ID() string { return h.job.id() }

// Next blocks until ZStack knows of the job, which is told once, and then until it has ended. Its error is of kind NotFound
// when ZStack does not know the job: it was purged, about three hours after it ended, or its request never arrived.
func (h *handle[T]) Next(ctx context.Context) (task.Update[T], error) {
	h.mu.Lock()
	knows := h.knows
	h.mu.Unlock()
	now, err := h.job.next(ctx, knows)
	if err != nil {
		return task.Update[T]{}, err
	}
	h.mu.Lock()
	h.knows = true
	h.mu.Unlock()
	update := task.Update[T]{State: task.StateRunning, Percent: -1}
	switch {
	case !now.ended:
	case now.failure != nil:
		update.State, update.Err = task.StateFailed, now.failure
	default:
		update.State = task.StateSucceeded
		if update.Result, err = h.decode(now.result); err != nil {
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
	own := *failure
	own.TaskID = h.job.id()

	return &own
}

// Cancel does nothing: ZStack has no way to cancel the job of an API call.
func (*handle[T]) Cancel(context.Context) error { return nil }

// startJob sends a request and returns its job's handle.
func startJob[T any](
	ctx context.Context, c *Client, r request, decode func(json.RawMessage) (T, error),
) (task.Handle[T], error) {
	defer c.life.Enter(ctx).Leave()
	j := c.newJob(r)
	if err := j.start(ctx); err != nil {
		return nil, err
	}

	return &handle[T]{job: j, what: j.request.Call, decode: decode}, nil
}

// noResult is for jobs whose result nobody needs.
func noResult(json.RawMessage) (struct{}, error) { return struct{}{}, nil }

var errNoInventory = errors.New("the result has no inventory")

// inventory reads the inventory that most results hold.
func inventory[W any](result json.RawMessage) (*W, error) {
	var told struct {
		Inventory *W `json:"inventory"`
	}
	if err := json.Unmarshal(result, &told); err != nil {
		return nil, err //nolint:wrapcheck // handle.failure wraps it
	}
	if told.Inventory == nil {
		return nil, errNoInventory
	}

	return told.Inventory, nil
}
