package vsphere

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Paces of gathering. The CLI works on each object for some milliseconds before it asks for the next one, so those who ask
// at the same time come one after another.
const (
	quietGather   = 30 * time.Millisecond  // a round is closed when nobody new came for so long
	longestGather = 200 * time.Millisecond // and then at the latest
)

// gather makes one call of the questions that come together: a round. Nothing is kept: each round asks anew.
//
// The CLI has only so many questions under way at once as its -parallelism says, which it tells nobody. So gather remembers
// how many ever waited at once: when as many wait again, nobody else can come, and the round is closed at once.
type gather[K comparable, V any] struct {
	life    *lifetime
	largest int // questions of one call
	// fetch makes the call and returns what it answers to each key.
	fetch func(ctx context.Context, keys []K) func(K) (V, error)

	mu     sync.Mutex
	open   *round[K, V] // nil: whoever asks next begins one
	asking int          // callers of closed rounds that have no answer yet
	most   int          // callers that ever waited at once
}

// round is one call in the making, and then under way.
type round[K comparable, V any] struct {
	keys    []K // each once
	callers int
	came    chan struct{} // tells that somebody joined
	full    chan struct{} // closed when nobody may or can join any more
	done    chan struct{} // closed when there is an answer
	answer  func(K) (V, error)
}

// ask joins the open round, or begins one, and returns it. It returns nil when the lifetime is over.
func (g *gather[K, V]) ask(ctx context.Context, key K) *round[K, V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.open
	if r == nil {
		r = &round[K, V]{came: make(chan struct{}, 1), full: make(chan struct{}), done: make(chan struct{})}
		if !g.life.run(ctx, func(ctx context.Context) { g.serve(ctx, r) }) {
			return nil
		}
		g.open = r
	}
	r.callers++
	if !slices.Contains(r.keys, key) {
		r.keys = append(r.keys, key)
	}
	everybody := g.most > 1 && g.asking == 0 && r.callers >= g.most
	if everybody || len(r.keys) >= g.largest {
		g.open = nil
		close(r.full)

		return r
	}
	select {
	case r.came <- struct{}{}:
	default:
	}

	return r
}

// serve closes a round when it is time, and makes its call.
func (g *gather[K, V]) serve(ctx context.Context, r *round[K, V]) {
	r.gather(ctx)
	g.mu.Lock()
	if g.open == r {
		g.open = nil
	}
	g.asking += r.callers
	g.most = max(g.most, g.asking)
	g.mu.Unlock()

	r.answer = g.fetch(ctx, r.keys)

	g.mu.Lock()
	g.asking -= r.callers
	g.mu.Unlock()
	close(r.done)
}

// gather waits until the round is full or nobody comes any more.
func (r *round[K, V]) gather(ctx context.Context) {
	quiet, longest := time.NewTimer(quietGather), time.NewTimer(longestGather)
	defer quiet.Stop()
	defer longest.Stop()
	for {
		select {
		case <-r.came:
			quiet.Reset(quietGather)
		case <-r.full:
			return
		case <-quiet.C:
			return
		case <-longest.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
