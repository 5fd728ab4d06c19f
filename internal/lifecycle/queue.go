package lifecycle

import (
	"context"
	"fmt"
	"sync"
)

// Queues let one operation at a time work on an object, where the platform takes one task at a time on it: it refuses a second one, or
// lets it wait until its time is over. The zero value is ready to use.
type Queues struct {
	mutex sync.Mutex
	of    map[string]chan struct{} // by object id; it holds a token while an operation works
}

// Enter waits until no other operation works on the object, and returns what ends this one. The error says that ctx ended before.
// An empty id needs no queue.
func (q *Queues) Enter(ctx context.Context, id string) (leave func(), err error) {
	if id == "" {
		return func() {}, nil
	}
	q.mutex.Lock()
	token, known := q.of[id]
	if !known {
		token = make(chan struct{}, 1)
		if q.of == nil {
			q.of = map[string]chan struct{}{}
		}
		q.of[id] = token
	}
	q.mutex.Unlock()

	if ctx.Err() == nil {
		select {
		case token <- struct{}{}:
			return func() { <-token }, nil
		case <-ctx.Done():
		}
	}

	return nil, fmt.Errorf("waiting for other work on the snapshots of %s: %w", id, ctx.Err())
}
