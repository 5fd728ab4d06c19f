package zstack

import (
	"context"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
)

// appointments let jobs that are due at nearly the same time be asked for at the same time, when all of them are due. ZStack
// tells of one job at a time; but those who wait for jobs that end together go on together, and share what they read next.
type appointments struct {
	mu     sync.Mutex
	coming map[*appointment]struct{}
	later  chan struct{} // closed when somebody new comes, who may have the others wait for him
}

type appointment struct{ due time.Time }

// keep waits until it is time to ask for a job that is due, and reports false when ctx ends before.
func (a *appointments) keep(ctx context.Context, due time.Time) bool {
	own := &appointment{due: due}
	a.add(own)
	defer a.remove(own)
	for {
		ready, later := a.next(own)
		timer := time.NewTimer(time.Until(ready))
		select {
		case <-timer.C: // the others of this moment may have gone already: what is due next is no concern any more
			return ctx.Err() == nil
		case <-later:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()

			return false
		}
	}
}

func (a *appointments) add(own *appointment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.coming == nil {
		a.coming = make(map[*appointment]struct{})
	}
	a.coming[own] = struct{}{}
	if a.later != nil {
		close(a.later)
	}
	a.later = make(chan struct{})
}

func (a *appointments) remove(own *appointment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.coming, own)
}

// next returns when a job is asked for as things stand: with the last of those that are due soon after the first of all. Where
// that first one is due long before, it keeps its own time until the first ones were asked for.
func (a *appointments) next(own *appointment) (ready time.Time, later <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := own.due
	for other := range a.coming {
		if other.due.Before(first) && own.due.Sub(other.due) <= poll.AskedTogether {
			first = other.due
		}
	}
	ready = own.due
	for other := range a.coming {
		if other.due.After(ready) && other.due.Sub(first) <= poll.AskedTogether {
			ready = other.due
		}
	}

	return ready, a.later
}
