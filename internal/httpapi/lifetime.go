package httpapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

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
}

// begin counts work that several callers share or that outlives its caller. Its context has ctx's values and ends with the
// Lifetime or by done, and not with ctx. done is nil when the Lifetime is over.
func (l *Lifetime) begin(ctx context.Context) (detached context.Context, done func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ctx, nil
	}
	detached, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	if l.cancels == nil {
		l.cancels = make(map[int]context.CancelCauseFunc)
	}
	key := l.next
	l.next++
	l.cancels[key] = cancel
	l.running.Add(1)

	return detached, func() {
		l.mu.Lock()
		delete(l.cancels, key)
		l.mu.Unlock()
		cancel(context.Canceled)
		l.running.Done()
	}
}

// Run starts work in a goroutine under a detached context. It reports false when the Lifetime is over.
func (l *Lifetime) Run(ctx context.Context, work func(context.Context)) bool {
	detached, done := l.begin(ctx)
	if done == nil {
		return false
	}
	go func() {
		defer done()
		work(detached)
	}()

	return true
}

// within runs work under a detached context, and returns [ErrClosed] when the Lifetime is over.
func (l *Lifetime) within(ctx context.Context, work func(context.Context) error) error {
	detached, done := l.begin(ctx)
	if done == nil {
		return ErrClosed
	}
	defer done()

	return work(detached)
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
	group singleflight.Group
}

// Do joins the attempt under way or starts one with work. Only the attempt's own end or ctx's ends the wait; work runs
// under the Lifetime.
func (f *Flight) Do(ctx context.Context, life *Lifetime, work func(context.Context) error) error {
	attempt := f.group.DoChan("", func() (any, error) { return nil, life.within(ctx, work) })
	select {
	case ended := <-attempt:
		return ended.Err
	case <-ctx.Done():
		return fmt.Errorf("waiting for a shared call: %w", context.Cause(ctx))
	}
}

// Lingering returns a context that ends a while after ctx does.
func Lingering(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(while)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(ctx))
		case <-lasting.Done():
		}
	})

	return lasting, func() {
		stop()
		cancel(context.Canceled)
	}
}
