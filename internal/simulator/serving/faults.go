package serving

import (
	"slices"
	"sync"
)

// FaultWhere says where an injected fault shows.
type FaultWhere string

// Where a fault shows. The zero value is FaultAtCall.
const (
	FaultAtCall FaultWhere = "call" // the call answers with the fault
	FaultInTask FaultWhere = "task" // the call starts its task, which fails at the moment of its effect
)

// FaultDrop says that a request gets no answer: its TCP connection is closed.
type FaultDrop string

// When a connection is dropped.
const (
	DropBefore FaultDrop = "before" // before the request has an effect
	DropAfter  FaultDrop = "after"  // after it had its effect
)

// FaultSchedule says when a fault acts.
type FaultSchedule struct {
	Method string     // the method that fails, as in [RequestCounts.ByMethod]; empty: every method
	Where  FaultWhere // empty: FaultAtCall
	Times  int        // how often it fails: 0 means once, a negative number for ever
	Skip   int        // that many requests pass first
}

// FaultBox holds the injected faults of a simulator, whose faults are of type F. The zero value is empty.
type FaultBox[F any] struct {
	mu     sync.Mutex
	faults []*scheduledFault[F]
	struck int
}

type scheduledFault[F any] struct {
	FaultSchedule
	fault F
}

// Add adds a fault. Of several faults for one method the oldest acts first.
func (b *FaultBox[F]) Add(schedule FaultSchedule, fault F) {
	if schedule.Times == 0 {
		schedule.Times = 1
	}
	if schedule.Where == "" {
		schedule.Where = FaultAtCall
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, &scheduledFault[F]{FaultSchedule: schedule, fault: fault})
}

// Clear removes all faults.
func (b *FaultBox[F]) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = nil
}

// Struck returns how many times a fault has met a request or a task.
func (b *FaultBox[F]) Struck() int {
	b.mu.Lock()
	defer b.mu.Unlock()

	return b.struck
}

// Take returns the fault that the method meets now, nil if none, and counts it.
func (b *FaultBox[F]) Take(method string, where FaultWhere) *F {
	return b.TakeIf(method, where, func(F) bool { return true })
}

// TakeIf is Take for faults that act on some requests of their method only.
func (b *FaultBox[F]) TakeIf(method string, where FaultWhere, concerns func(F) bool) *F {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, candidate := range b.faults {
		if candidate.Where != where || candidate.Method != "" && candidate.Method != method || !concerns(candidate.fault) {
			continue
		}
		if candidate.Skip > 0 {
			candidate.Skip--

			continue
		}
		if candidate.Times > 0 {
			candidate.Times--
			if candidate.Times == 0 {
				b.faults = slices.Delete(b.faults, i, i+1)
			}
		}

		b.struck++
		taken := candidate.fault

		return &taken
	}

	return nil
}
