package wait

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// fakeServer plays the property collectors of a server. One that is slow has the quirk of govmomi's simulator: what a new filter
// covers is told only by a wait from the empty version.
type fakeServer struct {
	mu         sync.Mutex
	values     map[types.ManagedObjectReference]map[string]any // nil value: the object is gone
	requests   map[string]int
	collectors int
	failWait   []error
	failRead   error
	changed    chan struct{}
	slow       bool
}

func newFakeServer() *fakeServer {
	return &fakeServer{
		values: make(map[types.ManagedObjectReference]map[string]any), requests: make(map[string]int),
		changed: make(chan struct{}),
	}
}

func (s *fakeServer) count(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[method]++
}

func (s *fakeServer) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()

	return maps.Clone(s.requests)
}

func (s *fakeServer) set(ref types.ManagedObjectReference, values map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[ref] = values
	s.signal()
}

// signal wakes the waits. The server is locked.
func (s *fakeServer) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *fakeServer) fail(errs ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failWait = append(s.failWait, errs...)
	s.signal()
}

func (s *fakeServer) failReads(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failRead = err
}

// read implements propertyServer.
func (s *fakeServer) read(_ context.Context, spec types.PropertyFilterSpec) ([]conn.Properties, error) {
	s.count("read")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failRead != nil {
		return nil, s.failRead
	}
	var found []conn.Properties
	for _, object := range spec.ObjectSet {
		if values := s.values[object.Obj]; values != nil {
			found = append(found, conn.Properties{Ref: object.Obj, Values: maps.Clone(values)})
		}
	}

	return found, nil
}

func (s *fakeServer) outlives() bool { return false }

func (s *fakeServer) open(context.Context) (collector, error) {
	s.count("create")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collectors++

	return &fakeCollector{
		server: s, id: fmt.Sprintf("collector-%d", s.collectors), told: make(map[types.ManagedObjectReference]string),
	}, nil
}

type fakeCollector struct {
	server *fakeServer
	id     string

	mu      sync.Mutex
	covered []types.ManagedObjectReference
	told    map[types.ManagedObjectReference]string
}

func (c *fakeCollector) filter(_ context.Context, spec types.PropertyFilterSpec) error {
	c.server.count("filter")
	c.mu.Lock()
	for _, object := range spec.ObjectSet {
		c.covered = append(c.covered, object.Obj)
	}
	c.mu.Unlock()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.signal()

	return nil
}

func (c *fakeCollector) wait(ctx context.Context, version string) (*types.UpdateSet, error) {
	c.server.count("wait")
	deadline := time.After(longestWait)
	for {
		changed, set, err := c.changes(version)
		if set != nil || err != nil {
			return set, err
		}
		select {
		case <-changed:
		case <-deadline:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *fakeCollector) changes(version string) (<-chan struct{}, *types.UpdateSet, error) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.server.failWait) > 0 {
		err := c.server.failWait[0]
		c.server.failWait = c.server.failWait[1:]

		return nil, nil, err
	}
	var updates []types.ObjectUpdate
	for _, ref := range c.covered {
		values, known := c.server.values[ref]
		if values == nil && known {
			return nil, nil, &apierr.Error{Kind: apierr.NotFound, Code: conn.CodeGone, Arguments: []string{ref.Value}}
		}
		now := fmt.Sprint(values)
		before, toldOnce := c.told[ref]
		news := version == "" || (toldOnce && before != now) || (!toldOnce && !c.server.slow)
		if !news || values == nil {
			continue
		}
		c.told[ref] = now
		update := types.ObjectUpdate{Obj: ref, Kind: types.ObjectUpdateKindModify}
		for name, value := range values {
			update.ChangeSet = append(update.ChangeSet, types.PropertyChange{Name: name, Val: value})
		}
		updates = append(updates, update)
	}
	if len(updates) == 0 && version != "" {
		return c.server.changed, nil, nil
	}

	return nil, &types.UpdateSet{Version: "1", FilterSet: []types.PropertyFilterUpdate{{ObjectSet: updates}}}, nil
}

func (c *fakeCollector) destroy(context.Context) error {
	c.server.count("destroy")

	return nil
}

func newFakeWatch(t *testing.T) (*Tasks, *fakeServer) {
	t.Helper()
	server, c := newFakeServer(), newTasks(t)
	c.watcher = newWatcher(&c.conn.Life, server)
	t.Cleanup(func() { endLife(t, c) })

	return c, server
}

func taskRef(n int) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: taskType, Value: fmt.Sprintf("task-%d", n)}
}

func taskHandle(c *Tasks, n int) task.Handle[struct{}] {
	return newVimTask(c, httpapi.Call{Op: "Foo_Task", Object: "vm-1"}, taskRef(n), NoResult)
}

func vmRef(id string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: id}
}

const powerStatePath = "runtime.powerState"

var (
	runningTask   = map[string]any{taskState: types.TaskInfoStateRunning}
	succeededTask = map[string]any{taskState: types.TaskInfoStateSuccess}
)

func TestWatcher_manyTasksFewRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newFakeWatch(t)
		var done sync.WaitGroup
		for n := range 100 {
			server.set(taskRef(n), runningTask)
			done.Go(func() {
				update, err := taskHandle(c, n).Next(t.Context())
				if err != nil || update.State != task.StateSucceeded {
					t.Errorf("task %d: %+v, %v", n, update, err)
				}
			})
			backoff.Pause(t.Context(), 2*time.Millisecond)
		}
		backoff.Pause(t.Context(), time.Second)
		for n := range 100 {
			server.set(taskRef(n), succeededTask)
			backoff.Pause(t.Context(), time.Millisecond)
		}
		done.Wait()
		backoff.Pause(t.Context(), 2*idleLinger)
		total, counts := 0, server.counts()
		for _, n := range counts {
			total += n
		}
		if total > 12 || counts["create"] != 1 || counts["destroy"] != 1 {
			t.Errorf("%d requests: %v", total, counts)
		}
	})
}

func TestWatcher_shortBesideLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newFakeWatch(t)
		server.set(taskRef(1), runningTask)
		server.set(taskRef(2), succeededTask)
		first := make(chan error, 1)
		go func() {
			_, err := taskHandle(c, 1).Next(t.Context())
			first <- err
		}()
		backoff.Pause(t.Context(), 5*time.Second)
		begin := time.Now()
		if update, err := taskHandle(c, 2).Next(t.Context()); err != nil || update.State != task.StateSucceeded {
			t.Errorf("second: %+v, %v", update, err)
		}
		if took := time.Since(begin); took > 200*time.Millisecond {
			t.Errorf("the second waited %s", took)
		}
		server.set(taskRef(1), succeededTask)
		if err := <-first; err != nil {
			t.Errorf("first: %v", err)
		}
	})
}

// TestWatcher_filterUnnoticed shows that a server which notices no filter during a wait delays nothing.
func TestWatcher_filterUnnoticed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newFakeWatch(t)
		server.slow = true
		server.set(taskRef(1), runningTask)
		first := make(chan error, 1)
		go func() {
			_, err := taskHandle(c, 1).Next(t.Context())
			first <- err
		}()
		backoff.Pause(t.Context(), 5*time.Second)
		for n, limit := range []time.Duration{time.Second, time.Second, time.Second} {
			server.set(taskRef(2+n), succeededTask)
			begin := time.Now()
			if update, err := taskHandle(c, 2+n).Next(t.Context()); err != nil || update.State != task.StateSucceeded {
				t.Errorf("task %d: %+v, %v", n, update, err)
			}
			if took := time.Since(begin); took > limit {
				t.Errorf("task %d waited %s", n, took)
			}
			backoff.Pause(t.Context(), time.Second)
		}
		server.set(taskRef(1), succeededTask)
		if err := <-first; err != nil {
			t.Errorf("first: %v", err)
		}
	})
}

// TestWatcher_differentThings shows that tasks and properties of VMs share filters and waits, also when some come while
// others are waited for.
func TestWatcher_differentThings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newFakeWatch(t)
		var done sync.WaitGroup
		off := func(n int) {
			done.Go(func() {
				ref := vmRef(fmt.Sprintf("vm-%d", n))
				wanted := types.VirtualMachinePowerStatePoweredOff
				server.set(ref, map[string]any{powerStatePath: types.VirtualMachinePowerStatePoweredOn})
				_, err := c.Properties(t.Context(), "off", ref, []string{powerStatePath},
					func(values map[string]any) bool { return values[powerStatePath] == wanted })
				if err != nil {
					t.Errorf("vm %d: %v", n, err)
				}
			})
		}
		ended := func(n int) {
			done.Go(func() {
				server.set(taskRef(n), runningTask)
				if update, err := taskHandle(c, n).Next(t.Context()); err != nil || update.State != task.StateSucceeded {
					t.Errorf("task %d: %+v, %v", n, update, err)
				}
			})
		}
		for n := range 5 {
			ended(n)
			off(n)
		}
		backoff.Pause(t.Context(), time.Second)
		ended(5)
		off(5)
		backoff.Pause(t.Context(), time.Second)
		for n := range 6 {
			server.set(vmRef(fmt.Sprintf("vm-%d", n)), map[string]any{powerStatePath: types.VirtualMachinePowerStatePoweredOff})
			server.set(taskRef(n), succeededTask)
		}
		done.Wait()
		counts := server.counts()
		if counts["filter"] != 2 || counts["interrupt"] != 0 || counts["wait"] > 6 {
			t.Errorf("requests: %v", counts)
		}
	})
}

// TestWatcher_looksWhenTasksLatelyEnded shows that tasks whose end can be guessed cost one read together, and that one which
// lasts longer is watched.
func TestWatcher_looksWhenTasksLatelyEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const lasts = 400 * time.Millisecond
		c, server := newFakeWatch(t)
		ended := func() map[string]any {
			now := time.Now()

			return map[string]any{taskState: types.TaskInfoStateSuccess, taskQueued: now.Add(-lasts), taskCompleted: now}
		}
		wave := func(first, n int, lasts time.Duration) {
			var done sync.WaitGroup
			for n := range n {
				server.set(taskRef(first+n), runningTask)
				done.Go(func() {
					if update, err := taskHandle(c, first+n).Next(t.Context()); err != nil || update.State != task.StateSucceeded {
						t.Errorf("task %d: %+v, %v", first+n, update, err)
					}
				})
				done.Go(func() {
					backoff.Pause(t.Context(), lasts)
					server.set(taskRef(first+n), ended())
				})
				backoff.Pause(t.Context(), time.Millisecond)
			}
			done.Wait()
		}
		wave(0, 1, lasts)
		before := server.counts()
		wave(10, 10, lasts)
		if after := server.counts(); after["read"] != before["read"]+1 || after["filter"] != before["filter"] || after["wait"] != before["wait"] {
			t.Errorf("requests for ten more: %v, before %v", after, before)
		}
		wave(20, 1, 10*lasts)
		if after := server.counts(); after["read"] != before["read"]+1+mostLooks || after["filter"] != before["filter"]+1 {
			t.Errorf("requests for one that lasts longer: %v, before %v", after, before)
		}
	})
}

func TestWatcher_failures(t *testing.T) {
	t.Parallel()
	dropped := &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost}
	expired := &apierr.Error{Kind: apierr.NotFound, Code: conn.CodeGone, Arguments: []string{"collector-1"}}
	tests := []struct {
		name   string
		fail   []error
		read   error
		want   error
		opened int
	}{
		{"a dropped connection", []error{dropped}, nil, nil, 2},
		{"a collector that went with its session", []error{expired}, nil, nil, 2},
		{"a server that stays away", []error{dropped}, dropped, dropped, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, server := newFakeWatch(t)
				server.set(taskRef(1), runningTask)
				var script sync.WaitGroup
				script.Go(func() {
					backoff.Pause(t.Context(), time.Second)
					server.failReads(tt.read)
					server.fail(tt.fail...)
					backoff.Pause(t.Context(), time.Minute)
					server.set(taskRef(1), succeededTask)
				})
				defer script.Wait()
				_, err := taskHandle(c, 1).Next(t.Context())
				if (err == nil) != (tt.want == nil) || (err != nil && apierr.KindOf(err) != apierr.KindOf(tt.want)) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if counts := server.counts(); counts["create"] != tt.opened {
					t.Errorf("requests: %v", counts)
				}
			})
		})
	}
}

func TestWatcher_vanishedTask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newFakeWatch(t)
		server.set(taskRef(1), runningTask)
		server.set(taskRef(2), runningTask)
		other := make(chan error, 1)
		go func() {
			_, err := taskHandle(c, 1).Next(t.Context())
			other <- err
		}()
		go func() {
			backoff.Pause(t.Context(), time.Second)
			server.set(taskRef(2), nil)
			backoff.Pause(t.Context(), time.Second)
			server.set(taskRef(1), succeededTask)
		}()
		_, err := taskHandle(c, 2).Next(t.Context())
		if failure, ok := errors.AsType[*apierr.Error](err); !ok || failure.Kind != apierr.NotFound || failure.TaskID != "task-2" {
			t.Errorf("vanished: %v", err)
		}
		if err := <-other; err != nil {
			t.Errorf("the other: %v", err)
		}
	})
}

func TestWatcher_callerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, server := newFakeWatch(t)
		server.set(vmRef("vm-1"), map[string]any{powerStatePath: types.VirtualMachinePowerStatePoweredOn})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Properties(ctx, "off", vmRef("vm-1"), []string{powerStatePath}, func(map[string]any) bool { return false })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if c.Awaited("vm-1") {
			t.Error("a wait is left")
		}
	})
}

func TestVimHandle_outcomes(t *testing.T) {
	t.Parallel()
	failed := func(fault types.BaseMethodFault) map[string]any {
		return map[string]any{
			taskState: types.TaskInfoStateError,
			taskError: types.LocalizedMethodFault{Fault: fault, LocalizedMessage: "it failed"},
		}
	}
	tests := []struct {
		name   string
		values map[string]any
		state  task.State
		kind   apierr.Kind
	}{
		{"success", succeededTask, task.StateSucceeded, 0},
		{"fault", failed(&types.InvalidPowerState{}), task.StateFailed, apierr.InvalidState},
		{"cancelled", failed(&types.RequestCanceled{}), task.StateCancelled, apierr.Cancelled},
		{"failed without a word", map[string]any{taskState: types.TaskInfoStateError}, task.StateFailed, apierr.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, server := newFakeWatch(t)
				server.set(taskRef(7), tt.values)
				update, err := taskHandle(c, 7).Next(t.Context())
				if err != nil || update.State != tt.state {
					t.Fatalf("news = %+v, %v", update, err)
				}
				if failure, ok := errors.AsType[*apierr.Error](update.Err); tt.state != task.StateSucceeded &&
					(!ok || failure.Kind != tt.kind || failure.TaskID != "task-7" || failure.Op != "Foo_Task") {
					t.Errorf("error %+v", update.Err)
				}
			})
		})
	}
}
