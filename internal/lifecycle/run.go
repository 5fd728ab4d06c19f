package lifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// errTaskCancelled is why an object is not complete whose task was cancelled.
var errTaskCancelled = errors.New("its task was cancelled")

// run starts the task and sees it through; a refusal proves that nothing came to be and is tried again as the adapter allows. ctx is
// the CLI's: it is cancelled when the user interrupts. bounded descends from it and ends with timeouts.create.
func (c *creation[M, R, E]) run(ctx, bounded context.Context) outcome[R] {
	again := attempts{retry: c.adapter.Retries(c.model)}
	for {
		end := c.once(ctx, bounded)
		if end.Kind != endNotCreated {
			return end
		}
		if end.Err = again.next(bounded, end.Err); again.over {
			return end
		}
		message := "The creation was refused, trying again"
		if Busy(end.Err) {
			message = "Other work holds the source, waiting for it"
		}
		c.logger.InfoContext(ctx, message, "source", c.model.Creation().Source, "error", end.Err.Error())
	}
}

// once starts the task within the platform's limit of tasks and sees it through.
func (c *creation[M, R, E]) once(ctx, bounded context.Context) outcome[R] {
	release, err := c.adapter.Slot(bounded)
	if err != nil {
		return outcome[R]{Err: fmt.Errorf("waiting for a task slot: %w", err)}
	}
	defer release()

	handle, err := c.adapter.Start(bounded, c.change, c.evidence)
	switch {
	case err == nil:
		return c.watch(ctx, bounded, handle)
	case apierr.IsAnswerLost(err):
		return c.findLost(ctx, bounded, "", err)
	default:
		return outcome[R]{Err: err}
	}
}

// watch waits for the task.
func (c *creation[M, R, E]) watch(ctx, bounded context.Context, handle task.Handle[R]) outcome[R] {
	made, err := task.Wait(bounded, handle, task.WithLogger(c.logger))
	switch {
	case err == nil:
		return c.created(made, handle.ID())
	case apierr.IsAnswerLost(err):
		return c.findUntold(ctx, bounded, handle.ID(), err)
	case !errors.Is(err, task.ErrUnfinished):
		return c.failed(ctx, bounded, handle.ID(), err)
	case bounded.Err() != nil:
		return c.settle(ctx, bounded, handle)
	default:
		return c.findLost(ctx, bounded, handle.ID(), err)
	}
}

// settle asks to cancel a task that can't be waited for any longer, and finds out what became of it.
func (c *creation[M, R, E]) settle(ctx, bounded context.Context, handle task.Handle[R]) outcome[R] {
	grace := deadlineGrace
	if ctx.Err() != nil {
		grace = interruptGrace
	}
	made, became, err := task.Settle(ctx, handle, grace, task.WithLogger(c.logger))
	switch became {
	case task.Adopted:
		return c.created(made, handle.ID())
	case task.Cancelled:
		end := c.failed(ctx, bounded, handle.ID(), err)
		switch {
		case end.Kind == endNotCreated && (err == nil || ctx.Err() != nil):
			end.Kind = endCancelled // also of a task that failed meanwhile: the user knows of the interruption
		case end.Kind == endUnseen && err == nil:
			end.Kind = endPending // no error of the task to report: what it left is only not known
		}

		return end
	case task.Unsettled:
		return c.unended(c.complete(ctx, handle.ID()), outcome[R]{Kind: endPending, TaskID: handle.ID(), Err: err})
	}

	return outcome[R]{Kind: endPending, TaskID: handle.ID(), Err: err}
}

// unended is the outcome of a task that has not ended, by what was found.
func (c *creation[M, R, E]) unended(finding Finding[R], otherwise outcome[R]) outcome[R] {
	switch {
	case finding.Found:
		return c.created(finding.Result, otherwise.TaskID)
	case finding.Candidate != nil:
		return outcome[R]{Kind: endUnproved, TaskID: otherwise.TaskID, Err: otherwise.Err, Candidate: finding.Candidate}
	}

	return otherwise
}

// failed searches for what a task left behind that failed, or was cancelled where err is nil. A search that fails proves nothing.
func (c *creation[M, R, E]) failed(ctx, bounded context.Context, taskID string, err error) outcome[R] {
	leftover := c.adapter.Leaves(c.model, err)
	if leftover == LeavesNothing {
		return outcome[R]{TaskID: taskID, Err: err}
	}
	finding, searchErr := c.findBehind(ctx, bounded, taskID)
	if searchErr != nil {
		return outcome[R]{Kind: endUnseen, TaskID: taskID, Err: err, SearchErr: searchErr}
	}
	finding = c.claimed(finding)
	switch {
	case finding.Candidate != nil:
		return outcome[R]{Kind: endUnproved, TaskID: taskID, Err: err, Candidate: finding.Candidate}
	case !finding.Found:
		return outcome[R]{TaskID: taskID, Err: err}
	case leftover == LeavesWhole:
		return outcome[R]{Kind: endCreated, Result: finding.Result, TaskID: taskID}
	case err == nil:
		err = errTaskCancelled
	}

	return outcome[R]{Kind: endPartial, Result: finding.Result, TaskID: taskID, Err: err}
}

// findBehind searches for what a failed task left behind: within the creation's own time, or shortly after it where that is over.
func (c *creation[M, R, E]) findBehind(ctx, bounded context.Context, taskID string) (Finding[R], error) {
	looking, stop := context.WithTimeout(bounded, deadlineGrace)
	defer stop()
	finding, err := c.find(looking, taskID)
	if err == nil || bounded.Err() == nil {
		return finding, err
	}
	detached, stopDetached := detach(ctx)
	defer stopDetached()

	return c.find(detached, taskID)
}

// created is the outcome of a task that tells what it created.
func (c *creation[M, R, E]) created(made R, taskID string) outcome[R] {
	c.own(made)

	return outcome[R]{Kind: endCreated, Result: made, TaskID: taskID}
}

// findUntold searches for what a task created that ended without telling it: the platform stopped waiting for it, or its result
// can't be read. Its work may go on, so nothing found proves nothing.
func (c *creation[M, R, E]) findUntold(ctx, bounded context.Context, taskID string, cause error) outcome[R] {
	if !c.goesOn(cause) {
		end := c.findLost(ctx, bounded, taskID, cause)
		if end.Kind == endLostNotCreated {
			end.Kind = endLost
		}

		return end
	}
	finding := c.complete(ctx, taskID)
	if !finding.Found && finding.Candidate == nil && Pause(bounded, secondLook) == nil {
		finding = c.complete(ctx, taskID)
	}
	if !finding.Found && finding.Candidate == nil {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), interruptGrace)
		defer stop()
		_, err := c.adapter.Find(detached, c.lost(taskID)) // tells why it can't be found, or that it is not complete

		return outcome[R]{Kind: endLost, TaskID: taskID, Err: cause, SearchErr: err}
	}

	return c.unended(finding, outcome[R]{TaskID: taskID, Err: cause})
}

// findLost searches for an object whose task is not known (taskID is empty) or can't be asked. It neither sends the request again
// nor cancels a task: one that a search finds may be another client's.
func (c *creation[M, R, E]) findLost(ctx, bounded context.Context, taskID string, cause error) outcome[R] {
	finding, err := c.lookTwice(bounded, taskID)
	if err != nil && bounded.Err() != nil {
		detached, stop := detach(ctx)
		defer stop()
		finding, err = c.lookTwice(detached, taskID)
	}
	if err != nil {
		return outcome[R]{Kind: endLost, TaskID: cmp.Or(taskID, UnknownTask), Err: cause, SearchErr: err}
	}
	switch finding = c.claimed(finding); {
	case finding.Found:
		return outcome[R]{Kind: endCreated, Result: finding.Result, TaskID: taskID}
	case finding.Candidate != nil:
		return outcome[R]{Kind: endUnproved, TaskID: cmp.Or(taskID, UnknownTask), Err: cause, Candidate: finding.Candidate}
	}

	return outcome[R]{Kind: endLostNotCreated, TaskID: taskID, Err: cause}
}

// detach returns a context with a short time of its own, for an operation whose context has ended: ctx is the CLI's.
func detach(ctx context.Context) (context.Context, context.CancelFunc) {
	grace := deadlineGrace
	if ctx.Err() != nil {
		grace = interruptGrace
	}

	return context.WithTimeout(context.WithoutCancel(ctx), grace)
}
