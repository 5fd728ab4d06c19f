package provider

import (
	"context"
	"sync/atomic"
	"time"
)

// contextValues holds the values of a context without its cancellation. The zero value has none.
type contextValues struct {
	ctx atomic.Pointer[context.Context]
}

func (v *contextValues) store(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	v.ctx.Store(&ctx)
}

func (v *contextValues) value(key any) any {
	if ctx := v.ctx.Load(); ctx != nil {
		return (*ctx).Value(key)
	}

	return nil
}

// requestContext is the context of one request. It refers to the request's own context until release is called; after that
// its values are those of fallback, so that code that keeps it does not keep the request's loggers alive.
type requestContext struct {
	done     <-chan struct{}
	ctx      atomic.Pointer[context.Context] // nil after release
	fallback *contextValues
}

var _ context.Context = (*requestContext)(nil)

func newRequestContext(ctx context.Context, fallback *contextValues) *requestContext {
	r := &requestContext{done: ctx.Done(), fallback: fallback}
	r.ctx.Store(&ctx)

	return r
}

// release drops the reference to the request's own context.
func (r *requestContext) release() { r.ctx.Store(nil) }

// Deadline implements [context.Context].
func (r *requestContext) Deadline() (time.Time, bool) {
	if ctx := r.ctx.Load(); ctx != nil {
		return (*ctx).Deadline()
	}

	return time.Time{}, false
}

// Done implements [context.Context].
func (r *requestContext) Done() <-chan struct{} { return r.done }

// Err implements [context.Context].
func (r *requestContext) Err() error {
	if ctx := r.ctx.Load(); ctx != nil {
		return (*ctx).Err() //nolint:wrapcheck // a context's own
	}
	select {
	case <-r.done:
		return context.Canceled
	default:
		return nil
	}
}

// Value implements [context.Context].
func (r *requestContext) Value(key any) any {
	if ctx := r.ctx.Load(); ctx != nil {
		return (*ctx).Value(key)
	}

	return r.fallback.value(key)
}
