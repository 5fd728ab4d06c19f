package vsphere

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// TestTurns_nobodyAsksInVain has ten tasks on an object that takes one at a time. Once vCenter said so, nobody asks while one
// of ours runs.
func TestTurns_nobodyAsksInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			turns turns
			asked atomic.Int32
			tasks sync.WaitGroup
		)
		what := httpapi.Call{Op: instantCloneOp, Object: "vm-1", Effect: httpapi.Changes}
		turns.began("vm-1")
		turns.goesAlone(what)
		for range 10 {
			tasks.Go(func() {
				if err := turns.take(t.Context(), what, func() error {
					asked.Add(1)
					turns.began("vm-1")

					return nil
				}); err != nil {
					t.Errorf("not taken: %v", err)
				}
				backoff.Pause(t.Context(), time.Second)
				turns.end("vm-1")
			})
		}
		backoff.Pause(t.Context(), time.Second)
		if asked.Load() != 0 {
			t.Errorf("%d asked while a task runs", asked.Load())
		}
		begin := time.Now()
		turns.end("vm-1")
		tasks.Wait()
		if took := time.Since(begin); asked.Load() != 10 || took != 10*time.Second {
			t.Errorf("asked %d times in %s", asked.Load(), took)
		}
	})
}

// TestTurns_lostSight shows that a task whose end nobody tells does not block others for ever.
func TestTurns_lostSight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		what := httpapi.Call{Op: instantCloneOp, Object: "vm-1", Effect: httpapi.Changes}
		turns.began("vm-1")
		turns.goesAlone(what)
		begin := time.Now()
		if err := turns.take(t.Context(), what, func() error { return nil }); err != nil || time.Since(begin) != lostSight {
			t.Errorf("taken after %s: %v", time.Since(begin), err)
		}
	})
}

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
				backoff.Pause(ctx, time.Minute)
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
				deadline, _ := ctx.Deadline()
				err := turns.take(ctx, what, func() error {
					if left := time.Until(deadline); left < backoff.ChangeReserve {
						t.Errorf("asks with %s left", left)
					}

					return busy
				})
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
