package wait

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
)

// awaited is one wait in a [poller].
type awaited interface {
	comparable
	// due is when to ask; zero for a wait that is not asked about.
	due() time.Time
	// news takes how the wait ends, once.
	news() chan error
}

// asker asks about all waits by one call, and ends those that are over.
type asker[W awaited] interface {
	ask(ctx context.Context, waits []W)
}

// poller asks about all waits when the first one is due: the others may be over as well. It runs while there are any.
type poller[W awaited] struct {
	life  *httpapi.Lifetime
	asker asker[W]

	mu      sync.Mutex
	running bool
	waits   map[W]struct{}
	changed chan struct{} // holds a token when there may be something to do for the loop
}

func newPoller[W awaited](life *httpapi.Lifetime, asker asker[W]) *poller[W] {
	return &poller[W]{life: life, asker: asker, waits: make(map[W]struct{}), changed: make(chan struct{}, 1)}
}

// await blocks until the wait is ended, and returns with what. Its own errors are [httpapi.ErrClosed] and ctx's cause.
func (p *poller[W]) await(ctx context.Context, w W) error {
	if !p.join(ctx, w) {
		return httpapi.ErrClosed
	}
	select {
	case err := <-w.news():
		return err
	case <-ctx.Done():
		p.mu.Lock()
		delete(p.waits, w)
		p.mu.Unlock()
		p.wake()

		return fmt.Errorf("waiting: %w", context.Cause(ctx))
	}
}

func (p *poller[W]) join(ctx context.Context, w W) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running && !p.life.Run(ctx, p.loop) {
		return false
	}
	p.running = true
	p.waits[w] = struct{}{}
	p.wake()

	return true
}

// wake lets the loop look again at what there is to do.
func (p *poller[W]) wake() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// end ends a wait. The poller is locked.
func (p *poller[W]) end(w W, err error) {
	if _, waits := p.waits[w]; waits {
		delete(p.waits, w)
		w.news() <- err
		p.wake()
	}
}

// all returns the waits.
func (p *poller[W]) all() []W {
	p.mu.Lock()
	defer p.mu.Unlock()

	return slices.Collect(maps.Keys(p.waits))
}

func (p *poller[W]) loop(ctx context.Context) {
	for {
		due, some := p.next(ctx)
		if !some {
			return
		}
		timer := time.NewTimer(time.Until(due))
		select {
		case <-timer.C:
			p.asker.ask(ctx, p.all())
		case <-p.changed:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// next returns when to ask, and false when the loop ends: there are no waits, or the client was closed. Waits that are due at
// nearly the same time are asked about when all of them are.
func (p *poller[W]) next(ctx context.Context) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		for w := range p.waits {
			p.end(w, httpapi.ErrClosed)
		}
	}
	p.running = len(p.waits) > 0
	var dues []time.Time
	for w := range p.waits {
		if due := w.due(); !due.IsZero() {
			dues = append(dues, due)
		}
	}
	if len(dues) == 0 {
		return time.Now().Add(longestWait), p.running
	}
	slices.SortFunc(dues, time.Time.Compare)
	last := dues[0]
	for _, due := range dues {
		if !due.After(dues[0].Add(poll.AskedTogether)) {
			last = due
		}
	}

	return last, p.running
}
