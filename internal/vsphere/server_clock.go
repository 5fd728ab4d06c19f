package vsphere

import (
	"net/http"
	"sync/atomic"
	"time"
)

// serverClock knows how far vCenter's clock is ahead of ours, from the Date header of its answers.
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

// now returns vCenter's time, and false before the first answer.
func (c *serverClock) now() (time.Time, bool) {
	ahead := c.ahead.Load()
	if ahead == nil {
		return time.Time{}, false
	}

	return time.Now().Add(*ahead).UTC(), true
}
