package vspheresnapshot

import (
	"context"
	"fmt"
	"sync"
)

// queues lets one operation at a time work on the snapshots of a VM. vCenter refuses a second one anyway; those who would
// ask for it wait here instead of asking again and again. The zero value is ready to use.
type queues struct {
	mutex sync.Mutex
	of    map[string]chan struct{} // by VM id; it holds a token while somebody works
}

// enter waits for its turn on the VM. The caller must leave. The error says that ctx ended before.
func (q *queues) enter(ctx context.Context, vmID string) (leave func(), err error) {
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
