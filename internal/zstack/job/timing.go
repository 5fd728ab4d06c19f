package job

import "time"

const (
	// resumePause is before a job that another process started is first asked for: it may be over.
	resumePause = 25 * time.Millisecond
	// appearance is how long after a request was sent its job may still be unknown: the request may be under way.
	appearance = 10 * time.Second
	// CloneWindow is how long a clone call stays open after its first name. It is longer than that of a read: the CLI begins the
	// operations of a wave one after another, on a busy machine with many milliseconds between, and each call that a wave needs
	// more costs a request and the polls of another job. A clone takes seconds, so the wait hardly shows.
	CloneWindow = 60 * time.Millisecond
	// sendLimit bounds the sending of a shared call with all its repetitions, since no caller's context does.
	sendLimit = 5 * time.Minute
)
