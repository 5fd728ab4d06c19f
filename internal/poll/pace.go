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
	// AskedTogether is how far apart tasks may be due that one call asks for, where a platform tells of several at a time.
	AskedTogether = 15 * time.Millisecond
)

// A task that had ended when it was expected to may have done so long before, so the next one is expected a little sooner. One that
// took longer moves the expectation to when it was seen ended, but not far: one slow task is no rule. The parts are such that of
// tasks that all take the same time about one in six is asked for twice, and they are seen about a twentieth of it late.
const (
	sooner = 64 // the part by which the expectation is lowered
	later  = 8  // the part by which it is raised at most
)

// Pace says when a task is worth asking for: when it is likely to have ended, as far as that is known, else soon after it
// started, and ever more seldom as it runs on.
type Pace struct {
	kind    *kind // what it teaches, nil for nothing
	started time.Time

	mu       sync.Mutex
	due      time.Time
	expected time.Duration // how long after its start it is likely to have ended, 0 when nothing is known
	ran      time.Duration // how long after its start it was last seen running
	late     bool          // it was seen running when it was expected to have ended
	over     bool
}

// NewPace is the pace of a task that is first asked for after a while, and teaches nothing; see [Paces.Started].
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
	p.ran = max(1, now.Sub(p.started))
	var pause time.Duration
	switch {
	case p.expected == 0:
		pause = max(soonestPoll, p.ran/2)
	case p.ran < p.expected: // asked for along with others, or longer than the slowest pace
		pause = p.expected - p.ran
	case p.late:
		pause = max(soonestPoll, p.ran/4)
	default:
		p.late, pause = true, max(againSoon, p.ran/8) // the end can't be far
	}
	p.due = now.Add(min(slowestPoll, pause))
}

// Ended learns from a task that did what it should and was asked for at now.
func (p *Pace) Ended(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kind == nil || p.over {
		return
	}
	p.over = true
	p.kind.mu.Lock()
	defer p.kind.mu.Unlock()
	after, ended := &p.kind.after, now.Sub(p.started)
	switch {
	case p.expected == 0:
		if *after == 0 || ended < *after {
			*after = ended
		}
	case p.late:
		*after = max(*after, min(ended, p.expected+p.expected/later))
	default: // from what this one expected: tasks that start together teach no more than one
		*after = min(*after, p.expected-p.expected/sooner)
	}
}

// Lasted learns from a task that did what it should, and of which the platform tells how long it took.
func (p *Pace) Lasted(lasted time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kind == nil || p.over || lasted < 0 {
		return
	}
	p.over = true
	p.kind.mu.Lock()
	defer p.kind.mu.Unlock()
	p.kind.told.Saw(lasted)
}

// Paces are those of the tasks of a client. They learn from each task when the next one of its kind is likely to have ended.
// The zero value knows nothing yet.
type Paces struct {
	// Way tells how long a request is under way, there and back: so much of the time that the platform tells for a task has
	// passed when the answer to its start is here and the first question there. nil for a way that takes no time.
	Way func() time.Duration

	mu    sync.Mutex
	kinds map[string]*kind
}

// kind is what tasks that one method started have taught.
type kind struct {
	mu    sync.Mutex
	after time.Duration // how long after its start the next one is expected to have ended, 0 when nothing is known
	told  Lasting       // of a platform that tells how long tasks took
}

// Started is the pace of a task that starts now. method is the one that started it.
func (p *Paces) Started(method string) *Pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kinds == nil {
		p.kinds = make(map[string]*kind)
	}
	if p.kinds[method] == nil {
		p.kinds[method] = new(kind)
	}
	pace := NewPace(firstPoll)
	pace.kind = p.kinds[method]
	if pace.expected = p.expected(pace.kind); pace.expected > 0 {
		pace.due = pace.started.Add(min(slowestPoll, pace.expected))
	}

	return pace
}

func (p *Paces) expected(k *kind) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	after := k.after
	if end, known := k.told.Likely(); known {
		after = end
		if p.Way != nil {
			after -= p.Way()
		}
	}
	if after == 0 {
		return 0
	}

	return max(soonestPoll, after)
}
