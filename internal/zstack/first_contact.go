package zstack

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// limit bounds one request. The first is bounded more tightly: a node that hangs should not hold up a plan.
func (c *Client) limit() time.Duration {
	if c.connected() {
		return c.timeout
	}

	return min(c.timeout, httpapi.ContactLimit)
}

// first does what needs the management node before anything else could, unless that failed a moment ago.
func (c *Client) first(work func() error) error {
	if err := c.contact.Refusal(); err != nil {
		return err
	}

	return c.contact.Remember(work())
}

// meet does work with a management node. With an access key there is no login that all would wait for, so until the node has
// answered one caller at a time tries, and the others fail with it.
func (c *Client) meet(ctx context.Context, what httpapi.Call, work func() error) error {
	if c.key == nil || c.connected() {
		return work()
	}
	select {
	case c.meeting <- struct{}{}:
	case <-ctx.Done():
		return what.Interrupted(ctx, nil)
	}
	if c.connected() {
		<-c.meeting

		return work()
	}
	defer func() { <-c.meeting }()
	err := c.first(work)
	if over, ok := errors.AsType[httpapi.ContactError](err); ok {
		own := *over.Failure // each caller gets a copy

		return &own
	}

	return err
}
