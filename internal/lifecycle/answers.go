package lifecycle

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// answerAge is how long an answer is used.
const answerAge = time.Minute

// answers remembers answers of the platform.
type answers struct {
	mutex sync.Mutex
	of    map[any]any // an *answer[V] by answerKey[V]
}

// answerKey is what was asked for; the answers of two types are two answers.
type answerKey[V any] string

type answer[V any] struct {
	asked   time.Time
	changes int64 // of the process, when it was asked for
	done    chan struct{}
	value   V
	err     error
}

// Once returns what is known under the key, else what ask answers: the sources and placement objects of many resources are the same.
// Callers that ask for the same at once wait for one answer; errors are not remembered. An answer is used for a minute, and not after
// this process has begun or ended a change of anything. ctx ends the caller's wait.
func Once[V any](ctx context.Context, s *Shared, key string, ask func(ctx context.Context) (V, error)) (V, error) {
	return answered(ctx, s, key, false, ask)
}

// Recently is Once, but it uses an answer for a minute whatever this process has changed since. It serves where the platform itself refuses what
// the answer does not show, and the caller asks once more before it holds the answer against anything.
func Recently[V any](ctx context.Context, s *Shared, key string, ask func(ctx context.Context) (V, error)) (V, error) {
	return answered(ctx, s, key, true, ask)
}

func answered[V any](ctx context.Context, s *Shared, key string, recent bool, ask func(ctx context.Context) (V, error)) (V, error) {
	for {
		known, first := answerFor[V](s, key, recent)
		if first {
			known.value, known.err = ask(ctx)
			if known.err != nil {
				forget(&s.answers, key, known)
			}
			close(known.done)

			return known.value, known.err
		}
		select {
		case <-known.done:
			if known.err == nil {
				return known.value, nil
			}
		case <-ctx.Done():
			var none V

			return none, fmt.Errorf("waiting for an answer that another resource asked for: %w", ctx.Err())
		}
		// The first caller failed, maybe because its own context ended: ask again.
	}
}

// answerFor returns the answer to a question, also one from before a change where recent is true, and whether the caller is the first to ask for it.
func answerFor[V any](s *Shared, key string, recent bool) (known *answer[V], first bool) {
	all, now, changes := &s.answers, time.Now(), s.Process.changes.Load()
	all.mutex.Lock()
	defer all.mutex.Unlock()
	if known, found := all.of[answerKey[V](key)].(*answer[V]); found && (recent || known.changes == changes) && now.Sub(known.asked) < answerAge {
		return known, false
	}
	known = &answer[V]{asked: now, changes: changes, done: make(chan struct{})}
	if all.of == nil {
		all.of = map[any]any{}
	}
	all.of[answerKey[V](key)] = known

	return known, true
}

// forget drops the answer, unless the question was asked again since.
func forget[V any](all *answers, key string, failed *answer[V]) {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	if present, found := all.of[answerKey[V](key)].(*answer[V]); found && present == failed {
		delete(all.of, answerKey[V](key))
	}
}
