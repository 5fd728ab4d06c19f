package vsphere

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// TestTurns_oneAsks has ten tasks on an object that takes one at a time, a minute each.
func TestTurns_oneAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			turns turns
			taken atomic.Bool
			asked atomic.Int32
			tasks sync.WaitGroup
		)
		what := httpapi.Call{Op: instantCloneOp, Object: "vm-1", Effect: httpapi.Changes}
		busy := what.Error(apierr.Busy, "TaskInProgress")
		began := time.Now()
		for range 10 {
			tasks.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				err := turns.take(ctx, what, func() error {
					asked.Add(1)
					if !taken.CompareAndSwap(false, true) {
						return busy
					}

					return nil
				})
				if err != nil {
					t.Errorf("not taken: %v", err)

					return
				}
				httpapi.Pause(ctx, time.Minute)
				taken.Store(false)
				turns.end("vm-1")
			})
		}
		tasks.Wait()
		if took := time.Since(began); took > 10*time.Minute+time.Second {
			t.Errorf("ten minutes of work took %s", took)
		}
		// One of those that wait asks every few seconds, however many they are.
		if got := asked.Load(); got > 300 {
			t.Errorf("asked %d times", got)
		}
		if turns.crowded("vm-1") {
			t.Error("the queue was not left")
		}
	})
}

func TestTurns_endWithTheirCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			turns turns
			tasks sync.WaitGroup
		)
		what := httpapi.Call{Op: instantCloneOp, Object: "vm-1", Effect: httpapi.Changes}
		busy := what.Error(apierr.Busy, "TaskInProgress")
		for range 3 {
			tasks.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				err := turns.take(ctx, what, func() error { return busy })
				if !apierr.Is(err, apierr.Busy, apierr.TimedOut) {
					t.Errorf("error %v", err)
				}
			})
		}
		tasks.Wait()
		denied := what.Error(apierr.Denied, "NoPermission")
		if err := turns.take(t.Context(), what, func() error { return denied }); !apierr.Is(err, apierr.Denied) {
			t.Errorf("error %v", err)
		}
		if turns.crowded("vm-1") {
			t.Error("the queue was not left")
		}
	})
}
