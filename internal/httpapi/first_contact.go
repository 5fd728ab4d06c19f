package httpapi

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// Contact remembers that the first contact failed, so that a platform that is down fails a plan in seconds, however many
// resources it has. Nothing has begun then that is worth waiting for.
type Contact struct {
	mu     sync.Mutex
	failed time.Time
	why    *apierr.Error
}

// ContactError is the error of a contact that failed after all its attempts: the calls that needed it are not repeated.
type ContactError struct{ Failure *apierr.Error }

// Unwrap returns what the server, or the way to it, said.
func (e ContactError) Unwrap() error { return e.Failure }

// Error implements error.
func (e ContactError) Error() string { return e.Failure.Error() }

// Refusal returns the error of a contact that failed a moment ago.
func (c *Contact) Refusal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why == nil || time.Since(c.failed) > quietTime {
		return nil
	}

	return ContactError{c.why}
}

// Remember notes how a contact ended, and returns its error. That a caller gave up waiting says nothing of the server.
func (c *Contact) Remember(err error) error {
	failure, ours := errors.AsType[*apierr.Error](err)
	if !ours || failure.Code == apierr.CodeInterrupted || !apierr.Is(failure, apierr.Unavailable, apierr.TimedOut, apierr.Busy) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed, c.why = time.Now(), failure

	return ContactError{failure}
}

// Shared turns the end of an attempt that several callers share, as [Flight.Do] returns it, into this caller's error: a copy of
// the attempt's own, or that ctx ended first.
func (c Call) Shared(ctx context.Context, err error) error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		own := *failure
		if _, over := errors.AsType[ContactError](err); over {
			return ContactError{Failure: &own}
		}

		return &own
	}
	if ctx.Err() != nil {
		return c.Interrupted(ctx, nil)
	}

	return c.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(err)
}
