package httpapi

import (
	"sync"
	"time"
)

const (
	firstPoll   = 200 * time.Millisecond // after a task started of which nothing is known
	slowestPoll = 2 * time.Second
	// soonestPoll is how soon after its start a task is asked for, however soon others ended.
	soonestPoll = 50 * time.Millisecond
	// AskedTogether is how far apart tasks may be due that are asked for together: those who wait for them go on together, too,
	// and share what they read next.
	AskedTogether = 50 * time.Millisecond
)

// Pace says when a task is worth asking for: when it is likely to have ended, as far as that is known, else soon after it
// started, and ever more seldom as it runs on.
type Pace struct {
	ends *ends // what such tasks taught; nil: nobody learns of this one

	mu       sync.Mutex
	started  time.Time
	due      time.Time
	expected time.Duration // how long after its start it is likely to have ended, 0 when it was then seen running, or nothing is known
	guessed  bool          // something was known when it started
	ran      time.Duration // how long after its start it was last seen running
	over     bool
}

// NewPace is the pace of a task that is first asked for after a while; see [Paces.Started].
func NewPace(first time.Duration) *Pace {
	now := time.Now()

	return &Pace{started: now, due: now.Add(first)}
}

// Due returns when to ask next.
func (p *Pace) Due() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.due
}

// Asked moves on after the task was asked for and runs.
func (p *Pace) Asked(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran = now.Sub(p.started)
	switch {
	case p.expected > p.ran:
		// It was asked for along with others, or it takes longer than anybody waits for news.
		p.due = earlier(p.started.Add(p.expected), now.Add(slowestPoll))

		return
	case p.guessed:
		p.expected, p.due = 0, now.Add(min(slowestPoll, max(soonestPoll, p.ran/4))) // the end can't be far
	default:
		p.due = now.Add(min(slowestPoll, max(soonestPoll, p.ran/2)))
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}

	return b
}

// Ended learns from a task that did what it should.
func (p *Pace) Ended(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ends == nil || p.over {
		return
	}
	p.over = true
	switch {
	case p.guessed:
		p.ends.saw(p.ran, now.Sub(p.started), p.expected > 0)
	default:
		p.ends.first(p.ran, now.Sub(p.started))
	}
}

// Lasted learns from a task that did what it should, and of which the platform tells how long it took.
func (p *Pace) Lasted(lasted time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ends == nil || p.over || lasted < 0 {
		return
	}
	p.over = true
	p.ends.mu.Lock()
	defer p.ends.mu.Unlock()
	p.ends.told.Saw(lasted)
}

// Paces are those of the tasks of a client. They learn from each task when the next one of its kind is likely to have ended.
// The zero value knows nothing yet.
type Paces struct {
	mu    sync.Mutex
	kinds map[string]*ends
}

// Started is the pace of a task that starts now. kind is the method that started it.
func (p *Paces) Started(kind string) *Pace {
	p.mu.Lock()
	known := p.kinds[kind]
	if known == nil {
		known = new(ends)
		if p.kinds == nil {
			p.kinds = make(map[string]*ends)
		}
		p.kinds[kind] = known
	}
	p.mu.Unlock()
	pace := NewPace(firstPoll)
	if pace.expected = known.likely(); pace.expected > 0 {
		pace.guessed = true
		pace.due = pace.started.Add(min(slowestPoll, pace.expected))
	}
	pace.ends = known

	return pace
}

// ends is how long after its start a task of a kind has most likely ended.
type ends struct {
	mu    sync.Mutex
	after time.Duration // 0: not known
	step  int           // the part of after by which it is lowered when a task had ended as expected

	told Lasting // of a platform that tells how long tasks took
}

const (
	boldStep     = 8  // as long as no task was asked for too early
	cautiousStep = 64 // in the end
)

// likely returns 0 when nothing is known.
func (e *ends) likely() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	end, known := e.told.Likely()
	if !known && e.after == 0 {
		return 0
	}
	if !known {
		end = e.after
	}

	return max(soonestPoll, end)
}

// first learns from a task of which nothing was known. It was last seen running ran after its start, 0 for never, and had ended
// when it was asked for again: how long it took lies between the two.
func (e *ends) first(ran, ended time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ran > 0 {
		ended = (ran + ended) / 2
	}
	if e.after == 0 || ended < e.after {
		e.after, e.step = ended, boldStep
	}
}

// saw learns from a task whose end was guessed. One that had ended when it was expected to may have done so long before: the next
// ones are asked for a little sooner, until one is met that still runs. That one ended between ran and ended.
func (e *ends) saw(ran, ended time.Duration, asExpected bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.after == 0 { // what was expected is what others were told to have taken
		e.after, e.step = ended, boldStep
	}
	if asExpected || ended < e.after {
		e.after = min(e.after, ended-ended/time.Duration(e.step)) // no lower for a crowd than for one

		return
	}
	if longer := (ran + ended) / 2; longer > e.after {
		e.after += min(longer-e.after, e.after/6) / 2 // one that is slow is no rule
	}
	e.step = min(cautiousStep, e.step*2)
}
