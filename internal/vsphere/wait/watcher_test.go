package wait

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
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
				_, err := c.Properties(t.Context(), ref, []string{powerStatePath},
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
		_, err := c.Properties(ctx, vmRef("vm-1"), []string{powerStatePath}, func(map[string]any) bool { return false })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if c.Awaited("vm-1") {
			t.Error("a wait is left")
		}
	})
}
