package vsphere

import (
	"errors"
	"sync"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

const (
	// contactLimit bounds the first request, whatever the request timeout is: it asks for what every vCenter has at hand.
	contactLimit = 20 * time.Second
	// quietTime is how long a vCenter that could not be reached is not asked again. The CLI plans many resources, and each
	// would wait as long as the first.
	quietTime = 30 * time.Second
)

// contact remembers that the first contact failed, so that a vCenter that is down fails a plan in seconds, however many
// resources it has. Nothing has begun then that patience could save.
type contact struct {
	mu     sync.Mutex
	failed time.Time
	why    *apierr.Error
}

// contactError is the error of a contact that failed after all its attempts: the calls that needed it are not repeated.
type contactError struct{ failure *apierr.Error }

// Unwrap returns what the server, or the way to it, said.
func (e contactError) Unwrap() error { return e.failure }

// Error implements error.
func (e contactError) Error() string { return e.failure.Error() }

// refusal returns the error of a contact that failed a moment ago.
func (c *contact) refusal() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why == nil || time.Since(c.failed) > quietTime {
		return nil
	}

	return contactError{c.why}
}

// remember notes how a contact ended, and returns its error. That somebody gave up waiting says nothing of the server.
func (c *contact) remember(err error) error {
	failure, ours := errors.AsType[*apierr.Error](err)
	if !ours || failure.Code == codeInterrupted || !apierr.Is(failure, apierr.Unavailable, apierr.TimedOut, apierr.Busy) {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed, c.why = time.Now(), failure

	return contactError{failure}
}

// notVCenter says it clearly when the endpoint answers, but not as a vCenter does.
func (s *session) notVCenter(failure *apierr.Error) error {
	switch failure.Kind {
	case apierr.NotFound, apierr.Denied, apierr.InvalidArgument, apierr.Internal, apierr.Unsupported:
		failure.Kind, failure.Code, failure.Object = apierr.Unsupported, apierr.CodeNotVCenter, s.endpoint.Host
	case apierr.AlreadyExists, apierr.InvalidState, apierr.Insufficient, apierr.Unauthenticated, apierr.Unavailable,
		apierr.Busy, apierr.Cancelled, apierr.TimedOut, apierr.InUse:
	}

	return failure
}
