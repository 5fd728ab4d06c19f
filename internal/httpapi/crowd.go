package httpapi

import "sync"

// Enter counts a caller that waits for what the Lifetime bounds, an answer, a task or a turn, until it leaves: while it waits,
// it asks nothing else, and reads that others share need not wait for it.
func (l *Lifetime) Enter() (leave func()) { return l.crowd.enter() }

// Gathered tells that something which many share begins now: as many as wait at this moment may wait together again.
func (l *Lifetime) Gathered() { l.crowd.note(false) }

// crowd knows how many callers wait for the client: for an answer, a task, a turn. The CLI has only so many resources under
// way at once as its -parallelism says, which it tells nobody. So crowd remembers how many ever waited at once: when as many
// wait again, nobody else can come, and what they share need not wait for others.
type crowd struct {
	mu      sync.Mutex
	waiting int
	most    int
}

// enter counts a caller that waits until it leaves.
func (c *crowd) enter() (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting++

	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiting--
	}
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
	c.most = max(c.most, c.waiting)
}

// size returns how many ever waited at once, and how many wait now.
func (c *crowd) size() (most, waiting int) {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.most, c.waiting
}
