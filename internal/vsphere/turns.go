package vsphere

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// turns lets this process's tasks on one object go one after another, once vCenter said that it takes no two at a time.
// One of those that wait asks vCenter, as soon as a task of ours has ended; the others wait for theirs in silence.
type turns struct {
	mu      sync.Mutex
	objects map[string]*turn
	running map[string]int  // tasks of ours by object
	alone   map[string]bool // methods of which vCenter takes no two at a time on an object
}

// lostSight is when vCenter is asked although a task of ours seems to run: whoever waited for it may have given up.
const lostSight = 10 * time.Second

// began notes that a task of ours runs at an object.
func (t *turns) began(object string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == nil {
		t.running = make(map[string]int)
	}
	t.running[object]++
}

// occupied reports whether a task of ours is in the way of a method at the object.
func (t *turns) occupied(what httpapi.Call) bool {
	t.mu.Lock()
	defer t.mu.Unlock()

	return t.alone[what.Op] && t.running[what.Object] > 0
}

// goesAlone remembers that vCenter refused a second task of the method while one of ours ran at the object.
func (t *turns) goesAlone(what httpapi.Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running[what.Object] == 0 {
		return // somebody else's was in the way
	}
	if t.alone == nil {
		t.alone = make(map[string]bool)
	}
	t.alone[what.Op] = true
}

// turn is the queue at one object.
type turn struct {
	waiting int           // the one that asks included
	asking  chan struct{} // holds one token
	ended   chan struct{} // closed when a task of ours ends
}

// join enters the queue at an object, which must be left again.
func (t *turns) join(object string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.objects == nil {
		t.objects = make(map[string]*turn)
	}
	queue := t.objects[object]
	if queue == nil {
		queue = &turn{asking: make(chan struct{}, 1), ended: make(chan struct{})}
		t.objects[object] = queue
	}
	queue.waiting++

	return queue
}

func (t *turns) leave(object string, queue *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if queue.waiting--; queue.waiting == 0 {
		delete(t.objects, object)
	}
}

// crowded reports whether somebody waits at the object.
func (t *turns) crowded(object string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()

	return t.objects[object] != nil
}

// next returns what tells that a task of ours ended.
func (t *turns) next(queue *turn) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()

	return queue.ended
}

// end tells whoever asks at the object that a task has ended there.
func (t *turns) end(object string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.running[object]; n > 1 {
		t.running[object] = n - 1
	} else {
		delete(t.running, object)
	}
	if queue := t.objects[object]; queue != nil {
		close(queue.ended)
		queue.ended = make(chan struct{})
	}
}

// occupied is an object that another task works on. It hides the failure from the general policy for what is busy, which
// has everybody ask by himself.
type occupied struct {
	failure error
}

// Error describes the failure.
func (o *occupied) Error() string { return o.failure.Error() }

// startInTurn is [startTask] for what other tasks of this process are likely to be in the way of.
func startInTurn[T any](
	ctx context.Context, c *Client, what httpapi.Call, result func(any) (T, bool), method starter,
) (*vimHandle[T], error) {
	handle := &vimHandle[T]{client: c, what: what, result: result}
	ask := func() error {
		err := c.repeater().Do(ctx, what.Effect, func() error {
			err := c.vimOnce(ctx, what, c.timeout, func(ctx context.Context, vim *vim25.Client) error {
				var err error
				handle.ref, err = method(ctx, vim)

				return err
			})
			if err == nil {
				c.turns.began(what.Object)
			}
			if isTaskInProgress(err) {
				c.turns.goesAlone(what)

				return &occupied{err}
			}

			return err
		})
		if busy, ok := errors.AsType[*occupied](err); ok {
			return busy.failure
		}

		return err
	}
	defer c.life.Enter(ctx).Leave()
	if err := c.turns.take(ctx, what, ask); err != nil {
		return nil, err
	}
	c.started.add(handle.ref.Value)

	return handle, nil
}

// take asks until another task is no longer in the way: at once where nobody waits, else in turn. Its error is vCenter's
// last word, or the end of ctx.
func (t *turns) take(ctx context.Context, what httpapi.Call, ask func() error) error {
	var last error
	if !t.crowded(what.Object) && !t.occupied(what) {
		if last = ask(); !isTaskInProgress(last) {
			return last
		}
	}
	queue, began := t.join(what.Object), time.Now()
	defer t.leave(what.Object, queue)
	select {
	case queue.asking <- struct{}{}:
		defer func() { <-queue.asking }()
	case <-ctx.Done():
		if last != nil {
			return last // what vCenter said last tells more than that the time is up
		}

		return what.Interrupted(ctx, nil)
	}
	for n := 1; ; n++ {
		ended := t.next(queue)
		if t.occupied(what) && !awaitEnd(ctx, ended) {
			if last != nil {
				return last
			}

			return what.Interrupted(ctx, nil)
		}
		err := ask()
		last = err
		if !isTaskInProgress(err) || !httpapi.Patient(ctx, httpapi.RetryBusy, n, time.Since(began)) || !awaitAnother(ctx, ended, n) {
			return err
		}
	}
}

// awaitAnother waits for the end of a task of ours, or for the pause after attempt n, and reports whether there is time for another
// attempt.
func awaitAnother(ctx context.Context, ended <-chan struct{}, n int) bool {
	pause, due := backoff.BeforeChange(ctx, httpapi.Pauses.After(n))
	if !due {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	case <-ctx.Done():
	}

	return ctx.Err() == nil
}

// awaitEnd waits for the end of a task of ours, and reports false when ctx ends before.
func awaitEnd(ctx context.Context, ended <-chan struct{}) bool {
	timer := time.NewTimer(lostSight)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	case <-ctx.Done():
		return false
	}

	return true
}

// isTaskInProgress reports whether something failed because another task works on its object. Other busy objects, a locked
// file for example, may be met halfway.
func isTaskInProgress(err error) bool {
	return apierr.Is(err, apierr.Busy) && (hasCode(err, "TaskInProgress") || hasCode(err, "VAppTaskInProgress"))
}
