package httpapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/batch"
)

// ErrClosed is in the chain of the error of a call that the end of its client cut off, or that came after it.
var ErrClosed = batch.ErrClosed

// Lifetime bounds what outlives a single call: the goroutines of a client and the contexts that they and shared work run
// under. The zero value is alive.
type Lifetime struct {
	mu      sync.Mutex
	closed  bool
	next    int
	cancels map[int]context.CancelCauseFunc
	running sync.WaitGroup

	crowd crowd // those who wait for what it bounds
}

// Detach returns a context with ctx's values that ends with the Lifetime or by cancel, and not with ctx. It is for work
// that several callers share and that must not die with the one that happened to start it.
func (l *Lifetime) Detach(ctx context.Context) (context.Context, context.CancelFunc) {
	detached, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		cancel(ErrClosed)

		return detached, func() {}
	}
	if l.cancels == nil {
		l.cancels = make(map[int]context.CancelCauseFunc)
	}
	key := l.next
	l.next++
	l.cancels[key] = cancel

	return detached, func() {
		l.mu.Lock()
		delete(l.cancels, key)
		l.mu.Unlock()
		cancel(context.Canceled)
	}
}

// Run starts work in a goroutine under a detached context. It reports false when the Lifetime is over.
func (l *Lifetime) Run(ctx context.Context, work func(context.Context)) bool {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()

		return false
	}
	l.running.Add(1)
	l.mu.Unlock()

	detached, cancel := l.Detach(ctx)
	go func() {
		defer l.running.Done()
		defer cancel()
		work(detached)
	}()

	return true
}

// End cancels everything and waits until all goroutines have returned or ctx ends.
func (l *Lifetime) End(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	for _, cancel := range l.cancels {
		cancel(ErrClosed)
	}
	l.mu.Unlock()

	done := make(chan struct{})
	go func() {
		l.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("still busy: %w", context.Cause(ctx))
	}
}

// Flight lets callers that want the same thing at the same time share one attempt.
type Flight struct {
	mu      sync.Mutex
	current *attempt
}

type attempt struct {
	done chan struct{}
	err  error
}

// Do joins the attempt under way or starts one with work. Only the attempt's own end or ctx's ends the wait; work runs
// under the Lifetime.
func (f *Flight) Do(ctx context.Context, life *Lifetime, work func(context.Context) error) error {
	f.mu.Lock()
	a := f.current
	if a == nil {
		a = &attempt{done: make(chan struct{})}
		started := life.Run(ctx, func(ctx context.Context) {
			a.err = work(ctx)
			f.mu.Lock()
			f.current = nil
			f.mu.Unlock()
			close(a.done)
		})
		if !started {
			f.mu.Unlock()

			return ErrClosed
		}
		f.current = a
	}
	f.mu.Unlock()

	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		return fmt.Errorf("waiting for a shared call: %w", context.Cause(ctx))
	}
}

// Lingering returns a context that ends a while after ctx does.
func Lingering(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	var (
		mu    sync.Mutex
		timer *time.Timer
		over  bool
	)
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			timer = time.AfterFunc(while, func() { cancel(context.Cause(ctx)) })
		}
	})

	return lasting, func() {
		stop()
		mu.Lock()
		over = true
		if timer != nil {
			timer.Stop()
		}
		mu.Unlock()
		cancel(context.Canceled)
	}
}
