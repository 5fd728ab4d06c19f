package httpapi

import (
	"context"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/batch"
)

// Batch reads objects that are asked for together by one call; see [batch.Batch].
type Batch[K comparable, V any] struct {
	op     string // the shared call, for errors
	object func(K) string
	calls  *batch.Batch[K, V]
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
	b.calls = batch.New(life.Run, fetch)

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

// Load reads one key together with those that are read at the same time. ctx ends the caller's wait, not the shared call.
func (b *Batch[K, V]) Load(ctx context.Context, key K) (V, error) {
	var none V
	what := Call{Op: b.op, Object: b.object(key)}
	if ctx.Err() != nil {
		return none, what.Interrupted(ctx, nil)
	}
	value, err := b.calls.Ask(ctx, key)
	_, ours := errors.AsType[*apierr.Error](err)
	switch {
	case err == nil || ours:
		return value, err
	case errors.Is(err, ErrClosed):
		return none, what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(ErrClosed)
	case ctx.Err() != nil:
		return none, what.Interrupted(ctx, nil)
	default:
		return none, err
	}
}
