// Package poll says when a task on a platform is worth asking for again: a pace learned from tasks of its kind.
package poll

import (
	"sync"
	"time"
)

const (
	firstPoll   = 200 * time.Millisecond // after a task started of which nothing is known
	slowestPoll = 2 * time.Second
	// soonestPoll is how soon after its start a task is asked for, however soon others ended.
	soonestPoll = 50 * time.Millisecond
	// againSoon is how soon at least a task is asked for again that still ran when it was expected to have ended.
	againSoon = 25 * time.Millisecond
	// AskedTogether is how far apart tasks may be due that are asked for together: those who wait for them go on together, too,
	// and share what they read next.
	AskedTogether = 15 * time.Millisecond
)

// Pace says when a task is worth asking for: when it is likely to have ended, as far as that is known, else soon after it
// started, and ever more seldom as it runs on.
type Pace struct {
	ends *ends         // what such tasks taught; nil: nobody learns of this one
	way  time.Duration // see [Paces]

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
	p.ran = max(1, now.Sub(p.started)-p.way)
	switch {
	case p.expected > p.ran:
		// It was asked for along with others, or it takes longer than anybody waits for news.
		p.due = earlier(p.started.Add(p.expected), now.Add(slowestPoll))

		return
	case p.guessed && p.expected > 0:
		p.expected, p.due = 0, now.Add(min(slowestPoll, max(againSoon, p.ran/8))) // the end can't be far
	case p.guessed:
		p.due = now.Add(min(slowestPoll, max(soonestPoll, p.ran/4)))
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
		p.ends.saw(p.ran, now.Sub(p.started)-p.way, p.expected)
	default:
		p.ends.first(p.ran, now.Sub(p.started)-p.way)
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
	// Way tells how long a request is under way, there and back: so much of the time that the platform tells for a task has
	// passed when the answer to its start is here and the first question there. nil for a way that takes no time.
	Way func() time.Duration

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
	if pace.expected = known.likely(p.way()); pace.expected > 0 {
		pace.guessed = true
		pace.due = pace.started.Add(min(slowestPoll, pace.expected))
	}
	pace.ends, pace.way = known, p.way()

	return pace
}

// Likely returns how long a task of a kind lately took, 0 where nothing is known.
func (p *Paces) Likely(kind string) time.Duration {
	p.mu.Lock()
	known := p.kinds[kind]
	p.mu.Unlock()
	if known == nil {
		return 0
	}

	return known.likely(0)
}

func (p *Paces) way() time.Duration {
	if p.Way == nil {
		return 0
	}

	return p.Way()
}

// ends is how long after its start a task of a kind has most likely ended.
type ends struct {
	mu    sync.Mutex
	after time.Duration // 0: not known
	step  int           // the part of after by which it is lowered when a task had ended as expected
	calm  int           // how many did so in a row

	told Lasting // of a platform that tells how long tasks took
}

const (
	boldStep     = 8   // as long as no task was asked for too early
	cautiousStep = 512 // in the end
	// calmEnough is how many tasks in a row have to have ended as expected before the next are lowered more boldly again.
	calmEnough = 64
)

// likely returns 0 when nothing is known.
func (e *ends) likely(way time.Duration) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if end, known := e.told.Likely(); known {
		return max(soonestPoll, end-way)
	}
	if e.after == 0 {
		return 0
	}

	return max(soonestPoll, e.after)
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
func (e *ends) saw(ran, ended, expected time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.after == 0 { // what was expected is what others were told to have taken
		e.after, e.step = ended, boldStep
	}
	if expected > 0 {
		e.after = min(e.after, expected-expected/time.Duration(e.step)) // no lower for a crowd than for one
		if e.calm++; e.calm >= calmEnough {
			e.calm, e.step = 0, max(boldStep, e.step/2)
		}

		return
	}
	if ended < e.after {
		e.after = ended

		return
	}
	longer := (ran + ended) / 2
	switch {
	case longer > e.after+e.after/4:
		e.after += e.after / 48 // one that is slow is no rule
	case longer > e.after:
		e.after += (longer - e.after) / 2
	}
	e.calm, e.step = 0, min(cautiousStep, e.step*2)
}
