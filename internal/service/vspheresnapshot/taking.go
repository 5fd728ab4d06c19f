package vspheresnapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// How long a snapshot that cannot be waited for any longer is still looked after.
const (
	// interruptGrace is short: a second Ctrl-C kills the provider, and what it has not returned is forgotten.
	interruptGrace = 2 * time.Second
	// deadlineGrace comes on top of timeouts.create.
	deadlineGrace = 30 * time.Second
	// secondLook is how long after the first look for a lost snapshot the second one is, if the first found nothing.
	secondLook = 2 * time.Second
)

// unknownTask is the pending_task_id of a snapshot whose task nobody was told, since vCenter's answer was lost.
const unknownTask = "unknown"

// taking is one snapshot in the making.
type taking struct {
	client client
	logger *slog.Logger
	queues *queues
	spec   vsphere.SnapshotSpec
	began  time.Time // by vCenter's clock
}

// fate is what became of a snapshot.
type fate struct {
	kind   fateKind
	id     string // of taken
	taskID string // of pending, and of what a task proved
	err    error  // why it is not just taken; nil where a cancelled task says nothing more
	search error  // of lost: why looking for the snapshot failed too
}

// fateKind says what can be done about a snapshot.
type fateKind int

const (
	notTaken     fateKind = iota // nothing came to be: the error says why
	taken                        // the snapshot is there
	cancelled                    // we asked to cancel it, and nothing came to be
	pending                      // we asked to cancel it, and nobody has told how it ended
	lost                         // the answer, or sight of the task, was lost, and looking for the snapshot failed too
	lostNotTaken                 // the answer, or sight of the task, was lost, and nothing came to be
)

// run takes the snapshot and sees it through, when it is this snapshot's turn on the VM. ctx is the CLI's: cancelled when
// the user interrupts. bounded descends from it and ends with timeouts.create. A VM that somebody else works on is asked
// again as long as there is time: a refusal proves that nothing came to be.
func (t *taking) run(ctx, bounded context.Context) fate {
	leave, err := t.queues.enter(bounded, t.spec.VMID)
	if err != nil {
		return fate{err: err}
	}
	defer leave()

	for length := firstPause; ; length = min(2*length, longestPause) {
		end := t.attempt(ctx, bounded)
		if end.kind != notTaken || !busy(end.err) || bounded.Err() != nil {
			return end
		}
		t.logger.InfoContext(ctx, "The VM is busy, asking again", "vm_id", t.spec.VMID, "error", end.err.Error())
		jittered := length/2 + rand.N(length/2) //nolint:gosec // jitter needs no cryptographic randomness
		if pause(bounded, jittered) != nil {
			return end
		}
	}
}

// attempt asks for the snapshot once.
func (t *taking) attempt(ctx, bounded context.Context) fate {
	release, err := t.client.AcquireTaskSlot(bounded)
	if err != nil {
		return fate{err: fmt.Errorf("waiting for a task slot: %w", err)}
	}
	defer release()

	handle, err := t.client.CreateSnapshot(bounded, t.spec)
	switch {
	case err == nil:
		return t.watch(ctx, bounded, handle)
	case apierr.IsAnswerLost(err):
		return t.find(ctx, bounded, "", err)
	default:
		return fate{err: err}
	}
}

// watch waits for a task that is known to be ours.
func (t *taking) watch(ctx, bounded context.Context, handle task.Handle[string]) fate {
	id, err := task.Wait(bounded, handle, task.WithLogger(t.logger))
	switch {
	case err == nil:
		return fate{kind: taken, id: id}
	case apierr.IsAnswerLost(err): // it succeeded, but did not tell what it made
		return t.find(ctx, bounded, handle.ID(), err)
	case !errors.Is(err, task.ErrUnfinished):
		return fate{taskID: handle.ID(), err: err}
	case ctx.Err() != nil:
		return t.settle(ctx, handle, interruptGrace)
	case bounded.Err() != nil:
		return t.settle(ctx, handle, deadlineGrace)
	default:
		return t.find(ctx, bounded, handle.ID(), err)
	}
}

// settle asks to cancel the task and learns what became of it.
func (t *taking) settle(ctx context.Context, handle task.Handle[string], grace time.Duration) fate {
	id, outcome, err := task.Settle(ctx, handle, grace, task.WithLogger(t.logger))
	switch outcome {
	case task.Adopted:
		return fate{kind: taken, id: id}
	case task.Cancelled:
		return fate{kind: cancelled, taskID: handle.ID(), err: err}
	default:
		return fate{kind: pending, taskID: handle.ID(), err: err}
	}
}

func (t *taking) search(taskID string) vsphere.SnapshotSearch {
	return vsphere.SnapshotSearch{
		VMID: t.spec.VMID, Name: t.spec.Name, Description: t.spec.Description, Since: t.began, TaskID: taskID,
	}
}

// find looks for a snapshot whose task nobody told (taskID is empty) or can be asked about. Nothing is sent again and
// nothing is cancelled: a task that is found by looking may be somebody else's.
func (t *taking) find(ctx, bounded context.Context, taskID string, cause error) fate {
	search := t.search(taskID)
	id, err := t.lookTwice(bounded, search)
	if err != nil && bounded.Err() != nil {
		grace := deadlineGrace
		if ctx.Err() != nil {
			grace = interruptGrace
		}
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer stop()
		id, err = t.lookTwice(detached, search)
	}
	switch {
	case err == nil && id != "":
		return fate{kind: taken, id: id}
	case err == nil, apierr.Is(err, apierr.NotFound): // a VM that is gone has no snapshots
		return fate{kind: lostNotTaken, taskID: taskID, err: cause}
	default:
		return fate{kind: lost, taskID: cmp.Or(taskID, unknownTask), err: cause, search: err}
	}
}

// lookTwice is look for a request that may still be on its way to becoming a task: that one look finds nothing proves
// nothing.
func (t *taking) lookTwice(ctx context.Context, search vsphere.SnapshotSearch) (string, error) {
	id, err := look(ctx, t.client, t.logger, search)
	if err != nil || id != "" {
		return id, err
	}
	if err := pause(ctx, secondLook); err != nil {
		return "", err
	}

	return look(ctx, t.client, t.logger, search)
}

// look finds the snapshot that a lost request took; "" means that none came to be. Snapshots of the same VM that are being
// taken now and that this process does not know are waited for first, since one of them may be the lost one.
func look(ctx context.Context, c client, logger *slog.Logger, search vsphere.SnapshotSearch) (string, error) {
	finding, err := findSnapshot(ctx, c, search)
	if err != nil || len(finding.TaskIDs) == 0 {
		return finding.SnapshotID, err
	}
	for _, id := range finding.TaskIDs {
		_, err := task.Wait(ctx, c.SnapshotTask(id), task.WithLogger(logger))
		if errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown) {
			return "", fmt.Errorf("waiting for a snapshot of %s that may be the lost one: %w", search.VMID, err)
		}
	}
	finding, err = findSnapshot(ctx, c, search)

	return finding.SnapshotID, err
}

// findSnapshot asks until there is an answer or ctx ends.
func findSnapshot(ctx context.Context, c client, search vsphere.SnapshotSearch) (vsphere.SnapshotFinding, error) {
	var finding vsphere.SnapshotFinding
	err := again(ctx, away, func(ctx context.Context) error {
		var err error
		finding, err = c.FindSnapshot(ctx, search)

		return err
	})

	return finding, err
}
