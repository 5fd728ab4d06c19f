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
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
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
	pace *poll.Pace
	last *cisTask // what it knows already, nil for nothing
	news chan cisNews

	waiter *httpapi.Waiter
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
func (p *cisPoller) next(ctx context.Context, id string, pace *poll.Pace, last *cisTask) (cisTask, error) {
	w := &cisWaiter{id: id, pace: pace, last: last, news: make(chan cisNews, 1), waiter: p.life.Enter(ctx)}
	defer w.waiter.Leave()
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

// due returns when the next poll is, and false when the loop must end: nobody waits, or the client was closed. Tasks that are
// due at nearly the same time are asked for when all of them are.
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
	last := first
	for w := range p.waiting {
		if due := w.pace.Due(); due.After(last) && !due.After(first.Add(poll.AskedTogether)) {
			last = due
		}
	}
	p.running = len(p.waiting) > 0

	return last, p.running
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
		asked := slices.DeleteFunc(slices.Clone(asked), func(w *cisWaiter) bool {
			_, ours := slices.BinarySearch(chunk, w.id)

			return !ours
		})
		p.tell(asked, found, err)
	}
}

// tell tells those for whom an answer has news, all of whom wait no longer when the first one hears of it.
func (p *cisPoller) tell(asked []*cisWaiter, found map[string]cisTask, err error) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	told := make(map[*cisWaiter]cisNews, len(asked))
	for _, w := range asked {
		news, some := w.learn(now, found, err)
		if _, waits := p.waiting[w]; some && waits {
			delete(p.waiting, w)
			told[w] = news
			w.waiter.Leave()
		}
	}
	for w, news := range told {
		w.news <- news
	}
}

// learn returns what an answer says to somebody who waits, and false when that is nothing new.
func (w *cisWaiter) learn(now time.Time, found map[string]cisTask, err error) (cisNews, bool) {
	info, known := found[w.id]
	switch {
	case err != nil || !known || info.state() != task.StateSucceeded:
		w.pace.Asked(now)
	case info.StartTime.IsZero() || info.EndTime.IsZero():
		w.pace.Ended(now)
	default:
		w.pace.Lasted(info.EndTime.Sub(info.StartTime))
	}
	switch {
	case err != nil:
		if failure, ok := errors.AsType[*apierr.Error](err); ok {
			own := *failure
			own.Object = w.id
			err = &own
		}

		return cisNews{err: err}, true
	case !known:
		failure := httpapi.Call{Op: "POST " + cisTasksPath + "?action=list", Object: w.id}.Error(apierr.NotFound, "NOT_FOUND")
		failure.TaskID = w.id

		return cisNews{err: failure}, true
	default:
		return cisNews{task: info}, w.last == nil || !sameNews(*w.last, info)
	}
}

// sameNews reports whether two answers say the same to somebody who waits.
func sameNews(a, b cisTask) bool {
	return a.state() == b.state() && a.percent() == b.percent() && a.note() == b.note()
}
