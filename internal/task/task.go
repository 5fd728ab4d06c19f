// Package task waits for tasks: a vim25 Task, a CIS task or a ZStack API job, each behind one [Handle].
//
// [Wait] sees a task through to its end; [Settle] is for a task that can no longer be waited for, because the CLI was
// interrupted or the operation's own deadline passed: it asks the platform to cancel and reports what became of it, so
// that a caller never has to guess whether an object exists.
package task

import (
	"context"
	"fmt"
)

// State is where a task stands. Queued and running are not ends; a vAPI task that is BLOCKED is running.
type State int

// The states of a task.
const (
	StateQueued State = iota
	StateRunning
	StateSucceeded
	StateFailed
	StateCancelled
)

// String returns the state in lower case, for logs.
func (s State) String() string {
	switch s {
	case StateQueued:
		return "queued"
	case StateRunning:
		return "running"
	case StateSucceeded:
		return "succeeded"
	case StateFailed:
		return "failed"
	case StateCancelled:
		return "cancelled"
	default:
		return fmt.Sprintf("State(%d)", int(s))
	}
}

// Done reports whether the state is an end: no further update follows.
func (s State) Done() bool { return s >= StateSucceeded }

// Update is one piece of news about a task.
type Update[T any] struct {
	State   State
	Percent int    // 0 to 100, or -1 where the platform does not say
	Note    string // what the platform says it is doing now, may be empty
	Result  T      // valid once State is StateSucceeded
	Err     error  // why the task ended, when State is StateFailed or StateCancelled
}

// Handle is one task on a platform. A handle may be made anew from the task's id alone, in another process.
type Handle[T any] interface {
	// ID returns the platform's id of the task.
	ID() string
	// Next blocks until there is news or ctx ends, and returns promptly once ctx ended. A task that has ended is news
	// however often it is asked. Its own error means that nothing could be learned (the task is
	// unknown: apierr.NotFound; the platform cannot be reached), not that the task failed.
	Next(ctx context.Context) (Update[T], error)
	// Cancel asks the platform to cancel the task. A task that can't be cancelled or has ended is not an error.
	Cancel(ctx context.Context) error
}

// Outcome is the outcome of a task that [Settle] asked to cancel.
type Outcome int

// The outcomes of [Settle]. Unsettled is the zero value: without proof nothing is known.
const (
	Unsettled Outcome = iota // the platform has not told in time: the task may still succeed
	Adopted                  // the task succeeded after all: its result is real and must be kept
	Cancelled                // the task was cancelled or failed: nothing came to be
)

// String returns the outcome in lower case, for logs.
func (o Outcome) String() string {
	switch o {
	case Unsettled:
		return "unsettled"
	case Adopted:
		return "adopted"
	case Cancelled:
		return "cancelled"
	default:
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
}
