package vmlifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// How long a making that cannot be waited for any longer is still looked after.
const (
	// interruptGrace is short: a second Ctrl-C kills the provider, and what it has not returned is forgotten.
	interruptGrace = 2 * time.Second
	// deadlineGrace comes on top of timeouts.create.
	deadlineGrace = 30 * time.Second
	// secondLook is how long after the first look for a lost clone the second one is, if the first found nothing.
	secondLook = 2 * time.Second
)

// UnknownTask is the pending_task_id of a VM whose task nobody was told, since vCenter's answer was lost.
const UnknownTask = "unknown"

// making is one VM in the making.
type making struct {
	*Machines

	search   vsphere.CloneSearch // what is made, and since when by vCenter's clock
	start    func(ctx context.Context) (task.Handle[string], error)
	leavesVM bool // a failed task may leave a VM behind
}

// fate is what became of a making.
type fate struct {
	kind   fateKind
	vmID   string // of created and partial
	taskID string // of pending, and of what a task proved
	err    error  // why it is not just created; nil where a cancelled task says nothing more
	search error  // of lost: why looking for the clone failed too
}

// fateKind says what can be done about a making.
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

// run starts the making and sees it through. ctx is the CLI's: cancelled when the user interrupts. bounded descends from it
// and ends with timeouts.create.
func (c *making) run(ctx, bounded context.Context) fate {
	release, err := c.Client.AcquireTaskSlot(bounded)
	if err != nil {
		return fate{err: fmt.Errorf("waiting for a task slot: %w", err)}
	}
	defer release()

	handle, err := c.start(bounded)
	switch {
	case err == nil:
		return c.watch(ctx, bounded, handle)
	case apierr.IsAnswerLost(err):
		return c.findLost(ctx, bounded, "", err)
	default:
		return fate{err: err}
	}
}

// watch waits for a task that is known to be ours.
func (c *making) watch(ctx, bounded context.Context, handle task.Handle[string]) fate {
	vmID, err := task.Wait(bounded, handle, task.WithLogger(c.Logger))
	switch {
	case err == nil:
		return c.made(vmID)
	case apierr.IsAnswerLost(err): // it succeeded, but did not tell what it made
		return c.findLost(ctx, bounded, handle.ID(), err)
	case !errors.Is(err, task.ErrUnfinished):
		return c.failed(bounded, handle.ID(), err)
	case ctx.Err() != nil:
		return c.settle(ctx, handle, interruptGrace)
	case bounded.Err() != nil:
		return c.settle(ctx, handle, deadlineGrace)
	default:
		return c.findLost(ctx, bounded, handle.ID(), err)
	}
}

// settle asks to cancel the task and learns what became of it.
func (c *making) settle(ctx context.Context, handle task.Handle[string], grace time.Duration) fate {
	vmID, outcome, err := task.Settle(ctx, handle, grace, task.WithLogger(c.Logger))
	switch outcome {
	case task.Adopted:
		return c.made(vmID)
	case task.Cancelled:
		return fate{kind: cancelled, taskID: handle.ID(), err: err}
	default:
		return fate{kind: pending, taskID: handle.ID(), err: err}
	}
}

// failed judges a task that failed. What was to be powered on or customized may have left a VM behind.
func (c *making) failed(ctx context.Context, taskID string, err error) fate {
	nothing := fate{taskID: taskID, err: err}
	if apierr.Is(err, apierr.AlreadyExists, apierr.Cancelled) || !c.leavesVM {
		return nothing
	}
	search := c.searchFor(taskID)
	finding, searchErr := c.Find(ctx, search)
	if searchErr != nil || finding.VMID == "" || !c.Session.claims.take(finding.VMID, owner(search)) {
		return nothing
	}

	return fate{kind: partial, vmID: finding.VMID, taskID: taskID, err: err}
}

func (c *making) made(vmID string) fate {
	c.Session.Own(vmID)

	return fate{kind: created, vmID: vmID}
}

func (c *making) searchFor(taskID string) vsphere.CloneSearch {
	search := c.search
	search.TaskID = taskID

	return search
}

// owner names the VM that a search is for.
func owner(search vsphere.CloneSearch) string {
	return search.Name + " since " + search.Since.Format(time.RFC3339Nano)
}

// findLost looks for a VM whose task nobody told (taskID is empty) or can be asked about. Nothing is sent again and nothing
// is cancelled: a task that is found by looking may be somebody else's.
func (c *making) findLost(ctx, bounded context.Context, taskID string, cause error) fate {
	search := c.searchFor(taskID)
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
	case err == nil && vmID != "" && c.Session.claims.take(vmID, owner(search)):
		return fate{kind: created, vmID: vmID}
	case err == nil:
		return fate{kind: lostNotCreated, taskID: taskID, err: cause}
	default:
		return fate{kind: lost, taskID: cmp.Or(taskID, UnknownTask), err: cause, search: err}
	}
}

// lookTwice is look for a request that may still be on its way to becoming a task, or a task that vCenter forgot while its
// work went on: that one look finds nothing proves nothing.
func (c *making) lookTwice(ctx context.Context, search vsphere.CloneSearch) (string, error) {
	vmID, err := c.look(ctx, search)
	if err != nil || vmID != "" {
		return vmID, err
	}
	if err := pause(ctx, secondLook); err != nil {
		return "", err
	}

	return c.look(ctx, search)
}

// look finds the VM that a lost making made; "" means that none came to be. Tasks on the same source that run now and that
// this process does not know are waited for first, since one of them may be the lost one.
func (m *Machines) look(ctx context.Context, search vsphere.CloneSearch) (string, error) {
	finding, err := m.find(ctx, search)
	if err != nil || len(finding.TaskIDs) == 0 {
		return finding.VMID, err
	}
	for _, id := range finding.TaskIDs {
		_, err := task.Wait(ctx, m.Task(id), task.WithLogger(m.Logger))
		if errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown) {
			return "", fmt.Errorf("waiting for a clone of %s that may be the lost one: %w", search.SourceID, err)
		}
	}
	finding, err = m.find(ctx, search)

	return finding.VMID, err
}

// find asks until there is an answer or ctx ends: what broke the connection a moment ago may still be there.
func (m *Machines) find(ctx context.Context, search vsphere.CloneSearch) (vsphere.CloneFinding, error) {
	var finding vsphere.CloneFinding
	away := func(err error) bool { return apierr.Is(err, apierr.Unavailable, apierr.Busy) }
	err := again(ctx, away, func(ctx context.Context) error {
		var err error
		finding, err = m.Find(ctx, search)

		return err
	})

	return finding, err
}
