package provider

import (
	"context"
	"sync/atomic"
	"time"
)

// values are those of a context, without its end. The zero value has none.
type values struct {
	of atomic.Pointer[context.Context]
}

func (v *values) keep(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	v.of.Store(&ctx)
}

func (v *values) value(key any) any {
	if ctx := v.of.Load(); ctx != nil {
		return (*ctx).Value(key)
	}

	return nil
}

// passing is the context of a request as long as that is served. Whoever keeps it longer keeps little: its values are then
// those of the provider's configuration.
type passing struct {
	done  <-chan struct{}
	of    atomic.Pointer[context.Context] // nil: the request has ended
	after *values
}

var _ context.Context = (*passing)(nil)

func newPassing(ctx context.Context, after *values) *passing {
	p := &passing{done: ctx.Done(), after: after}
	p.of.Store(&ctx)

	return p
}

// end lets go of the request's context.
func (p *passing) end() { p.of.Store(nil) }

// Deadline implements [context.Context].
func (p *passing) Deadline() (time.Time, bool) {
	if ctx := p.of.Load(); ctx != nil {
		return (*ctx).Deadline()
	}

	return time.Time{}, false
}

// Done implements [context.Context].
func (p *passing) Done() <-chan struct{} { return p.done }

// Err implements [context.Context].
func (p *passing) Err() error {
	if ctx := p.of.Load(); ctx != nil {
		return (*ctx).Err() //nolint:wrapcheck // a context's own
	}
	select {
	case <-p.done:
		return context.Canceled
	default:
		return nil
	}
}

// Value implements [context.Context].
func (p *passing) Value(key any) any {
	if ctx := p.of.Load(); ctx != nil {
		return (*ctx).Value(key)
	}

	return p.after.value(key)
}
