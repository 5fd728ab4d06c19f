package vsphereclone

import (
	"context"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// cloneBehaviour says how a clone task goes.
type cloneBehaviour int

const (
	cloneSucceeds         cloneBehaviour = iota
	cloneHangs                           // it goes on until it is cancelled
	cloneIgnoresCancel                   // it goes on whatever is asked
	cloneFinishesOnCancel                // it is done when somebody asks to cancel it
	cloneFails                           // it fails and leaves nothing
	cloneFailsLate                       // it fails after the VM came to be
	cloneTaken                           // it fails since the name is taken
)

// slowTask changes a VM when somebody asks to cancel it, or never.
type slowTask struct {
	fake  *fakeVSphere
	goes  cloneBehaviour
	apply func() error
	end   chan task.Update[struct{}]
}

func (t *slowTask) ID() string { return "task-1" }

func (t *slowTask) Next(ctx context.Context) (task.Update[struct{}], error) {
	select {
	case update := <-t.end:
		return update, nil
	case <-ctx.Done():
		return task.Update[struct{}]{}, ctx.Err()
	}
}

func (t *slowTask) Cancel(ctx context.Context) error {
	if err := t.fake.note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	switch t.goes {
	case cloneFinishesOnCancel:
		t.end <- task.Update[struct{}]{State: task.StateSucceeded, Err: t.apply()}
	case cloneHangs:
		t.end <- task.Update[struct{}]{State: task.StateCancelled}
	case cloneFails:
		t.end <- task.Update[struct{}]{State: task.StateFailed, Err: &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}}
	default:
	}

	return nil
}

// doneTask has ended, in success or with an error.
type doneTask struct{ err error }

func (t doneTask) ID() string                   { return "task-0" }
func (t doneTask) Cancel(context.Context) error { return nil }
func (t doneTask) Next(context.Context) (task.Update[struct{}], error) {
	if t.err == nil {
		return task.Update[struct{}]{State: task.StateSucceeded}, nil
	}

	return task.Update[struct{}]{State: task.StateFailed, Err: t.err}, nil
}

// fakeTask is a clone. Its fields are guarded by the fake's mutex.
type fakeTask struct {
	id        string
	fake      *fakeVSphere
	spec      vsphere.CloneSpec
	goes      cloneBehaviour
	end       chan struct{}
	update    task.Update[string]
	news      bool // the standing of a running task was told
	forgotten bool
	askErr    error
}

func (t *fakeTask) ID() string { return t.id }

func (t *fakeTask) Next(ctx context.Context) (task.Update[string], error) {
	t.fake.mutex.Lock()
	forgotten, askErr, news, update := t.forgotten, t.askErr, t.news, t.update
	t.news = true
	t.fake.mutex.Unlock()
	switch {
	case askErr != nil:
		return task.Update[string]{}, askErr
	case forgotten:
		return task.Update[string]{}, gone("CIS tasks", t.id)
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

func (t *fakeTask) Cancel(ctx context.Context) error {
	if err := t.fake.note(ctx, "Cancel"); err != nil {
		return err
	}
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if t.update.State.Done() {
		return nil
	}
	switch t.goes {
	case cloneFinishesOnCancel:
		t.goes = cloneSucceeds
		t.finish()
	case cloneHangs:
		t.update = task.Update[string]{State: task.StateCancelled}
		close(t.end)
	case cloneIgnoresCancel, cloneSucceeds, cloneFails, cloneFailsLate, cloneTaken:
	}

	return nil
}

// release lets a hanging clone succeed.
func (t *fakeTask) release() {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	t.goes = cloneSucceeds
	t.finish()
}

// finish ends the task. It is called with the fake's mutex held.
func (t *fakeTask) finish() {
	failure := &apierr.Error{Kind: apierr.Internal, Code: "ERROR", Messages: []string{"the clone broke"}}
	switch t.goes {
	case cloneFails:
		t.update = task.Update[string]{State: task.StateFailed, Err: failure}
	case cloneFailsLate:
		t.fake.add(t.spec, vsphere.PoweredOff)
		t.update = task.Update[string]{State: task.StateFailed, Err: failure}
	case cloneTaken:
		t.update = task.Update[string]{State: task.StateFailed, Err: &apierr.Error{Kind: apierr.AlreadyExists, Code: "ALREADY_EXISTS"}}
	default:
		power := vsphere.PoweredOff
		if t.spec.PowerOn {
			power = vsphere.PoweredOn
		}
		t.update = task.Update[string]{State: task.StateSucceeded, Result: t.fake.add(t.spec, power)}
	}
	close(t.end)
}

// endAs ends a hanging clone in a certain way; cloneHangs means cancelled.
func (t *fakeTask) endAs(goes cloneBehaviour) {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	if goes == cloneHangs {
		t.update = task.Update[string]{State: task.StateCancelled}
		close(t.end)

		return
	}
	t.goes = goes
	t.finish()
}
