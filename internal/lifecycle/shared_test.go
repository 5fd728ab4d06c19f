package lifecycle

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := NewShared(nil)
		var asked atomic.Int64
		ask := func(context.Context) (int, error) {
			<-time.After(time.Second) // the others ask meanwhile

			return int(asked.Add(1)), nil
		}
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if got, err := Once(t.Context(), shared, "a", ask); got != 1 || err != nil {
					t.Error(got, err)
				}
			})
		}
		group.Wait()
		if got, err := Once(t.Context(), shared, "b", ask); got != 2 || err != nil {
			t.Error(got, err)
		}
	})
}

func TestOnceForgetsErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shared := NewShared(nil)
		refusal := errors.New("no")
		impatient, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			_, err := Once(t.Context(), shared, "a", func(context.Context) (int, error) {
				<-time.After(time.Minute)

				return 0, refusal
			})
			if !errors.Is(err, refusal) {
				t.Error(err)
			}
		})
		synctest.Wait()
		group.Go(func() {
			if _, err := Once[int](impatient, shared, "a", nil); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		group.Go(func() {
			if got, err := Once(t.Context(), shared, "a", func(context.Context) (int, error) { return 7, nil }); got != 7 || err != nil {
				t.Error(got, err)
			}
		})
		synctest.Wait()
		cancel()
		group.Wait()
	})
}

// TestOnceByType tells answers of different types apart, and remembers that there is none.
func TestOnceByType(t *testing.T) {
	t.Parallel()
	shared := NewShared(nil)
	if got, err := Once(t.Context(), shared, "a", func(context.Context) (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Error(got, err)
	}
	asked := 0
	for range 2 {
		got, err := Once(t.Context(), shared, "a", func(context.Context) (error, error) {
			asked++

			return nil, nil
		})
		if got != nil || err != nil || asked != 1 {
			t.Error(got, err, asked)
		}
	}
}

// TestShared begins with a registry of its own unless it is given one, and knows what it was told.
func TestShared(t *testing.T) {
	t.Parallel()
	registry := &Registry{}
	first, second := NewShared(registry), NewShared(registry)
	first.Registry.Add("vm-1")
	if !second.Registry.Has("vm-1") || NewShared(nil).Registry.Has("vm-1") {
		t.Error("a registry is not that of its process")
	}
	first.Tell("runs vm-1", true)
	first.Tell("runs vm-2", false)
	for fact, want := range map[string][2]bool{"runs vm-1": {true, true}, "runs vm-2": {false, true}, "runs vm-3": {false, false}} {
		if holds, known := first.Told(fact); holds != want[0] || known != want[1] {
			t.Errorf("%s: %t, known: %t", fact, holds, known)
		}
	}
}
