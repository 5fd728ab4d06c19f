// Package batch answers questions that come together by one call to the platform.
package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// Window is how long a batch stays open after its first question. The CLI works on an object for a few milliseconds before
	// it asks for the next one, so the questions of a wave arrive within it.
	Window = 10 * time.Millisecond
	// Max is the number of keys that close a batch at once, so that its answer comes well within a request timeout.
	Max = 500
)

// ErrClosed is the error of a question that came after its client was closed.
var ErrClosed = errors.New("the client is closed")

// Batch collects keys for one [Window] and fetches them by one call. It keeps nothing: every question reaches the platform.
type Batch[K comparable, V any] struct {
	run   func(ctx context.Context, work func(context.Context)) bool
	fetch func(ctx context.Context, keys []K) func(K) (V, error)

	mu   sync.Mutex
	open *call[K, V] // nil: the next question opens one
}

// call is one call to the platform: first open to further keys, then under way, then answered.
type call[K comparable, V any] struct {
	keys   []K           // each once
	full   chan struct{} // closed when no further key is taken
	done   chan struct{} // closed when answer is set
	answer func(K) (V, error)
}

// New returns a batch. run starts work in a goroutine that outlives the caller's ctx, and reports false when the client is closed.
// fetch makes the call and returns its answer to each key.
func New[K comparable, V any](
	run func(ctx context.Context, work func(context.Context)) bool,
	fetch func(ctx context.Context, keys []K) func(K) (V, error),
) *Batch[K, V] {
	return &Batch[K, V]{run: run, fetch: fetch}
}

// Ask adds the key to the open batch and waits for its answer. Its own errors are ctx's cause and [ErrClosed].
func (b *Batch[K, V]) Ask(ctx context.Context, key K) (V, error) {
	var none V
	c := b.join(ctx, key)
	if c == nil {
		return none, ErrClosed
	}
	select {
	case <-c.done:
		return c.answer(key)
	case <-ctx.Done():
		return none, fmt.Errorf("waiting for a shared call: %w", context.Cause(ctx))
	}
}

// join returns the call that carries the key, nil where the client is closed.
func (b *Batch[K, V]) join(ctx context.Context, key K) *call[K, V] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open == nil {
		c := &call[K, V]{full: make(chan struct{}), done: make(chan struct{})}
		if !b.run(ctx, func(ctx context.Context) { b.serve(ctx, c) }) {
			return nil
		}
		b.open = c
	}
	c := b.open
	if !slices.Contains(c.keys, key) {
		c.keys = append(c.keys, key)
	}
	if len(c.keys) >= Max {
		b.open = nil
		close(c.full)
	}

	return c
}

// serve closes the batch at the end of its window and makes its call.
func (b *Batch[K, V]) serve(ctx context.Context, c *call[K, V]) {
	window := time.NewTimer(Window)
	defer window.Stop()
	select {
	case <-window.C:
	case <-c.full:
	case <-ctx.Done():
	}
	b.mu.Lock()
	if b.open == c {
		b.open = nil
	}
	b.mu.Unlock()

	c.answer = b.fetch(ctx, c.keys)
	close(c.done)
}
