package httpapi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// doubles is a batch that doubles numbers, knows no odd ones and notes its calls.
func doubles(life *Lifetime, failure error) (*Batch[int, int], *[]int) {
	calls := &[]int{}
	read := func(ctx context.Context, keys []int) (map[int]int, error) {
		*calls = append(*calls, len(keys))
		backoff.Pause(ctx, time.Second)
		found := map[int]int{}
		for _, key := range keys {
			if key%2 == 0 {
				found[key] = 2 * key
			}
		}

		return found, failure
	}
	object := func(key int) string { return fmt.Sprintf("number-%d", key) }
	missing := func(key int) error { return Call{Op: "Double", Object: object(key)}.Error(apierr.NotFound, "Odd") }

	return NewBatch(life, "Double", object, read, missing), calls
}

func TestBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			life  Lifetime
			group sync.WaitGroup
		)
		batch, calls := doubles(&life, nil)
		for key := range 4 {
			group.Go(func() {
				got, err := batch.Load(t.Context(), key)
				failure, failed := errors.AsType[*apierr.Error](err)
				switch {
				case key%2 == 0 && (err != nil || got != 2*key):
					t.Errorf("%d: %d, %v", key, got, err)
				case key%2 == 1 && (!failed || failure.Kind != apierr.NotFound || failure.Object != fmt.Sprintf("number-%d", key)):
					t.Errorf("%d: %v", key, err)
				}
			})
		}
		impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		group.Go(func() {
			if _, err := batch.Load(impatient, 8); !apierr.Is(err, apierr.TimedOut) {
				t.Errorf("the one that gave up: %v", err)
			}
		})
		group.Wait()
		if fmt.Sprint(*calls) != "[5]" {
			t.Errorf("calls of %v", *calls)
		}
		if err := life.End(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := batch.Load(t.Context(), 2); !errors.Is(err, ErrClosed) || !apierr.Is(err, apierr.Cancelled) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestBatch_aFailureNamesEachCallersObject(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			life  Lifetime
			group sync.WaitGroup
		)
		batch, calls := doubles(&life, Call{Op: "Double"}.Error(apierr.Denied, "NoPermission"))
		for key := range 3 {
			group.Go(func() {
				_, err := batch.Load(t.Context(), key)
				failure, failed := errors.AsType[*apierr.Error](err)
				if !failed || failure.Kind != apierr.Denied || failure.Object != fmt.Sprintf("number-%d", key) {
					t.Errorf("%d: %v", key, err)
				}
			})
		}
		group.Wait()
		if fmt.Sprint(*calls) != "[3]" {
			t.Errorf("calls of %v", *calls)
		}
	})
}
