package vsphere

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

const (
	firstPoll   = 200 * time.Millisecond // after a task started
	slowestPoll = 2 * time.Second
	gatherTasks = 25 * time.Millisecond // tasks that start together are first asked for together
)

// pace says when a task is worth asking for: soon after it started, and ever more seldom as it runs on.
type pace struct {
	mu       sync.Mutex
	interval time.Duration
	due      time.Time
}

// startedPace is for a task that starts now.
func startedPace() pace {
	return pace{interval: firstPoll, due: time.Now().Add(firstPoll)}
}

// resumedPace is for a task that somebody started some time ago: it may be over, so it is asked for at once.
func resumedPace() pace {
	return pace{interval: firstPoll, due: time.Now().Add(gatherTasks)}
}

func (p *pace) next() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.due
}

// asked moves on after the task was asked for.
func (p *pace) asked(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interval = min(slowestPoll, p.interval*3/2)
	p.due = now.Add(p.interval)
}

// cisPoller polls all tasks that somebody waits for with one list call: at the moment the most impatient of them is due,
// all are asked for, so that the rest learn for free. It runs while somebody waits.
type cisPoller struct {
	life *lifetime
	list func(ctx context.Context, ids []string) (map[string]cisTask, error)

	mu      sync.Mutex
	running bool
	waiting map[*cisWaiter]struct{}
	wake    chan struct{} // tells the loop that somebody new waits
}

// cisWaiter waits for news of one task.
type cisWaiter struct {
	id   string
	pace *pace
	last *cisTask // what it knows already, nil for nothing
	news chan cisNews
}

type cisNews struct {
	task cisTask
	err  error
}

func newCISPoller(life *lifetime, list func(context.Context, []string) (map[string]cisTask, error)) *cisPoller {
	return &cisPoller{
		life: life, list: list, waiting: make(map[*cisWaiter]struct{}), wake: make(chan struct{}, 1),
	}
}

// next blocks until the task differs from last, ctx ends or nothing can be learned.
func (p *cisPoller) next(ctx context.Context, id string, pace *pace, last *cisTask) (cisTask, error) {
	defer p.life.crowd.enter()()
	w := &cisWaiter{id: id, pace: pace, last: last, news: make(chan cisNews, 1)}
	if !p.join(ctx, w) {
		return cisTask{}, call{op: "POST " + cisTasksPath + "?action=list", object: id}.
			error(apierr.Cancelled, codeInterrupted).Wrap(errClosed)
	}
	select {
	case news := <-w.news:
		return news.task, news.err
	case <-ctx.Done():
		p.leave(w)

		return cisTask{}, fmt.Errorf("task %s: %w", id, context.Cause(ctx))
	}
}

func (p *cisPoller) join(ctx context.Context, w *cisWaiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[w] = struct{}{}
	if !p.running {
		if !p.life.run(ctx, p.loop) {
			delete(p.waiting, w)

			return false
		}
		p.running = true

		return true
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}

	return true
}

func (p *cisPoller) leave(w *cisWaiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, w)
}

// watches reports whether anybody waits for the task.
func (p *cisPoller) watches(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := range p.waiting {
		if w.id == id {
			return true
		}
	}

	return false
}

// loop polls until nobody waits.
func (p *cisPoller) loop(ctx context.Context) {
	for {
		due, some := p.due(ctx)
		if !some {
			return
		}
		timer := time.NewTimer(time.Until(due))
		select {
		case <-timer.C:
			p.poll(ctx)
		case <-p.wake: // somebody new may be due earlier
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// due returns when the next poll is, and false when the loop must end: nobody waits, or the client was closed.
func (p *cisPoller) due(ctx context.Context) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		for w := range p.waiting {
			w.news <- cisNews{err: call{op: "POST " + cisTasksPath + "?action=list", object: w.id}.interrupted(ctx, nil)}
			delete(p.waiting, w)
		}
	}
	var first time.Time
	for w := range p.waiting {
		if due := w.pace.next(); first.IsZero() || due.Before(first) {
			first = due
		}
	}
	p.running = len(p.waiting) > 0

	return first, p.running
}

// poll asks for all tasks in flight and tells everybody for whom there is news.
func (p *cisPoller) poll(ctx context.Context) {
	p.mu.Lock()
	asked := make([]*cisWaiter, 0, len(p.waiting))
	ids := make([]string, 0, len(p.waiting))
	for w := range p.waiting {
		asked = append(asked, w)
		ids = append(ids, w.id)
	}
	p.mu.Unlock()
	slices.Sort(ids)
	ids = slices.Compact(ids)

	for chunk := range slices.Chunk(ids, cisChunk) {
		found, err := p.list(ctx, chunk)
		for _, w := range asked {
			if _, ours := slices.BinarySearch(chunk, w.id); ours {
				p.tell(w, found, err)
			}
		}
	}
}

func (p *cisPoller) tell(w *cisWaiter, found map[string]cisTask, err error) {
	w.pace.asked(time.Now())
	info, known := found[w.id]
	switch {
	case err != nil:
		if failure, ok := errors.AsType[*apierr.Error](err); ok {
			own := *failure
			own.Object = w.id
			err = &own
		}
	case !known:
		failure := call{op: "POST " + cisTasksPath + "?action=list", object: w.id}.error(apierr.NotFound, "NOT_FOUND")
		failure.TaskID = w.id
		err = failure
	case w.last != nil && sameNews(*w.last, info):
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, waits := p.waiting[w]; waits {
		delete(p.waiting, w)
		w.news <- cisNews{task: info, err: err}
	}
}

// sameNews reports whether two answers say the same to somebody who waits.
func sameNews(a, b cisTask) bool {
	return a.state() == b.state() && a.percent() == b.percent() && a.note() == b.note()
}
