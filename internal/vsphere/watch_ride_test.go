package vsphere

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestRides shows who reads along with the next look at a task, and who has to ask in a call of his own.
func TestRides(t *testing.T) {
	t.Parallel()
	const lasts = 400 * time.Millisecond
	tests := []struct {
		name    string
		known   bool // how long such a task takes
		next    bool // such a task starts soon
		granted bool
		patient bool // the caller waits as long as need be
		vm      map[string]any
		along   bool
		longest time.Duration
	}{
		{"with the next look", true, true, true, true, map[string]any{"name": "web"}, true, time.Second},
		{"who may not wait", true, true, false, true, map[string]any{"name": "web"}, false, 0},
		{"nobody knows when the look comes", false, true, true, true, map[string]any{"name": "web"}, false, 0},
		{"no look comes", true, false, true, true, map[string]any{"name": "web"}, false, time.Second},
		{"the VM has gone meanwhile", true, true, true, true, nil, false, time.Second},
		{"the caller gives up", true, true, true, false, map[string]any{"name": "web"}, false, 100 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, server := newFakeWatch(t)
				server.set(vmRef("vm-1"), tt.vm)
				if tt.known {
					c.watcher.lasting.saw("Foo_Task", lasts)
				}
				if tt.granted {
					c.watcher.rides.grant("vm-1", "Foo_Task")
				}
				var next sync.WaitGroup
				defer next.Wait()
				if tt.next {
					endsAfter(t, &next, c, server, 7, lasts)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if !tt.patient {
					ctx, cancel = context.WithTimeout(ctx, tt.longest)
					defer cancel()
				}
				begin := time.Now()
				read, along := c.rideAlong(ctx, machineKey{id: "vm-1"})
				if along != tt.along || along && (read.err != nil || read.machine.Name != "web") {
					t.Errorf("along: %t, %+v, %v", along, read.machine, read.err)
				}
				if took := time.Since(begin); took > tt.longest {
					t.Errorf("took %s", took)
				}
				next.Wait()
				if reads := server.counts()["read"]; tt.along && reads != 1 {
					t.Errorf("%d reads", reads)
				}
				if _, again := c.rideAlong(t.Context(), machineKey{id: "vm-1"}); again {
					t.Error("a second read rode along")
				}
				if len(c.watcher.rides.waiting) != 0 {
					t.Errorf("%d still wait", len(c.watcher.rides.waiting))
				}
			})
		})
	}
}

// endsAfter lets a task run for a while, which somebody waits for.
func endsAfter(t *testing.T, waits *sync.WaitGroup, c *Client, server *fakeServer, n int, lasts time.Duration) {
	t.Helper()
	server.set(taskRef(n), runningTask)
	waits.Go(func() {
		if update, err := c.taskHandle(n).Next(t.Context()); err != nil || update.State != task.StateSucceeded {
			t.Errorf("task %d: %+v, %v", n, update, err)
		}
	})
	waits.Go(func() {
		backoff.Pause(t.Context(), lasts)
		now := time.Now()
		server.set(taskRef(n), map[string]any{taskState: types.TaskInfoStateSuccess, taskQueued: now.Add(-lasts), taskCompleted: now})
	})
}
