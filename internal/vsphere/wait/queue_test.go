package wait

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// exclusive is an object that takes one task at a time.
type exclusive struct {
	taken atomic.Bool
	asked atomic.Int32
}

// start implements starter.
func (e *exclusive) start(context.Context) (types.ManagedObjectReference, error) {
	n := e.asked.Add(1)
	if !e.taken.CompareAndSwap(false, true) {
		return types.ManagedObjectReference{}, exclusiveCall.Error(apierr.Busy, "TaskInProgress")
	}

	return taskRef(int(n)), nil
}

var exclusiveCall = httpapi.Call{Op: "InstantClone_Task", Object: "vm-1", Effect: httpapi.Changes}

func startOn(tasks *Tasks, object starter) *queuedTask[struct{}] {
	return &queuedTask[struct{}]{
		tasks: tasks, what: exclusiveCall, starter: object, result: NoResult, attempts: tasks.repeater.Begin(httpapi.Changes),
	}
}

// run starts a task and ends it after a while.
func (e *exclusive) run(t *testing.T, tasks *Tasks, lasts time.Duration) {
	t.Helper()
	h, err := startOn(tasks, e).begin(t.Context())
	if err != nil {
		t.Errorf("not started: %v", err)

		return
	}
	backoff.Pause(t.Context(), lasts)
	e.taken.Store(false)
	h.leaveQueue()
}

// TestQueue_asksOnceEach has ten tasks of this process on an object that takes one at a time. Once vCenter said so, none asks while
// another runs.
func TestQueue_asksOnceEach(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			object exclusive
			run    sync.WaitGroup
			tasks  = newTasks(t)
			began  = time.Now()
		)
		for i := range 10 {
			run.Go(func() { object.run(t, tasks, time.Second) })
			synctest.Wait()
			if asked := object.asked.Load(); int(asked) > min(i+1, 2) {
				t.Errorf("asked %d times while a task runs", asked)
			}
		}
		run.Wait()
		if took := time.Since(began); object.asked.Load() != 11 || took != 10*time.Second {
			t.Errorf("asked %d times in %s", object.asked.Load(), took)
		}
	})
}

// TestQueue_parallelUntilRefused shows that nothing waits for an object that takes several tasks at a time.
func TestQueue_parallelUntilRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			objects [10]exclusive
			run     sync.WaitGroup
			tasks   = newTasks(t)
			began   = time.Now()
		)
		for i := range objects {
			run.Go(func() { objects[i].run(t, tasks, time.Second) })
		}
		run.Wait()
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// TestQueue_unseenEnd shows that a task whose end is not seen does not block others for ever.
func TestQueue_unseenEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var queues queues
		place, err := queues.enter(t.Context(), slog.New(slog.DiscardHandler), exclusiveCall)
		if err != nil || !place.refused() {
			t.Fatalf("the first one: %v", err)
		}
		began := time.Now()
		if _, err := queues.enter(t.Context(), slog.New(slog.DiscardHandler), exclusiveCall); err != nil || time.Since(began) != longestQueued {
			t.Errorf("entered after %s: %v", time.Since(began), err)
		}
	})
}

// TestQueue_longTasks has ten tasks on an object that takes one at a time, a minute each.
func TestQueue_longTasks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			object exclusive
			run    sync.WaitGroup
			tasks  = newTasks(t)
			began  = time.Now()
		)
		for range 10 {
			run.Go(func() { object.run(t, tasks, time.Minute) })
		}
		run.Wait()
		if took := time.Since(began); took > 10*time.Minute+time.Second {
			t.Errorf("ten minutes of work took %s", took)
		}
		if got := object.asked.Load(); got > 300 {
			t.Errorf("asked %d times", got)
		}
	})
}

// reserved is an object that another process works on; it checks that there is time for an answer.
type reserved struct {
	t        *testing.T
	deadline time.Time
}

// start implements starter.
func (r reserved) start(context.Context) (types.ManagedObjectReference, error) {
	if left := time.Until(r.deadline); left < backoff.ChangeReserve {
		r.t.Errorf("asks with %s left", left)
	}

	return types.ManagedObjectReference{}, exclusiveCall.Error(apierr.Busy, "TaskInProgress")
}

// refusing is an object that the user may not work on.
type refusing struct{}

// start implements starter.
func (refusing) start(context.Context) (types.ManagedObjectReference, error) {
	return types.ManagedObjectReference{}, exclusiveCall.Error(apierr.Denied, "NoPermission")
}

func TestQueue_endsWithItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			tasks = newTasks(t)
			run   sync.WaitGroup
		)
		for range 3 {
			run.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				deadline, _ := ctx.Deadline()
				if _, err := startOn(tasks, reserved{t, deadline}).begin(ctx); !apierr.Is(err, apierr.Busy, apierr.TimedOut) {
					t.Errorf("error %v", err)
				}
			})
		}
		run.Wait()
		if _, err := startOn(tasks, refusing{}).begin(t.Context()); !apierr.Is(err, apierr.Denied) {
			t.Errorf("error %v", err)
		}
		if running := tasks.queues.of[exclusiveCall].running; running != 0 {
			t.Errorf("%d did not leave the queue", running)
		}
	})
}
