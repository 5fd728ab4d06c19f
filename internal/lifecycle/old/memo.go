package lifecycle

import (
	"context"
	"fmt"
	"sync"
)

// Memo remembers answers for as long as it lives. Those who ask for the same at once wait for one answer. Errors are not
// remembered.
type Memo[V any] struct {
	mutex sync.Mutex
	asked map[string]*answer[V]
}

type answer[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// Get returns what is remembered of the key, else what ask answers. ctx ends only this caller's wait.
func (m *Memo[V]) Get(ctx context.Context, key string, ask func(ctx context.Context) (V, error)) (V, error) {
	for {
		m.mutex.Lock()
		known, found := m.asked[key]
		if !found {
			known = &answer[V]{done: make(chan struct{})}
			if m.asked == nil {
				m.asked = map[string]*answer[V]{}
			}
			m.asked[key] = known
		}
		m.mutex.Unlock()
		if !found {
			return m.ask(ctx, key, known, ask)
		}
		select {
		case <-known.done:
			if known.err == nil {
				return known.value, nil
			}
		case <-ctx.Done():
			var none V

			return none, fmt.Errorf("waiting for an answer that another resource asked for: %w", ctx.Err())
		}
		// Who asked first failed, maybe since its own context ended: ask again.
	}
}

func (m *Memo[V]) ask(ctx context.Context, key string, pending *answer[V], ask func(ctx context.Context) (V, error)) (V, error) {
	pending.value, pending.err = ask(ctx)
	if pending.err != nil {
		m.mutex.Lock()
		delete(m.asked, key)
		m.mutex.Unlock()
	}
	close(pending.done)

	return pending.value, pending.err
}
