package conn

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// contact is the first contact with the management node: where it fails, all callers fail with it for a while.
type contact struct {
	httpapi.Contact

	trying chan struct{} // holds an element while one caller tries, with an access key
}

// limit bounds one request. The first is bounded more tightly: a node that hangs should not hold up a plan.
func (c *Conn) limit() time.Duration {
	if c.connected() {
		return c.timeout
	}

	return min(c.timeout, httpapi.ContactLimit)
}

// enter admits a request to the management node. With an access key there is no login that all callers wait for, so until the node
// has answered they try one at a time, and the next ones fail with the first. It reports whether the caller is the one that tries,
// which must leave.
func (c *Conn) enter(ctx context.Context, what httpapi.Call) (bool, error) {
	switch {
	case ctx.Err() != nil:
		return false, what.Interrupted(ctx, nil)
	case c.key == nil || c.connected():
		return false, nil
	}
	select {
	case c.contact.trying <- struct{}{}:
	case <-ctx.Done():
		return false, what.Interrupted(ctx, nil)
	}
	err := c.contact.Refusal()
	if err == nil && !c.connected() {
		return true, nil
	}
	<-c.contact.trying

	return false, owned(err)
}

// leave ends the attempt of the caller that tried, and returns its error.
func (c *Conn) leave(tried bool, err error) error {
	if !tried {
		return err
	}
	err = owned(c.contact.Remember(err))
	<-c.contact.trying

	return err
}

// owned returns a copy of an error that several callers share, so that each may add to its own.
func owned(err error) error {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		own := *failure

		return &own
	}

	return err
}
