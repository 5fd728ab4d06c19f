package task

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Settle ends a task that the caller can wait for no longer: it asks the platform to cancel it and waits up to grace for the
// end. Pass the operation's own ctx, ended or not: Settle keeps its values and works on a bounded context of its own, so
// it returns within grace also when the platform hangs.
//
//   - Adopted: the task succeeded after all; T is its result and the error is nil.
//   - Cancelled: the task was cancelled (the error is nil) or failed (the task's own error, with its TaskID).
//   - Unsettled: the outcome is not known. The error says why and holds [ErrUnfinished]; a task that the platform does not know is
//     unsettled too, with [ErrUnknown]. A platform that refuses to cancel is asked for the end all the same.
func Settle[T any](ctx context.Context, h Handle[T], grace time.Duration, opts ...Option) (T, Outcome, error) {
	var none T
	if !settles {
		return none, Cancelled, nil
	}
	s := newSettings(opts)
	bounded, release := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer release()

	askToCancel(bounded, h, grace, s)
	update, err := watch(bounded, h, s)
	switch {
	case err != nil:
		return none, Unsettled, err
	case update.State == StateSucceeded:
		return update.Result, Adopted, nil
	case update.State == StateCancelled, apierr.Is(update.Err, apierr.Cancelled):
		return none, Cancelled, nil
	default:
		return none, Cancelled, ownError(update, h.ID())
	}
}

// askToCancel takes at most half of grace, so that a platform that hangs over the request can still tell the end. That
// it fails is not fatal: what counts is how the task ends.
func askToCancel[T any](ctx context.Context, h Handle[T], grace time.Duration, s settings) {
	bounded, release := context.WithTimeout(ctx, grace/2)
	defer release()
	if err := h.Cancel(bounded); err != nil {
		s.logger.WarnContext(ctx, "Could not ask to cancel the task", "task_id", h.ID(), "error", err.Error())
	}
}
