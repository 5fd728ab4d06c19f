package conn

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vmware/govmomi/vim25/methods"

	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// serverClock knows how far vCenter's clock is ahead of the local one, from the Date header of its answers.
type serverClock struct {
	ahead atomic.Pointer[time.Duration]
}

func (c *serverClock) observe(date string, received time.Time) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	ahead := at.Sub(received)
	c.ahead.Store(&ahead)
}

// ServerTime returns the time by vCenter's clock, to the second. It costs no request once vCenter has answered anything.
func (c *Conn) ServerTime(ctx context.Context) (time.Time, error) {
	if _, err := c.Content(ctx); err != nil {
		return time.Time{}, err
	}
	if now, known := c.clock.now(); known {
		return now, nil
	}
	now, err := methods.GetCurrentTime(ctx, c.Method(httpapi.Call{Op: "CurrentTime"}))
	if err != nil {
		return time.Time{}, err //nolint:wrapcheck // Method classifies it
	}

	return now.UTC(), nil
}

// now returns vCenter's time, and false before the first answer.
func (c *serverClock) now() (time.Time, bool) {
	ahead := c.ahead.Load()
	if ahead == nil {
		return time.Time{}, false
	}

	return time.Now().Add(*ahead).UTC(), true
}
