package task

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// ownError is why the task itself ended without a result, with the task's id in it.
func ownError[T any](update Update[T], id string) error {
	if update.Err != nil {
		return withTaskID(update.Err, id)
	}
	kind, message := apierr.Internal, "the platform did not say why the task failed"
	if update.State == StateCancelled {
		kind, message = apierr.Cancelled, "the task was cancelled"
	}

	return &apierr.Error{Kind: kind, Messages: []string{message}, TaskID: id}
}

// withTaskID returns err with an apierr.Error in its chain that names the task. A handle may give the same error to
// several waiters, so it is copied, never changed.
func withTaskID(err error, id string) error {
	known, ok := errors.AsType[*apierr.Error](err)
	if !ok {
		return (&apierr.Error{Kind: apierr.Internal, TaskID: id}).Wrap(err)
	}
	if known.TaskID != "" {
		return err
	}
	named := *known
	named.TaskID = id
	if known != err { //nolint:errorlint // asks whether err itself is the apierr.Error, not whether one is in its chain
		return named.Wrap(err)
	}

	return &named
}

// ended says that ctx ended while the task ran: a typed timeout, or the cancellation with its cause.
func ended(ctx context.Context, id string, progress *progress) error {
	reason := fmt.Errorf("%w: %w", ErrUnfinished, ctx.Err())
	if cause := context.Cause(ctx); !errors.Is(ctx.Err(), cause) {
		reason = fmt.Errorf("%w: %w", reason, cause)
	}
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("waiting for task %s: %w", id, reason)
	}

	return (&apierr.Error{
		Kind: apierr.TimedOut, Code: CodeDeadlineExceeded, TaskID: id,
		Messages: []string{fmt.Sprintf("task %s had not ended after %s%s",
			id, progress.elapsed().Round(time.Millisecond), progress.standing())},
	}).Wrap(reason)
}

// unanswered says that the platform could not be asked for the task's outcome.
func unanswered(err error, id string, failures retries) error {
	if apierr.Is(err, apierr.NotFound) {
		return (&apierr.Error{
			Kind: apierr.Internal, Code: CodeTaskUnknown, TaskID: id,
			Messages: []string{fmt.Sprintf("the platform does not know task %s", id)},
		}).Wrap(fmt.Errorf("%w: %w: %w", ErrUnfinished, ErrUnknown, err))
	}
	message := fmt.Sprintf("the platform could not be asked about task %s", id)
	if failures.count > 1 {
		message = fmt.Sprintf("%s for %s, %d times in a row", message,
			time.Since(failures.since).Round(time.Second), failures.count)
	}
	lost := &apierr.Error{Kind: apierr.Internal, TaskID: id}
	if known, ok := errors.AsType[*apierr.Error](err); ok {
		lost.Kind, lost.Op, lost.Object, lost.Code = known.Kind, known.Op, known.Object, known.Code
		lost.MissingPrivileges = known.MissingPrivileges
		lost.Messages = known.Messages
		if lost.Kind == apierr.Cancelled { // the question was; of the task that would be a claim
			lost.Kind = apierr.Unavailable
		}
	}
	lost.Messages = append([]string{message}, lost.Messages...)

	return lost.Wrap(fmt.Errorf("%w: %w", ErrUnfinished, err))
}
