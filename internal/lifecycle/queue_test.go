package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestQueues has one operation at a time work on a VM, and others on another VM.
func TestQueues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var queues Queues
		var mutex sync.Mutex
		working, most := map[string]int{}, map[string]int{}
		var group sync.WaitGroup
		began := time.Now()
		for _, vm := range []string{"vm-1", "vm-1", "vm-1", "vm-2"} {
			group.Go(func() {
				leave, err := queues.Enter(t.Context(), slog.New(slog.DiscardHandler), vm)
				if err != nil {
					t.Error(err)

					return
				}
				defer leave()
				mutex.Lock()
				working[vm]++
				most[vm] = max(most[vm], working[vm])
				mutex.Unlock()
				<-time.After(time.Second)
				mutex.Lock()
				working[vm]--
				mutex.Unlock()
			})
		}
		group.Wait()
		if most["vm-1"] != 1 || most["vm-2"] != 1 || time.Since(began) != 3*time.Second {
			t.Errorf("at once: %v, in %s", most, time.Since(began))
		}
	})
}

// TestQueuesGiveUp has an operation run out of time while it waits, which keeps no other one from entering.
func TestQueuesGiveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var queues Queues
		leave, err := queues.Enter(t.Context(), slog.New(slog.DiscardHandler), "vm-1")
		if err != nil {
			t.Fatal(err)
		}
		impatient, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := queues.Enter(impatient, slog.New(slog.DiscardHandler), "vm-1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		leave()
		if _, err := queues.Enter(impatient, slog.New(slog.DiscardHandler), "vm-1"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an operation without time enters: %v", err)
		}
		leave, err = queues.Enter(t.Context(), slog.New(slog.DiscardHandler), "vm-1")
		if err != nil {
			t.Fatal(err)
		}
		leave()
	})
}

// TestQueuesWithoutObject lets everything pass that works on no object.
func TestQueuesWithoutObject(t *testing.T) {
	t.Parallel()
	var queues Queues
	for range 2 {
		if _, err := queues.Enter(t.Context(), slog.New(slog.DiscardHandler), ""); err != nil {
			t.Error(err)
		}
	}
}
