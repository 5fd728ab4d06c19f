package lifecycle

import (
	"context"
	"fmt"
	"sync"
)

// Queues let one operation at a time work on the snapshots of a VM. Platforms refuse a second one, or let it wait until its own
// time is over; those who would ask for it wait here instead. The zero value is ready to use.
type Queues struct {
	mutex sync.Mutex
	of    map[string]chan struct{} // by VM id; it holds a token while somebody works
}

// Enter waits for its turn on the VM. The caller must leave. The error says that ctx ended before.
func (q *Queues) Enter(ctx context.Context, vmID string) (leave func(), err error) {
	q.mutex.Lock()
	turn, known := q.of[vmID]
	if !known {
		turn = make(chan struct{}, 1)
		if q.of == nil {
			q.of = map[string]chan struct{}{}
		}
		q.of[vmID] = turn
	}
	q.mutex.Unlock()

	if ctx.Err() == nil {
		select {
		case turn <- struct{}{}:
			return func() { <-turn }, nil
		case <-ctx.Done():
		}
	}

	return nil, fmt.Errorf("waiting for other work on the snapshots of %s: %w", vmID, ctx.Err())
}
