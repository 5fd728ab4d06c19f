package httpapi

import (
	"sync"
	"time"
)

const (
	firstPoll   = 200 * time.Millisecond // after a task started
	slowestPoll = 2 * time.Second
)

// Pace says when a task is worth asking for: soon after it started, and ever more seldom as it runs on.
type Pace struct {
	mu       sync.Mutex
	interval time.Duration
	due      time.Time
}

// NewPace is the pace of a task that is first asked for after a while; see [StartedPace].
func NewPace(first time.Duration) *Pace {
	return &Pace{interval: firstPoll, due: time.Now().Add(first)}
}

// StartedPace is for a task that starts now.
func StartedPace() *Pace { return NewPace(firstPoll) }

// Due returns when to ask next.
func (p *Pace) Due() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.due
}

// Asked moves on after the task was asked for.
func (p *Pace) Asked(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.interval = min(slowestPoll, p.interval*3/2)
	p.due = now.Add(p.interval)
}
