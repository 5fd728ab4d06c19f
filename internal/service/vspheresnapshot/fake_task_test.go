package vspheresnapshot

import (
	"context"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// taskLength is how long a task takes that succeeds.
const taskLength = time.Second

// fakeTask is a task on the fake's VM. Its fields are guarded by the fake's mutex.
type fakeTask struct {
	id        string
	fake      *fakeVSphere
	goes      behaviour
	effect    func() string
	end       chan struct{}
	update    task.Update[string]
	forgotten bool
	askErr    error
}

// start begins a task that goes as the next of its method should. The mutex is held.
func (f *fakeVSphere) start(method string, effect func() string) *fakeTask {
	f.nextID++
	t := &fakeTask{
		id: fmt.Sprintf("task-%d", f.nextID), fake: f, goes: f.goes[method], effect: effect, end: make(chan struct{}), forgotten: f.forgetful,
	}
	delete(f.goes, method)
	f.tasks[t.id] = t
	f.concurrent++
	f.most = max(f.most, f.concurrent)
	switch t.goes {
	case succeeds, fails, busyInTask, tellsNothing:
		time.AfterFunc(taskLength, func() {
			f.mutex.Lock()
			defer f.mutex.Unlock()
			t.finish()
		})
	case hangs, ignoresCancel, finishesOnCancel:
	}

	return t
}

func (t *fakeTask) ID() string { return t.id }

func (t *fakeTask) Next(ctx context.Context) (task.Update[string], error) {
	t.fake.mutex.Lock()
	forgotten, askErr := t.forgotten, t.askErr
	t.fake.mutex.Unlock()
	switch {
	case askErr != nil:
		return task.Update[string]{}, askErr
	case forgotten:
		return task.Update[string]{}, gone("WaitForUpdatesEx", t.id)
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
	switch {
	case t.update.State.Done():
	case t.goes == hangs:
		t.endAs(task.Update[string]{State: task.StateCancelled})
	case t.goes == finishesOnCancel:
		t.goes = succeeds
		t.finish()
	}

	return nil
}

// release lets a task that hangs end in a certain way.
func (t *fakeTask) release(goes behaviour) {
	t.fake.mutex.Lock()
	defer t.fake.mutex.Unlock()
	t.goes = goes
	t.finish()
}

// finish ends the task as it goes. The mutex is held.
func (t *fakeTask) finish() {
	if t.update.State.Done() {
		return
	}
	switch t.goes {
	case fails:
		t.endAs(task.Update[string]{State: task.StateFailed, Err: fault(apierr.InvalidState, "SnapshotFault")})
	case busyInTask:
		t.endAs(task.Update[string]{State: task.StateFailed, Err: fault(apierr.Busy, "TaskInProgress")})
	case tellsNothing:
		t.effect()
		t.endAs(task.Update[string]{State: task.StateFailed, Err: &apierr.Error{
			Kind: apierr.Internal, Code: apierr.CodeMalformedAnswer, AnswerLost: true,
		}})
	default:
		t.endAs(task.Update[string]{State: task.StateSucceeded, Result: t.effect()})
	}
}

// endAs ends the task. The mutex is held.
func (t *fakeTask) endAs(update task.Update[string]) {
	t.update = update
	t.fake.concurrent--
	close(t.end)
}

// removal is a task without a result.
type removal struct{ *fakeTask }

func (r removal) Next(ctx context.Context) (task.Update[struct{}], error) {
	update, err := r.fakeTask.Next(ctx)

	return task.Update[struct{}]{State: update.State, Percent: update.Percent, Err: update.Err}, err
}
