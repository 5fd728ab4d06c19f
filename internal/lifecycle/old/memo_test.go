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

func TestMemo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var m Memo[int]
		var asked atomic.Int64
		ask := func(context.Context) (int, error) {
			<-time.After(time.Second) // the others ask meanwhile

			return int(asked.Add(1)), nil
		}
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				if got, err := m.Get(t.Context(), "a", ask); got != 1 || err != nil {
					t.Error(got, err)
				}
			})
		}
		group.Wait()
		if got, err := m.Get(t.Context(), "b", ask); got != 2 || err != nil {
			t.Error(got, err)
		}
	})
}

func TestMemoForgetsErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var m Memo[int]
		refusal := errors.New("no")
		impatient, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			_, err := m.Get(t.Context(), "a", func(context.Context) (int, error) {
				<-time.After(time.Minute)

				return 0, refusal
			})
			if !errors.Is(err, refusal) {
				t.Error(err)
			}
		})
		synctest.Wait()
		group.Go(func() {
			if _, err := m.Get(impatient, "a", nil); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		group.Go(func() {
			if got, err := m.Get(t.Context(), "a", func(context.Context) (int, error) { return 7, nil }); got != 7 || err != nil {
				t.Error(got, err)
			}
		})
		synctest.Wait()
		cancel()
		group.Wait()
	})
}
