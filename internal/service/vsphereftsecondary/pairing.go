package vsphereftsecondary

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// How long what cannot be waited for any longer is still looked after.
const (
	// deadlineGrace comes on top of timeouts.create.
	deadlineGrace = 30 * time.Second
	// secondLook is how long after the first look for a lost secondary the second one is, if the first found nothing.
	secondLook = 2 * time.Second
	// detachedRead bounds a read after the operation's own context has ended.
	detachedRead = 5 * time.Second
)

// pairing is one secondary in the making. The primary had none when it began.
type pairing struct {
	client client
	logger *slog.Logger
	spec   vsphere.SecondarySpec
}

// fate is what became of a secondary.
type fate struct {
	kind   fateKind
	result vsphere.SecondaryResult // of made and partial; only its id where the task did not tell
	taskID string                  // of pending, and of what a task proved
	err    error                   // why it is not just made; nil where a cancelled task says nothing more
	search error                   // of lost: why looking for the secondary failed too
}

// fateKind says what can be done about a secondary.
type fateKind int

const (
	notMade     fateKind = iota // nothing came to be: the error says why
	made                        // it is there
	partial                     // it is there, but the task failed
	cancelled                   // we asked to cancel it, and nothing came to be
	pending                     // we asked to cancel it, and nobody has told how it ended
	lost                        // the answer, or sight of the task, was lost, and looking for the secondary failed too
	lostNotMade                 // the answer, or sight of the task, was lost, and nothing came to be
)

// run makes the secondary and sees it through. While something else works on the primary it is tried again. ctx is the
// CLI's: cancelled when the user interrupts. bounded descends from it and ends with timeouts.create.
func (p *pairing) run(ctx, bounded context.Context) fate {
	var end fate
	err := lifecycle.Again(bounded, lifecycle.Busy, func(context.Context) error {
		if end = p.once(ctx, bounded); end.kind != notMade {
			return nil
		}

		return end.err
	})
	if err != nil {
		end.err = err // of several refusals the one that says most
	}

	return end
}

func (p *pairing) once(ctx, bounded context.Context) fate {
	release, err := p.client.AcquireTaskSlot(bounded)
	if err != nil {
		return fate{err: fmt.Errorf("waiting for a task slot: %w", err)}
	}
	defer release()

	handle, err := p.client.CreateSecondary(bounded, p.spec)
	switch {
	case err == nil:
		return p.watch(ctx, bounded, handle)
	case apierr.IsAnswerLost(err):
		return p.find(ctx, bounded, "", err)
	default:
		return fate{err: err}
	}
}

// watch waits for a task that is known to be ours.
func (p *pairing) watch(ctx, bounded context.Context, handle task.Handle[vsphere.SecondaryResult]) fate {
	result, err := task.Wait(bounded, handle, task.WithLogger(p.logger))
	switch {
	case err == nil:
		return fate{kind: made, result: result}
	case apierr.IsAnswerLost(err): // it succeeded, but did not tell what it made
		return p.find(ctx, bounded, handle.ID(), err)
	case !errors.Is(err, task.ErrUnfinished):
		return p.failed(ctx, handle.ID(), err)
	case ctx.Err() != nil:
		return p.settle(ctx, handle, lifecycle.InterruptGrace)
	case bounded.Err() != nil:
		return p.settle(ctx, handle, deadlineGrace)
	default:
		return p.find(ctx, bounded, handle.ID(), err)
	}
}

// settle asks to cancel the task and learns what became of it. Whatever the task says, a secondary that is there counts.
func (p *pairing) settle(ctx context.Context, handle task.Handle[vsphere.SecondaryResult], grace time.Duration) fate {
	result, outcome, err := task.Settle(ctx, handle, grace, task.WithLogger(p.logger))
	if outcome == task.Adopted {
		return fate{kind: made, result: result}
	}
	secondary, readErr := p.there(ctx)
	switch {
	case secondary != "":
		return fate{kind: made, result: vsphere.SecondaryResult{SecondaryID: secondary}}
	case outcome == task.Cancelled && readErr == nil && err != nil && ctx.Err() == nil:
		return fate{taskID: handle.ID(), err: err} // it failed by itself, not since time ran out
	case outcome == task.Cancelled && readErr == nil:
		return fate{kind: cancelled, taskID: handle.ID(), err: err}
	default:
		return fate{kind: pending, taskID: handle.ID(), err: err}
	}
}

// failed judges a task that failed. It leaves no secondary, but only the primary can tell.
func (p *pairing) failed(ctx context.Context, taskID string, err error) fate {
	secondary, readErr := p.there(ctx)
	switch {
	case secondary != "":
		return fate{kind: partial, result: vsphere.SecondaryResult{SecondaryID: secondary}, taskID: taskID, err: err}
	case readErr != nil && !apierr.Is(readErr, apierr.NotFound):
		return fate{kind: lost, taskID: taskID, err: err, search: readErr}
	default:
		return fate{taskID: taskID, err: err}
	}
}

// there returns the secondary that the primary has now, "" where it has none. It works on a short time of its own.
func (p *pairing) there(ctx context.Context) (string, error) {
	detached, stop := context.WithTimeout(context.WithoutCancel(ctx), detachedRead)
	defer stop()
	pair, err := p.client.FaultTolerance(detached, p.spec.PrimaryID)
	if pair.Role != vsphere.RolePrimary {
		return "", err
	}

	return pair.SecondaryID, err
}

// find looks for a secondary whose task nobody told (taskID is empty) or can be asked about. Nothing is sent again and
// nothing is cancelled: a task that is found by looking may be somebody else's.
func (p *pairing) find(ctx, bounded context.Context, taskID string, cause error) fate {
	search := vsphere.SecondarySearch{PrimaryID: p.spec.PrimaryID, TaskID: taskID}
	secondary, err := p.lookTwice(bounded, search)
	if err != nil && bounded.Err() != nil {
		grace := deadlineGrace
		if ctx.Err() != nil {
			grace = lifecycle.InterruptGrace
		}
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer stop()
		secondary, err = p.lookTwice(detached, search)
	}
	switch {
	case secondary != "":
		return fate{kind: made, result: vsphere.SecondaryResult{SecondaryID: secondary}}
	case err == nil:
		return fate{kind: lostNotMade, taskID: taskID, err: cause}
	default:
		return fate{kind: lost, taskID: cmp.Or(taskID, lifecycle.UnknownTask), err: cause, search: err}
	}
}

// lookTwice is look for a request that may still be on its way to becoming a task, or a task that vCenter forgot while its
// work went on: that one look finds nothing proves nothing.
func (p *pairing) lookTwice(ctx context.Context, search vsphere.SecondarySearch) (string, error) {
	secondary, err := look(ctx, p.client, p.logger, search)
	if err != nil || secondary != "" {
		return secondary, err
	}
	if err := lifecycle.Pause(ctx, secondLook); err != nil {
		return "", err
	}

	return look(ctx, p.client, p.logger, search)
}

// look finds the secondary that a lost request made; "" means that none came to be. Tasks that still make one of the same
// primary are waited for, since one of them may be the lost one.
func look(ctx context.Context, c client, logger *slog.Logger, search vsphere.SecondarySearch) (string, error) {
	finding, err := find(ctx, c, search)
	if err != nil || finding.SecondaryID != "" || len(finding.TaskIDs) == 0 {
		return finding.SecondaryID, err
	}
	for _, id := range finding.TaskIDs {
		_, err := task.Wait(ctx, c.SecondaryTask(id), task.WithLogger(logger))
		if errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown) {
			return "", fmt.Errorf("waiting for a secondary of %s that may be the lost one: %w", search.PrimaryID, err)
		}
	}
	finding, err = find(ctx, c, search)

	return finding.SecondaryID, err
}

// find asks until there is an answer or ctx ends: what broke the connection a moment ago may still be there. A primary that
// is gone has no secondary.
func find(ctx context.Context, c client, search vsphere.SecondarySearch) (vsphere.SecondaryFinding, error) {
	var finding vsphere.SecondaryFinding
	err := lifecycle.AskAgain(ctx, func(ctx context.Context) error {
		var err error
		finding, err = c.FindSecondary(ctx, search)

		return err
	})
	if apierr.Is(err, apierr.NotFound) {
		return vsphere.SecondaryFinding{}, nil
	}

	return finding, err
}
