package fakevsphere

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Behaviour says how a clone task goes.
type Behaviour int

// The ways that a task goes.
const (
	Succeeds         Behaviour = iota
	Hangs                      // it goes on until it is cancelled
	IgnoresCancel              // it goes on whatever is asked
	FinishesOnCancel           // it succeeds when it is asked to cancel
	Fails                      // it fails and leaves nothing
	FailsLate                  // it fails after the VM came to be
	Taken                      // it fails since the name is taken
)

// slowTask changes a VM when it is asked to cancel, or never.
type slowTask struct {
	fake  *VCenter
	goes  Behaviour
	apply func() error
	end   chan task.Update[struct{}]
}

// ID is part of task.Handle.
func (t *slowTask) ID() string { return "task-1" }

// Next is part of task.Handle.
func (t *slowTask) Next(ctx context.Context) (task.Update[struct{}], error) {
	select {
	case update := <-t.end:
		return update, nil
	case <-ctx.Done():
		return task.Update[struct{}]{}, ctx.Err()
	}
}

// Cancel is part of task.Handle.
func (t *slowTask) Cancel(ctx context.Context) error {
	if err := t.fake.Note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	switch t.goes {
	case FinishesOnCancel:
		t.end <- task.Update[struct{}]{State: task.StateSucceeded, Err: t.apply()}
	case Hangs:
		t.end <- task.Update[struct{}]{State: task.StateCancelled}
	case Fails:
		t.end <- task.Update[struct{}]{State: task.StateFailed, Err: &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}
	default:
	}

	return nil
}

// doneTask has ended, in success or with an error.
type doneTask struct{ err error }

// ID is part of task.Handle.
func (t doneTask) ID() string { return "task-0" }

// Cancel is part of task.Handle.
func (t doneTask) Cancel(context.Context) error { return nil }

// Next is part of task.Handle.
func (t doneTask) Next(context.Context) (task.Update[struct{}], error) {
	if t.err == nil {
		return task.Update[struct{}]{State: task.StateSucceeded}, nil
	}

	return task.Update[struct{}]{State: task.StateFailed, Err: t.err}, nil
}

// Task is a clone. Its fields are guarded by the fake's mutex.
type Task struct {
	id        string
	fake      *VCenter
	make      func(power vsphere.PowerState) string
	goes      Behaviour
	end       chan struct{}
	update    task.Update[string]
	news      bool // the standing of a running task was told
	forgotten bool
	AskErr    error
}

// ID is part of task.Handle.
func (t *Task) ID() string { return t.id }

// Next is part of task.Handle.
func (t *Task) Next(ctx context.Context) (task.Update[string], error) {
	t.fake.mutex.Lock()
	forgotten, AskErr, news, update := t.forgotten, t.AskErr, t.news, t.update
	t.news = true
	t.fake.mutex.Unlock()
	switch {
	case AskErr != nil:
		return task.Update[string]{}, AskErr
	case forgotten:
		return task.Update[string]{}, Gone("CIS tasks", t.id)
	case !news && !update.State.Done():
		return task.Update[string]{State: task.StateRunning, Percent: 60}, nil
	}
	select {
	case <-t.end:
		return t.update, nil
	case <-ctx.Done():
		return task.Update[string]{}, ctx.Err()
	}
}

// Cancel is part of task.Handle.
func (t *Task) Cancel(ctx context.Context) error {
	if err := t.fake.Note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if t.update.State.Done() {
		return nil
	}
	switch t.goes {
	case FinishesOnCancel:
		t.goes = Succeeds
		t.finish()
	case Hangs:
		t.update = task.Update[string]{State: task.StateCancelled}
		close(t.end)
	case IgnoresCancel, Succeeds, Fails, FailsLate, Taken:
	}

	return nil
}

// Release lets a hanging clone succeed.
func (t *Task) Release() {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	t.goes = Succeeds
	t.finish()
}

// finish ends the task. It is called with the fake's mutex held.
func (t *Task) finish() {
	failure := &apierr.Error{Kind: apierr.Internal, Code: "ERROR", Messages: []string{"the clone broke"}}
	switch t.goes {
	case Fails:
		t.update = task.Update[string]{State: task.StateFailed, Err: failure}
	case FailsLate:
		t.make(vsphere.PoweredOff)
		t.update = task.Update[string]{State: task.StateFailed, Err: failure}
	case Taken:
		t.update = task.Update[string]{State: task.StateFailed, Err: &apierr.Error{Kind: apierr.AlreadyExists, Code: "ALREADY_EXISTS"}}
	default:
		t.update = task.Update[string]{State: task.StateSucceeded, Result: t.make("")}
	}
	close(t.end)
}

// EndAs ends a hanging clone in a certain way; Hangs means cancelled.
func (t *Task) EndAs(goes Behaviour) {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if goes == Hangs {
		t.update = task.Update[string]{State: task.StateCancelled}
		close(t.end)

		return
	}
	t.goes = goes
	t.finish()
}
