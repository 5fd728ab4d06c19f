package httpapi

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Paces of gathering. The CLI works on each object for some milliseconds before it asks for the next one, so those who ask
// at the same time come one after another.
const (
	// A round is closed when nobody new came for so long: quietAlone where nobody ever came with others, quietGather where
	// some did, and quietLacking where several wait, but fewer than ever waited at once: the others are likely to be on their
	// way. One who waits alone is the first of them or the last: he waits quietAlone for each of them.
	quietAlone   = 20 * time.Millisecond
	quietGather  = 25 * time.Millisecond
	quietLacking = 100 * time.Millisecond
	// longestGather is when a round is closed at the latest.
	longestGather = 400 * time.Millisecond
	// largeCrowd is how many make two rounds.
	largeCrowd = 20
	// quietPrompt is that of a round in which somebody asks promptly, or a little more than what callers lately were apart, and
	// busyPrompt at most. The round is closed at the latest after promptRounds of them.
	quietPrompt  = 8 * time.Millisecond
	busyPrompt   = 40 * time.Millisecond
	promptRounds = 4
)

// gather makes one call of the questions that come together: a round. Nothing is kept: each round asks anew. A round is closed
// when nobody comes any more, and at once when nobody else can come.
type gather[K comparable, V any] struct {
	life    *Lifetime
	largest int // questions of one call
	// fetch makes the call and returns what it answers to each key.
	fetch func(ctx context.Context, keys []K) func(K) (V, error)

	mu     sync.Mutex
	open   *round[K, V] // nil: whoever asks next begins one
	asking int          // rounds whose call is under way
}

// round is one call in the making, and then under way.
type round[K comparable, V any] struct {
	keys   []K // each once
	began  time.Time
	prompt atomic.Bool   // somebody asks promptly
	came   chan struct{} // tells that somebody joined
	full   chan struct{} // closed when nobody may or can join any more
	done   chan struct{} // closed when there is an answer
	answer func(K) (V, error)
	asking []*Waiter // leave before done is closed
}

// ask joins the open round, or begins one, and returns it. It returns nil when the lifetime is over. The caller is in the
// crowd, and has left it when the round is done.
func (g *gather[K, V]) ask(ctx context.Context, key K, caller *Waiter) *round[K, V] {
	r := g.join(ctx, key, caller)
	g.life.crowd.hurry() // other rounds may have waited for this caller

	return r
}

func (g *gather[K, V]) join(ctx context.Context, key K, caller *Waiter) *round[K, V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, joins := g.open, g.open != nil
	if !joins {
		r = &round[K, V]{began: time.Now(), came: make(chan struct{}, 1), full: make(chan struct{}), done: make(chan struct{})}
		if !g.life.Run(ctx, func(ctx context.Context) { g.serve(ctx, r) }) {
			return nil
		}
		g.open = r
		g.life.crowd.opened(r, gathering{nobodyElse: func() { g.everybodyWaits(r) }})
	}
	r.asking = append(r.asking, caller)
	hastens := isPrompt(ctx) && !r.prompt.Swap(true)
	if !slices.Contains(r.keys, key) {
		r.keys = append(r.keys, key)
	}
	if g.everybody() || len(r.keys) >= g.enough() {
		g.open = nil
		close(r.full)

		return r
	}
	if joins || hastens {
		select {
		case r.came <- struct{}{}:
		default:
		}
	}

	return r
}

// everybody reports whether nobody else can come. Those whose call is under way will be back soon. The gathering is locked.
func (g *gather[K, V]) everybody() bool { return g.asking == 0 && g.life.crowd.complete() }

// enough is how many questions make a round that waits for no more: half of a large crowd, whose other half is served by the CLI
// meanwhile.
func (g *gather[K, V]) enough() int {
	if most, _ := g.life.crowd.size(); most >= largeCrowd {
		return min(g.largest, most/2)
	}

	return g.largest
}

// everybodyWaits closes a round that is still open, now that those it waited for have begun to wait for something else.
func (g *gather[K, V]) everybodyWaits(r *round[K, V]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == r && g.everybody() {
		g.open = nil
		close(r.full)
	}
}

// serve closes a round when it is time, and makes its call.
func (g *gather[K, V]) serve(ctx context.Context, r *round[K, V]) {
	late := r.gather(ctx, func(joined bool) time.Duration { return g.patience(r, joined) }) && !r.prompt.Load()
	g.life.crowd.closed(r)
	g.mu.Lock()
	if g.open == r {
		g.open = nil
	}
	g.asking++
	g.mu.Unlock()
	g.life.crowd.note(late)

	r.answer = g.fetch(ctx, r.keys)

	g.mu.Lock()
	g.asking--
	g.mu.Unlock()
	for _, caller := range r.asking {
		caller.Leave()
	}
	close(r.done)
}

// patience is how long somebody new is waited for.
func (g *gather[K, V]) patience(r *round[K, V], joined bool) time.Duration {
	if r.prompt.Load() {
		quiet := min(busyPrompt, max(quietPrompt, 3*g.life.Apart()/2))

		return min(quiet, promptRounds*quiet-time.Since(r.began))
	}
	switch most, waiting := g.life.crowd.size(); {
	case most > waiting && waiting > 1:
		return quietLacking
	case most > waiting:
		return min(quietLacking, time.Duration(most-waiting)*quietAlone)
	case joined, most > 1:
		return quietGather
	default:
		return quietAlone
	}
}

// gather waits until the round is full, and reports true when it waited for others who did not come.
func (r *round[K, V]) gather(ctx context.Context, patience func(joined bool) time.Duration) bool {
	quiet, longest := time.NewTimer(patience(false)), time.NewTimer(longestGather)
	defer quiet.Stop()
	defer longest.Stop()
	for {
		select {
		case <-r.came:
			quiet.Reset(patience(true))
		case <-r.full:
			return false
		case <-quiet.C:
			return true
		case <-longest.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}
