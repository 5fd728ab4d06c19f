package httpapi

import "sync"

// Enter counts a caller that waits for what the Lifetime bounds, an answer, a task or a turn, until it leaves: while it waits,
// it asks nothing else, and reads that others share need not wait for it.
func (l *Lifetime) Enter() *Waiter {
	w := l.crowd.enter()
	l.crowd.hurry()

	return w
}

// Gathered tells that something which many share begins now: as many as wait at this moment may wait together again.
func (l *Lifetime) Gathered() { l.crowd.note(false) }

// Waiter is a caller that waits. Whoever has news for several lets all of them leave before the first one hears of it: else
// that one would ask its next question while the others, which are about to ask too, still count as waiting.
type Waiter struct {
	crowd *crowd
	gone  bool // guarded by the crowd
}

// Leave ends the wait. Leaving again does nothing.
func (w *Waiter) Leave() {
	w.crowd.mu.Lock()
	defer w.crowd.mu.Unlock()
	if !w.gone {
		w.gone = true
		w.crowd.waiting--
	}
}

// Return takes Leave back, for one who heard nothing that ends the wait.
func (w *Waiter) Return() {
	w.crowd.mu.Lock()
	if w.gone {
		w.gone = false
		w.crowd.add()
	}
	w.crowd.mu.Unlock()
	w.crowd.hurry()
}

// crowd knows how many callers wait for the client: for an answer, a task, a turn. The CLI has only so many resources under
// way at once as its -parallelism says, which it tells nobody. So crowd remembers how many ever waited at once: when as many
// wait again, nobody else can come, and what they share need not wait for others.
type crowd struct {
	mu      sync.Mutex
	waiting int
	most    int
	peak    int // of waiting when somebody came, since the last note
	// gathering are the rounds that wait for others; each is told when nobody else can come.
	gathering map[any]func()
}

// enter counts a caller that waits, and tells no round of it: the caller is about to join one itself.
func (c *crowd) enter() *Waiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add()

	return &Waiter{crowd: c}
}

func (c *crowd) add() {
	c.waiting++
	c.peak = max(c.peak, c.waiting)
}

// complete reports whether everybody waits, as far as is known.
func (c *crowd) complete() bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.most > 1 && c.waiting >= c.most
}

// note remembers how many wait. late tells that others were waited for and did not come: there may be fewer than before.
func (c *crowd) note(late bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if late {
		c.most = (c.most + c.waiting) / 2
	}
	c.most, c.peak = max(c.most, c.waiting, c.peak), 0
}

// size returns how many ever waited at once, and how many wait now.
func (c *crowd) size() (most, waiting int) {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.most, c.waiting
}

// opened remembers a round that waits for others, and what to do when nobody else can come.
func (c *crowd) opened(round any, nobodyElse func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gathering == nil {
		c.gathering = make(map[any]func())
	}
	c.gathering[round] = nobodyElse
}

// closed forgets a round.
func (c *crowd) closed(round any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.gathering, round)
}

// hurry tells the rounds that wait for others when nobody else can come.
func (c *crowd) hurry() {
	if !c.complete() {
		return
	}
	c.mu.Lock()
	tell := make([]func(), 0, len(c.gathering))
	for _, nobodyElse := range c.gathering {
		tell = append(tell, nobodyElse)
	}
	c.mu.Unlock()
	for _, nobodyElse := range tell {
		nobodyElse()
	}
}
