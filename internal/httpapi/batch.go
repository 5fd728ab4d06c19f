package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

const (
	// largestBatch bounds one call, so that its answer comes well within the request timeout.
	largestBatch = 500
	// batchLimit bounds a shared call with all its repetitions, since no caller's context does.
	batchLimit = 5 * time.Minute
)

// Batch makes one call of the reads that arrive together. It keeps nothing: every read asks the platform.
type Batch[K comparable, V any] struct {
	op     string // the shared call, for errors
	object func(K) string
	gather *gather[K, V]
}

// NewBatch makes a batch. read answers for all keys at once; a key that is absent from its answer gets missing's error.
func NewBatch[K comparable, V any](
	life *Lifetime, op string, object func(K) string,
	read func(context.Context, []K) (map[K]V, error), missing func(K) error,
) *Batch[K, V] {
	b := &Batch[K, V]{op: op, object: object}
	fetch := func(ctx context.Context, keys []K) func(K) (V, error) {
		bounded, cancel := context.WithTimeout(ctx, batchLimit)
		defer cancel()
		found, err := read(bounded, keys)

		return func(key K) (V, error) { return b.result(key, found, err, missing) }
	}
	b.gather = &gather[K, V]{life: life, largest: largestBatch, fetch: fetch}

	return b
}

// result is what a call answers to one key: each caller gets a copy of an error, which names its own object.
func (b *Batch[K, V]) result(key K, found map[K]V, err error, missing func(K) error) (V, error) {
	value, ok := found[key]
	switch {
	case err != nil:
		if failure, ok := errors.AsType[*apierr.Error](err); ok {
			own := *failure
			if own.Object == "" {
				own.Object = b.object(key)
			}
			err = &own
		}

		return value, err
	case !ok:
		return value, missing(key)
	default:
		return value, nil
	}
}

// Load reads one key together with whatever is read at the same time. ctx ends this caller's wait only.
func (b *Batch[K, V]) Load(ctx context.Context, key K) (V, error) {
	var none V
	what := Call{Op: b.op, Object: b.object(key)}
	if ctx.Err() != nil {
		return none, what.Interrupted(ctx, nil)
	}
	caller := b.gather.life.crowd.enterRead(ctx)
	defer caller.Leave()
	r := b.gather.ask(ctx, key, caller)
	if r == nil {
		return none, what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(ErrClosed)
	}
	select {
	case <-r.done:
		return r.answer(key)
	case <-ctx.Done():
		return none, what.Interrupted(ctx, nil)
	}
}
