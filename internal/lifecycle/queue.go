package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
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
func (q *Queues) Enter(ctx context.Context, logger *slog.Logger, id string) (leave func(), err error) {
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
		default:
			logger.InfoContext(ctx, "Waiting for other work on the snapshots of the machine", "vm", id)
		}
		select {
		case token <- struct{}{}:
			return func() { <-token }, nil
		case <-ctx.Done():
		}
	}

	return nil, &queuedError{id, ctx.Err()}
}

// queuedError is the error of an operation that waited for another one until it had to end.
type queuedError struct {
	id    string
	cause error
}

// Error implements error.
func (e *queuedError) Error() string {
	return fmt.Sprintf("it waited for other work on the snapshots of %s, and had not begun", e.id)
}

// Unwrap returns why it had to end.
func (e *queuedError) Unwrap() error { return e.cause }
