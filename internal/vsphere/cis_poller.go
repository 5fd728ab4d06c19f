package vsphere

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// gatherTasks is how long a resumed task waits for others, so that they are first asked for together.
const gatherTasks = 25 * time.Millisecond

// cisPoller polls all tasks that somebody waits for with one list call: at the moment the most impatient of them is due,
// all are asked for, so that the rest learn for free. It runs while somebody waits.
type cisPoller struct {
	life *httpapi.Lifetime
	list func(ctx context.Context, ids []string) (map[string]cisTask, error)

	mu      sync.Mutex
	running bool
	waiting map[*cisWaiter]struct{}
	wake    chan struct{} // tells the loop that somebody new waits
}

// cisWaiter waits for news of one task.
type cisWaiter struct {
	id   string
	pace *httpapi.Pace
	last *cisTask // what it knows already, nil for nothing
	news chan cisNews
}

type cisNews struct {
	task cisTask
	err  error
}

func newCISPoller(life *httpapi.Lifetime, list func(context.Context, []string) (map[string]cisTask, error)) *cisPoller {
	return &cisPoller{
		life: life, list: list, waiting: make(map[*cisWaiter]struct{}), wake: make(chan struct{}, 1),
	}
}

// next blocks until the task differs from last, ctx ends or nothing can be learned.
func (p *cisPoller) next(ctx context.Context, id string, pace *httpapi.Pace, last *cisTask) (cisTask, error) {
	defer p.life.Enter()()
	w := &cisWaiter{id: id, pace: pace, last: last, news: make(chan cisNews, 1)}
	if !p.join(ctx, w) {
		return cisTask{}, httpapi.Call{Op: "POST " + cisTasksPath + "?action=list", Object: id}.
			Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(httpapi.ErrClosed)
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
		if !p.life.Run(ctx, p.loop) {
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
			w.news <- cisNews{err: httpapi.Call{Op: "POST " + cisTasksPath + "?action=list", Object: w.id}.Interrupted(ctx, nil)}
			delete(p.waiting, w)
		}
	}
	var first time.Time
	for w := range p.waiting {
		if due := w.pace.Due(); first.IsZero() || due.Before(first) {
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
	w.pace.Asked(time.Now())
	info, known := found[w.id]
	switch {
	case err != nil:
		if failure, ok := errors.AsType[*apierr.Error](err); ok {
			own := *failure
			own.Object = w.id
			err = &own
		}
	case !known:
		failure := httpapi.Call{Op: "POST " + cisTasksPath + "?action=list", Object: w.id}.Error(apierr.NotFound, "NOT_FOUND")
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
