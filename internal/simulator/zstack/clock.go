package zstack

import "time"

// clock returns the server's time, in the zone that the server writes dates in.
type clock func() time.Time

// newResource returns a resource with a new uuid, created now.
func (c clock) newResource(name string) resource {
	now := c()

	return resource{uuid: newUUID(), name: name, created: now, changed: now}
}

// date writes a time as the platform does: in the server's zone, and without naming it.
func date(t time.Time) string { return t.Format("Jan 2, 2006 3:04:05 PM") }
