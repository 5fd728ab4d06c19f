package httpapi

import (
	"context"
	"sync"
	"time"
)

// Enter counts a caller that waits for what the Lifetime bounds, an answer, a task or a turn, until it leaves: while it waits,
// it asks nothing else, and reads that others share need not wait for it.
func (l *Lifetime) Enter(ctx context.Context) *Waiter {
	w := l.crowd.enter(ctx)
	l.crowd.hurry()

	return w
}

// EnterRound is [Lifetime.Enter] for one who joins a round: rounds that wait for others are told of him when he has joined.
func (l *Lifetime) EnterRound(ctx context.Context, join func()) *Waiter {
	w := l.crowd.enter(ctx)
	join()
	l.crowd.hurry()

	return w
}

// Await has a function called as soon as nobody else can come, until the returned one was called. Those who wait for a read may:
// it is soon answered. So may others when more wait than ever did before.
func (l *Lifetime) Await(nobodyElse func()) (leave func()) {
	round := new(int)
	l.crowd.opened(round, gathering{nobodyElse: nobodyElse, patient: true})

	return func() { l.crowd.closed(round) }
}

// Gathered tells that something which many share begins now: as many as wait at this moment may wait together again.
func (l *Lifetime) Gathered() { l.crowd.note(false) }

// Waiter is a caller that waits. Whoever has news for several lets all of them leave before the first one hears of it: else
// that one would ask its next question while the others, which are about to ask too, still count as waiting.
type Waiter struct {
	crowd  *crowd
	caller *caller // nil: nobody else's wait is his
	reads  bool    // it waits for a read, which is soon answered
	gone   bool    // guarded by the crowd
}

// Leave ends the wait. Leaving again does nothing.
func (w *Waiter) Leave() {
	w.crowd.mu.Lock()
	defer w.crowd.mu.Unlock()
	if !w.gone {
		w.gone = true
		w.crowd.remove(w)
	}
}

// Return takes Leave back, for one who heard nothing that ends the wait.
func (w *Waiter) Return() {
	w.crowd.mu.Lock()
	if w.gone {
		w.gone = false
		w.crowd.add(w)
	}
	w.crowd.mu.Unlock()
	w.crowd.hurry()
}

// crowd knows how many callers wait for the client: for an answer, a task, a turn. The CLI has only so many resources under
// way at once as its -parallelism says, which it tells nobody. So crowd remembers how many ever waited at once: when as many
// wait again, nobody else can come, and what they share need not wait for others.
type crowd struct {
	mu       sync.Mutex
	waiting  int
	reading  int // waits for reads; one who asks two questions at a time has two
	arrivals arrivals
	waits    map[*caller]int // of those who are known, how many waits: one who asks two questions at a time is one
	most     int
	peak     int // of waiting when somebody came, since the last note
	// gathering are the rounds that wait for others.
	gathering map[any]gathering
}

// gathering is a round that waits for others. It is told when nobody else can come.
type gathering struct {
	nobodyElse func()
	patient    bool // those who wait for a read may come
}

// enter counts a caller that waits, and tells no round of it: the caller is about to join one itself.
func (c *crowd) enter(ctx context.Context) *Waiter {
	return c.admit(&Waiter{crowd: c, caller: callerOf(ctx)})
}

// enterRead is enter for a read.
func (c *crowd) enterRead(ctx context.Context) *Waiter {
	return c.admit(&Waiter{crowd: c, caller: callerOf(ctx), reads: true})
}

func (c *crowd) admit(w *Waiter) *Waiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(w)

	return w
}

func (c *crowd) add(w *Waiter) {
	if w.reads {
		c.reading++
	}
	if one := w.caller; one != nil {
		if c.waits == nil {
			c.waits = make(map[*caller]int)
		}
		if !one.came {
			one.came = true
			c.arrivals.came(time.Now())
		}
		if c.waits[one]++; c.waits[one] > 1 {
			return
		}
	}
	c.waiting++
	c.peak = max(c.peak, c.waiting)
}

func (c *crowd) remove(w *Waiter) {
	if w.reads {
		c.reading--
	}
	if one := w.caller; one != nil {
		if c.waits[one]--; c.waits[one] > 0 {
			return
		}
		delete(c.waits, one)
	}
	c.waiting--
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
func (c *crowd) opened(round any, waits gathering) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gathering == nil {
		c.gathering = make(map[any]gathering)
	}
	c.gathering[round] = waits
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
	for _, round := range c.gathering {
		if !round.patient || c.waiting-c.reading == c.most {
			tell = append(tell, round.nobodyElse)
		}
	}
	c.mu.Unlock()
	for _, nobodyElse := range tell {
		nobodyElse()
	}
}
