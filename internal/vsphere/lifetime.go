package vsphere

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

var errClosed = errors.New("the client is closed")

// lifetime bounds what outlives a single call: the goroutines of a client and the contexts that they and shared work run
// under. The zero value is alive.
type lifetime struct {
	mu      sync.Mutex
	closed  bool
	next    int
	cancels map[int]context.CancelCauseFunc
	running sync.WaitGroup

	crowd crowd // those who wait for what it bounds
}

// detach returns a context with ctx's values that ends with the lifetime or by cancel, and not with ctx. It is for work
// that several callers share and that must not die with the one that happened to start it.
func (l *lifetime) detach(ctx context.Context) (context.Context, context.CancelFunc) {
	detached, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		cancel(errClosed)

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

// run starts work in a goroutine under a detached context. It reports false when the lifetime is over.
func (l *lifetime) run(ctx context.Context, work func(context.Context)) bool {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()

		return false
	}
	l.running.Add(1)
	l.mu.Unlock()

	detached, cancel := l.detach(ctx)
	go func() {
		defer l.running.Done()
		defer cancel()
		work(detached)
	}()

	return true
}

// end cancels everything and waits until all goroutines have returned or ctx ends.
func (l *lifetime) end(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	for _, cancel := range l.cancels {
		cancel(errClosed)
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

// flight lets callers that want the same thing at the same time share one attempt.
type flight struct {
	mu      sync.Mutex
	current *attempt
}

type attempt struct {
	done chan struct{}
	err  error
}

// do joins the attempt under way or starts one with work. Only the attempt's own end or ctx's ends the wait; work runs
// under the lifetime.
func (f *flight) do(ctx context.Context, life *lifetime, work func(context.Context) error) error {
	f.mu.Lock()
	a := f.current
	if a == nil {
		a = &attempt{done: make(chan struct{})}
		started := life.run(ctx, func(ctx context.Context) {
			a.err = work(ctx)
			f.mu.Lock()
			f.current = nil
			f.mu.Unlock()
			close(a.done)
		})
		if !started {
			f.mu.Unlock()

			return errClosed
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
