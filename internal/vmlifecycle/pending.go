package vmlifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// glance bounds how long a refresh looks at a pending VM's task.
const glance = 5 * time.Second

// resolution is what is known of a pending VM.
type resolution struct {
	kind    resolutionKind
	vmID    string // of resolvedVM
	percent int    // of stillRunning, -1 where vCenter does not tell
	err     error  // the task's own error, or why nobody knows; may be nil
}

// resolutionKind says what became of a pending VM.
type resolutionKind int

const (
	unresolved      resolutionKind = iota // nobody knows: the error says why
	stillRunning                          // the task has not ended
	resolvedVM                            // it made the VM
	resolvedNothing                       // it is proved to have made nothing
)

// resolve finds out what became of a pending VM: from its task, and when vCenter has forgotten that, which it does some
// minutes after the end, by looking for the VM. With wait it sees a running task through, as long as ctx lasts.
func (m *Machines) resolve(ctx context.Context, store Private, taskID string, wait bool) resolution {
	if taskID == "" || taskID == UnknownTask {
		return m.searchPending(ctx, store, UnknownTask, wait)
	}

	handle := m.Task(taskID)
	var update task.Update[string]
	var err error
	if wait {
		update.Result, err = task.Wait(ctx, handle, task.WithLogger(m.Logger))
		update.State = task.StateSucceeded
	} else {
		update, err = m.glanceAt(ctx, handle)
	}

	switch {
	case errors.Is(err, task.ErrUnknown), err != nil && !wait && apierr.Is(err, apierr.NotFound):
		return m.searchPending(ctx, store, taskID, wait)
	case errors.Is(err, task.ErrUnfinished):
		return resolution{err: err}
	case err != nil && !wait:
		return resolution{err: err}
	case err != nil:
		return m.failedPending(ctx, store, taskID, err)
	case !update.State.Done():
		return resolution{kind: stillRunning, percent: update.Percent}
	case update.State != task.StateSucceeded:
		return m.failedPending(ctx, store, taskID, update.Err)
	default:
		m.Session.Own(update.Result)

		return resolution{kind: resolvedVM, vmID: update.Result}
	}
}

// glanceAt asks for the task's state once.
func (m *Machines) glanceAt(ctx context.Context, handle task.Handle[string]) (task.Update[string], error) {
	bounded, stop := context.WithTimeout(ctx, glance)
	defer stop()

	return handle.Next(bounded)
}

// failedPending judges a task that failed or was cancelled. A failed one may have left a VM that is not powered on or not
// customized, which a cancelled one does not.
func (m *Machines) failedPending(ctx context.Context, store Private, taskID string, err error) resolution {
	if err == nil || apierr.Is(err, apierr.Cancelled, apierr.AlreadyExists) {
		return resolution{kind: resolvedNothing, err: err}
	}
	found := m.searchPending(ctx, store, taskID, false)
	if found.kind == resolvedNothing {
		found.err = err
	}

	return found
}

// searchPending looks for the VM of a pending VM whose task can't tell.
func (m *Machines) searchPending(ctx context.Context, store Private, taskID string, wait bool) resolution {
	search, ok := loadPending(ctx, store, taskID)
	if !ok {
		return resolution{err: errors.New("what was asked for is not stored beside the state")}
	}

	var vmID string
	if wait {
		found, err := m.look(ctx, search)
		if err != nil {
			return resolution{err: err}
		}
		vmID = found
	} else {
		finding, err := m.Find(ctx, search)
		if err != nil {
			return resolution{err: err}
		}
		if len(finding.TaskIDs) > 0 {
			return resolution{kind: stillRunning, percent: -1}
		}
		vmID = finding.VMID
	}

	if vmID == "" || !m.Session.claims.take(vmID, owner(search)) {
		return resolution{kind: resolvedNothing}
	}

	return resolution{kind: resolvedVM, vmID: vmID}
}
