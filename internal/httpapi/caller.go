package httpapi

import (
	"context"
	"time"
)

// caller is one request of the CLI: what it asks the platform at the same time is asked by one.
type caller struct {
	prompt bool
	came   bool // waited before; guarded by the crowd
}

type callerKey struct{}

// Caller returns the context of one request of the CLI. Without it, whoever waits counts as one of his own.
func Caller(ctx context.Context) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{})
}

// Prompt is [Caller] for one who is about to change something, or has just done so. While he waits for others to ask with him
// nothing runs on the platform, so what he reads is shared with those alone who ask at the same moment.
func Prompt(ctx context.Context) context.Context {
	return context.WithValue(ctx, callerKey{}, &caller{prompt: true})
}

// callerOf returns nil for a context of nobody in particular.
func callerOf(ctx context.Context) *caller {
	known, _ := ctx.Value(callerKey{}).(*caller)

	return known
}

func isPrompt(ctx context.Context) bool {
	known := callerOf(ctx)

	return known != nil && known.prompt
}

// Callers who come further apart than that are not of one crowd.
const farthestApart = 100 * time.Millisecond

// arrivals know how far apart callers lately came who came one soon after another: the time that the CLI needs for one of those that it
// works on at a time, which is long where the machine is busy.
type arrivals struct {
	last  time.Time
	apart time.Duration
}

// came notes a caller's first wait.
func (a *arrivals) came(now time.Time) {
	if since := now.Sub(a.last); since < farthestApart {
		a.apart = (7*a.apart + since) / 8
	}
	a.last = now
}

// Apart returns how far apart callers lately came.
func (l *Lifetime) Apart() time.Duration {
	l.crowd.mu.Lock()
	defer l.crowd.mu.Unlock()

	return l.crowd.arrivals.apart
}
