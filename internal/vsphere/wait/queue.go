package wait

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// queues let the tasks of a method on an object run in parallel, until vCenter refuses one because another is in progress: from then
// on they run one at a time. The zero value is ready to use.
type queues struct {
	mu sync.Mutex
	of map[httpapi.Call]*queue
}

// queue is that of one method on one object, guarded by the lock of all.
type queue struct {
	lock    *sync.Mutex
	running int
	serial  bool          // one at a time
	left    chan struct{} // closed when one has left
}

// enter waits until another task may run. The caller must leave. The error is the end of ctx.
func (q *queues) enter(ctx context.Context, logger *slog.Logger, what httpapi.Call) (*queue, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one := q.of[what]
	if one == nil {
		one = &queue{lock: &q.mu, left: make(chan struct{})}
		if q.of == nil {
			q.of = make(map[httpapi.Call]*queue)
		}
		q.of[what] = one
	}
	if one.serial && one.running > 0 {
		logger.InfoContext(ctx, "Waiting for other work on the object: vCenter does one at a time", "op", what.Op, "on", what.Object)
	}
	for waiting := true; waiting && one.serial && one.running > 0; {
		var ended bool
		if waiting, ended = one.await(ctx); ended {
			return nil, what.Interrupted(ctx, nil)
		}
	}
	one.running++

	return one, nil
}

// await waits until one has left, with the lock released. It reports false when that took too long, and whether ctx ended.
func (q *queue) await(ctx context.Context) (left, ended bool) {
	change := q.left
	q.lock.Unlock()
	defer q.lock.Lock()
	limit := time.NewTimer(longestQueued)
	defer limit.Stop()
	select {
	case <-change:
		return true, false
	case <-limit.C:
		return false, false
	case <-ctx.Done():
		return false, true
	}
}

func (q *queue) leave() {
	q.lock.Lock()
	defer q.lock.Unlock()
	q.running--
	close(q.left)
	q.left = make(chan struct{})
}

// refused has further tasks run one at a time, after one was refused, and reports whether none of this process is in the way.
func (q *queue) refused() (alone bool) {
	q.lock.Lock()
	defer q.lock.Unlock()
	q.serial = true

	return q.running == 1
}
