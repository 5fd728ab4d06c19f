package task

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// ErrUnfinished is in the chain of every error of [Wait] and [Settle] that is not the task's own end: how the task ended
// is not known, and it may still succeed. A caller that made something with the task must settle it or keep its id.
var ErrUnfinished = errors.New("the task's end was not seen")

// ErrUnknown is in the chain, together with [ErrUnfinished], when the platform does not know the task (any more). That
// is no proof of anything: platforms forget finished tasks after some minutes.
var ErrUnknown = errors.New("the platform does not know the task")

// Codes of the errors that this package makes itself.
const (
	CodeDeadlineExceeded = "DeadlineExceeded" // of apierr.TimedOut: our own deadline passed while the task ran
	CodeTaskUnknown      = "TaskUnknown"      // of apierr.Internal: see ErrUnknown
)

// defaultPatience is how long a platform may give no answer before it counts as dead.
const defaultPatience = 3 * time.Minute

// pauses are those after a question that failed.
var pauses = backoff.Series{First: 250 * time.Millisecond, Longest: 15 * time.Second}

// Option changes how [Wait] and [Settle] go about it.
type Option func(*settings)

type settings struct {
	logger   *slog.Logger
	patience time.Duration
}

// WithLogger sends progress to logger at INFO: the first news, then at most one line in five seconds, and the end, each
// with task_id, state, percent (where the platform tells), elapsed and note. Answers that fail and are asked for again
// go to WARN. Without it nothing is logged.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) { s.logger = logger }
}

// WithPatience sets how long questions may go without any answer before the platform counts as dead (default 3 minutes).
func WithPatience(patience time.Duration) Option {
	return func(s *settings) { s.patience = patience }
}

func newSettings(opts []Option) settings {
	s := settings{logger: slog.New(slog.DiscardHandler), patience: defaultPatience}
	for _, opt := range opts {
		opt(&s)
	}

	return s
}

// Wait blocks until the task ends and returns its result, or one of these errors:
//
//   - the task's own error, an [apierr.Error] with its TaskID filled in: the task is over and failed or was cancelled;
//   - with ErrUnfinished, when ctx's deadline passed: Kind TimedOut, Code [CodeDeadlineExceeded], TaskID;
//     errors.Is(err, context.DeadlineExceeded) is true;
//   - with ErrUnfinished, when ctx was cancelled: errors.Is(err, context.Canceled) is true, and so is it for the cause;
//   - with ErrUnfinished and ErrUnknown, when the platform does not know the task: Kind Internal, Code [CodeTaskUnknown].
//     It is not NotFound, so that no caller takes it for proof that an object is gone;
//   - with ErrUnfinished, when the platform could not be asked: the last answer's own Kind and Code, with the TaskID.
//     Unavailable, Busy and TimedOut answers are asked again, with back-off and jitter, until [WithPatience] runs out.
//
// A result that arrives together with ctx's end wins.
func Wait[T any](ctx context.Context, h Handle[T], opts ...Option) (T, error) {
	update, err := watch(ctx, h, newSettings(opts))
	if err != nil {
		return update.Result, err
	}
	if update.State != StateSucceeded {
		var none T

		return none, ownError(update, h.ID())
	}

	return update.Result, nil
}

// watch asks h for news until the task is done. Its error always holds ErrUnfinished.
func watch[T any](ctx context.Context, h Handle[T], s settings) (Update[T], error) {
	progress := startProgress(ctx, s.logger, h.ID)
	var failures retries
	for {
		if ctx.Err() != nil {
			err := ended(ctx, h.ID(), progress) // the id may change when a handle sends its task anew
			progress.finish(ctx, "unfinished")

			return Update[T]{}, err
		}
		update, err := h.Next(ctx)
		switch {
		case err == nil && update.State.Done():
			progress.finish(ctx, update.State.String())

			return update, nil
		case err == nil:
			failures = retries{}
			progress.news(ctx, update.State, update.Percent, update.Note)
		case ctx.Err() != nil:
			// The error only says that ctx ended; the next iteration reports that with the task's id.
		case transient(err) && failures.next(s.patience):
			s.logger.WarnContext(ctx, "Could not ask for the task, asking again", "task_id", h.ID(), "error", err.Error())
			backoff.Pause(ctx, pauses.After(failures.count))
		default:
			progress.finish(ctx, "unfinished")

			return Update[T]{}, unanswered(err, h.ID(), failures)
		}
	}
}

// transient reports whether a question that failed with err is worth asking again.
func transient(err error) bool {
	return apierr.Is(err, apierr.Unavailable, apierr.Busy, apierr.TimedOut)
}

// retries counts questions that failed one after another.
type retries struct {
	count int
	since time.Time
}

// next notes one more failure and reports whether patience lasts.
func (r *retries) next(patience time.Duration) bool {
	if r.count == 0 {
		r.since = time.Now()
	}
	r.count++

	return time.Since(r.since) < patience
}
