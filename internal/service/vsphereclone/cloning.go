package vsphereclone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// How long a clone that cannot be waited for any longer is still looked after.
const (
	// interruptGrace is short: a second Ctrl-C kills the provider, and what it has not returned is forgotten.
	interruptGrace = 2 * time.Second
	// deadlineGrace comes on top of timeouts.create.
	deadlineGrace = 30 * time.Second
	// secondLook is how long after the first look for a lost clone the second one is, if the first found nothing.
	secondLook = 2 * time.Second
)

// unknownTask is the pending_task_id of a clone whose task nobody was told, since vCenter's answer was lost.
const unknownTask = "unknown"

// cloning is one clone in the making.
type cloning struct {
	client client
	logger *slog.Logger
	claims *claims
	spec   vsphere.CloneSpec
	began  time.Time // by vCenter's clock
}

// fate is what became of a clone.
type fate struct {
	kind   fateKind
	vmID   string // of created and partial
	taskID string // of pending, and of what a task proved
	err    error  // why it is not just created; nil where a cancelled task says nothing more
	search error  // of lost: why looking for the clone failed too
}

// fateKind says what can be done about a clone.
type fateKind int

const (
	notCreated     fateKind = iota // nothing came to be: the error says why
	created                        // the VM is there
	partial                        // the VM is there, but what was to follow (power, customization) failed
	cancelled                      // we asked to cancel it, and nothing came to be
	pending                        // we asked to cancel it, and nobody has told how it ended
	lost                           // the answer, or sight of the task, was lost, and looking for the VM failed too
	lostNotCreated                 // the answer, or sight of the task, was lost, and nothing came to be
)

// run starts the clone and sees it through. ctx is the CLI's: cancelled when the user interrupts. bounded descends from
// it and ends with timeouts.create.
func (c *cloning) run(ctx, bounded context.Context) fate {
	release, err := c.client.AcquireTaskSlot(bounded)
	if err != nil {
		return fate{err: fmt.Errorf("waiting for a task slot: %w", err)}
	}
	defer release()

	handle, err := c.client.StartClone(bounded, c.spec)
	switch {
	case err == nil:
		return c.watch(ctx, bounded, handle)
	case apierr.IsAnswerLost(err):
		return c.find(ctx, bounded, "", err)
	default:
		return fate{err: err}
	}
}

// watch waits for a task that is known to be ours.
func (c *cloning) watch(ctx, bounded context.Context, handle task.Handle[string]) fate {
	vmID, err := task.Wait(bounded, handle, task.WithLogger(c.logger))
	switch {
	case err == nil:
		return c.made(vmID)
	case apierr.IsAnswerLost(err): // it succeeded, but did not tell what it made
		return c.find(ctx, bounded, handle.ID(), err)
	case !errors.Is(err, task.ErrUnfinished):
		return c.failed(bounded, handle.ID(), err)
	case ctx.Err() != nil:
		return c.settle(ctx, handle, interruptGrace)
	case bounded.Err() != nil:
		return c.settle(ctx, handle, deadlineGrace)
	default:
		return c.find(ctx, bounded, handle.ID(), err)
	}
}

// settle asks to cancel the task and learns what became of it.
func (c *cloning) settle(ctx context.Context, handle task.Handle[string], grace time.Duration) fate {
	vmID, outcome, err := task.Settle(ctx, handle, grace, task.WithLogger(c.logger))
	switch outcome {
	case task.Adopted:
		return c.made(vmID)
	case task.Cancelled:
		return fate{kind: cancelled, taskID: handle.ID(), err: err}
	default:
		return fate{kind: pending, taskID: handle.ID(), err: err}
	}
}

// failed judges a task that failed. A clone that was to be powered on or customized may have left a VM behind.
func (c *cloning) failed(ctx context.Context, taskID string, err error) fate {
	nothing := fate{taskID: taskID, err: err}
	if apierr.Is(err, apierr.AlreadyExists, apierr.Cancelled) || (!c.spec.PowerOn && c.spec.CustomizationSpec == "") {
		return nothing
	}
	finding, searchErr := c.client.FindClone(ctx, c.search(taskID))
	if searchErr != nil || finding.VMID == "" || !c.claims.take(finding.VMID, owner(c.search(taskID))) {
		return nothing
	}

	return fate{kind: partial, vmID: finding.VMID, taskID: taskID, err: err}
}

func (c *cloning) made(vmID string) fate {
	c.claims.add(vmID)

	return fate{kind: created, vmID: vmID}
}

func (c *cloning) search(taskID string) vsphere.CloneSearch {
	return vsphere.CloneSearch{
		SourceID: c.spec.SourceID, Name: c.spec.Name, FolderID: c.spec.Placement.FolderID, Since: c.began, TaskID: taskID,
	}
}

// owner names the clone that a search is for.
func owner(search vsphere.CloneSearch) string {
	return search.Name + " since " + search.Since.Format(time.RFC3339Nano)
}

// find looks for a clone whose task nobody told (taskID is empty) or can be asked about. Nothing is sent again and nothing
// is cancelled: a task that is found by looking may be somebody else's.
func (c *cloning) find(ctx, bounded context.Context, taskID string, cause error) fate {
	search := c.search(taskID)
	vmID, err := c.lookTwice(bounded, search)
	if err != nil && bounded.Err() != nil {
		grace := deadlineGrace
		if ctx.Err() != nil {
			grace = interruptGrace
		}
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer stop()
		vmID, err = c.lookTwice(detached, search)
	}
	switch {
	case err == nil && vmID != "" && c.claims.take(vmID, owner(search)):
		return fate{kind: created, vmID: vmID}
	case err == nil:
		return fate{kind: lostNotCreated, taskID: taskID, err: cause}
	default:
		return fate{kind: lost, taskID: cmp.Or(taskID, unknownTask), err: cause, search: err}
	}
}

// lookTwice is look for a request that may still be on its way to becoming a task, or a task that vCenter forgot while its
// work went on: that one look finds nothing proves nothing.
func (c *cloning) lookTwice(ctx context.Context, search vsphere.CloneSearch) (string, error) {
	vmID, err := look(ctx, c.client, c.logger, search)
	if err != nil || vmID != "" {
		return vmID, err
	}
	if err := pause(ctx, secondLook); err != nil {
		return "", err
	}

	return look(ctx, c.client, c.logger, search)
}

// look finds the VM that a lost clone made; "" means that none came to be. Clones of the same source that run now and
// that this process does not know are waited for first, since one of them may be the lost one.
func look(ctx context.Context, c client, logger *slog.Logger, search vsphere.CloneSearch) (string, error) {
	finding, err := findClone(ctx, c, search)
	if err != nil || len(finding.TaskIDs) == 0 {
		return finding.VMID, err
	}
	for _, id := range finding.TaskIDs {
		_, err := task.Wait(ctx, c.CloneTask(id), task.WithLogger(logger))
		if errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown) {
			return "", fmt.Errorf("waiting for a clone of %s that may be the lost one: %w", search.SourceID, err)
		}
	}
	finding, err = findClone(ctx, c, search)

	return finding.VMID, err
}

// findClone asks until there is an answer or ctx ends: what broke the connection a moment ago may still be there.
func findClone(ctx context.Context, c client, search vsphere.CloneSearch) (vsphere.CloneFinding, error) {
	var finding vsphere.CloneFinding
	away := func(err error) bool { return apierr.Is(err, apierr.Unavailable, apierr.Busy) }
	err := again(ctx, away, func(ctx context.Context) error {
		var err error
		finding, err = c.FindClone(ctx, search)

		return err
	})

	return finding, err
}
