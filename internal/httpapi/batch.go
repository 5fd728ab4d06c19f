package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

const (
	// batchWait is how long the first of several reads waits for others to share its call.
	batchWait = 15 * time.Millisecond
	// largestBatch bounds one call, so that its answer comes well within the request timeout.
	largestBatch = 500
	// batchLimit bounds a shared call with all its repetitions, since no caller's context does.
	batchLimit = 5 * time.Minute
)

// Batch makes one call of the reads that arrive together. It keeps nothing: every read asks the platform.
type Batch[K comparable, V any] struct {
	op     string // the shared call, for errors
	object func(K) string
	loader *dataloader.Loader[K, V]
	life   *Lifetime
}

// NewBatch makes a batch. read answers for all keys at once; a key that is absent from its answer gets missing's error.
func NewBatch[K comparable, V any](
	life *Lifetime, op string, object func(K) string,
	read func(context.Context, []K) (map[K]V, error), missing func(K) error,
) *Batch[K, V] {
	b := &Batch[K, V]{op: op, object: object, life: life}
	fetch := func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		detached, release := life.Detach(ctx) // the others must not suffer when the first caller gives up
		defer release()
		bounded, cancel := context.WithTimeout(detached, batchLimit)
		defer cancel()
		found, err := read(bounded, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			results[i] = b.result(key, found, err, missing)
		}

		return results
	}
	b.loader = dataloader.NewBatchedLoader(fetch,
		dataloader.WithWait[K, V](batchWait),
		dataloader.WithBatchCapacity[K, V](largestBatch),
		dataloader.WithCache[K, V](&dataloader.NoCache[K, V]{}))

	return b
}

func (b *Batch[K, V]) result(key K, found map[K]V, err error, missing func(K) error) *dataloader.Result[V] {
	if err != nil {
		if failure, ok := errors.AsType[*apierr.Error](err); ok {
			own := *failure // each caller gets a copy that names its own object
			if own.Object == "" {
				own.Object = b.object(key)
			}
			err = &own
		}

		return &dataloader.Result[V]{Error: err}
	}
	value, ok := found[key]
	if !ok {
		return &dataloader.Result[V]{Error: missing(key)}
	}

	return &dataloader.Result[V]{Data: value}
}

// Load reads one key together with whatever is read at the same time. ctx ends this caller's wait only.
func (b *Batch[K, V]) Load(ctx context.Context, key K) (V, error) {
	type outcome struct {
		value V
		err   error
	}
	var none V
	what := Call{Op: b.op, Object: b.object(key)}
	if ctx.Err() != nil {
		return none, what.Interrupted(ctx, nil)
	}
	thunk := b.loader.Load(ctx, key)
	done := make(chan outcome, 1)
	started := b.life.Run(ctx, func(context.Context) {
		value, err := thunk()
		done <- outcome{value, err}
	})
	if !started {
		return none, what.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(ErrClosed)
	}
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		return none, what.Interrupted(ctx, nil)
	}
}
