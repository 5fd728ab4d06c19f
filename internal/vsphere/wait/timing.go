package wait

import "time"

// The times of waiting.
const (
	longestLooked  = time.Second            // an end that is further off than that after the start is told by a collector
	sharedFilter   = 100 * time.Millisecond // long waits that begin within that time share a filter
	betweenWaits   = 100 * time.Millisecond // changes within that time come in one answer
	idleLinger     = time.Second            // a collector is kept for the next wait that long
	longestWait    = 30 * time.Second       // of one WaitForUpdatesEx; shorter than proxies allow for an answer
	destroyTimeout = 5 * time.Second        // for the end of a collector
	resumedLook    = 25 * time.Millisecond  // before the first look at a task of another process, to look at others with it
	// propertyLook is before the first look at a property, which a guest may change at once or after a minute: the looks after it come
	// ever later, and a collector tells of what is not there after some.
	propertyLook = 50 * time.Millisecond
	// longestQueued is how long a task waits without news for another one of its queue, whose end may not have been seen.
	longestQueued = 30 * time.Second
)
