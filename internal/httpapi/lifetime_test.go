package httpapi

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

func TestFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			life    Lifetime
			shared  Flight
			runs    int
			callers sync.WaitGroup
		)
		work := func(ctx context.Context) error {
			runs++
			backoff.Pause(ctx, time.Second)

			return net.ErrClosed
		}
		impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		callers.Go(func() {
			if err := shared.Do(impatient, &life, work); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the impatient caller: %v", err)
			}
		})
		for range 9 {
			callers.Go(func() {
				if err := shared.Do(t.Context(), &life, work); !errors.Is(err, net.ErrClosed) {
					t.Errorf("error %v", err)
				}
			})
		}
		callers.Wait()
		if runs != 1 {
			t.Errorf("%d runs", runs)
		}
		if err := life.End(t.Context()); err != nil {
			t.Errorf("end: %v", err)
		}
		if err := shared.Do(t.Context(), &life, work); !errors.Is(err, ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestLingering(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		lasting, release := Lingering(ctx, time.Second)
		defer release()
		begin := time.Now()
		cancel()
		<-lasting.Done()
		if lasted := time.Since(begin); lasted != time.Second {
			t.Errorf("lasted %s", lasted)
		}
		ctx, cancel = context.WithCancel(t.Context())
		lasting, release = Lingering(ctx, time.Second)
		release()
		if !errors.Is(lasting.Err(), context.Canceled) {
			t.Errorf("released: %v", lasting.Err())
		}
		cancel()
	})
}
