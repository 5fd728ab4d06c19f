package httpapi

import (
	"context"
	"time"
)

// This file is deleted when the other client has dropped its uses: nothing here has an effect.

// Caller returns ctx.
func Caller(ctx context.Context) context.Context { return ctx }

// Prompt returns ctx.
func Prompt(ctx context.Context) context.Context { return ctx }

// Waiter does nothing.
type Waiter struct{}

// Leave does nothing.
func (*Waiter) Leave() {}

// Return does nothing.
func (*Waiter) Return() {}

// Enter does nothing.
func (*Lifetime) Enter(context.Context) *Waiter { return new(Waiter) }

// EnterRound calls join.
func (*Lifetime) EnterRound(_ context.Context, join func()) *Waiter {
	join()

	return new(Waiter)
}

// Await does nothing.
func (*Lifetime) Await(func()) (leave func()) { return func() {} }

// Gathered does nothing.
func (*Lifetime) Gathered() {}

// Apart returns 0.
func (*Lifetime) Apart() time.Duration { return 0 }
