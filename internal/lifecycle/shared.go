package lifecycle

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Shared is what the resources of one configured provider share. The CLI configures a provider process for each phase: it plans, or it
// applies what was planned.
type Shared struct {
	Registry *Registry // of the whole process: it sees states before the provider is configured
	Queues   Queues
	Names    Names

	applying atomic.Bool
	facts    sync.Map // what a plan says of objects: see [Shared.Tell]
	reserved sync.Map // see [Shared.Reserve]
	answers  answers
}

// NewShared returns what the resources of a newly configured provider share. A nil registry is an empty one.
func NewShared(registry *Registry) *Shared {
	if registry == nil {
		registry = &Registry{}
	}

	return &Shared{Registry: registry}
}

// Apply notes that something is applied from now on.
func (s *Shared) Apply() { s.applying.Store(true) }

// Applying reports whether something is applied. The CLI plans each resource once more just before it applies it; what its plan has
// checked a moment ago is then for the platform to judge.
func (s *Shared) Applying() bool { return s.applying.Load() }

// Tell notes a fact about an object that the plan of another resource depends on, such as that a VM is going to run.
func (s *Shared) Tell(fact string, holds bool) { s.facts.Store(fact, holds) }

// Told returns whether the fact holds; known is false where no plan has told it.
func (s *Shared) Told(fact string) (holds, known bool) {
	value, known := s.facts.Load(fact)
	holds, _ = value.(bool)

	return holds, known
}

// planPatience is the part of [Names.Patience] that a plan waits until the CLI tells of an object.
const planPatience = 4

// InState reports whether a resource has the object in state. A plan may ask before the CLI has told of that resource, so it waits a little.
func (s *Shared) InState(ctx context.Context, id string) bool {
	return s.Registry.Await(ctx, id, s.Names.Patience/planPatience)
}

// Reserve takes a name for an object that is about to be created, and reports false where another creation has it: two of one name would
// both find it free.
func (s *Shared) Reserve(name string) (release func(), ok bool) {
	_, taken := s.reserved.LoadOrStore(name, true)

	return func() { s.reserved.Delete(name) }, !taken
}

// answers remembers answers of the platform as long as a phase lasts.
type answers struct {
	mutex sync.Mutex
	of    map[any]any // an *answer[V] by answerKey[V]
}

// answerKey is what was asked for; the answers of two types are two answers.
type answerKey[V any] string

type answer[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// Once returns what the phase knows under the key, else what ask answers: the sources and placement objects of many resources are the
// same. Callers that ask for the same at once wait for one answer; errors are not remembered. ctx ends the caller's wait.
func Once[V any](ctx context.Context, s *Shared, key string, ask func(ctx context.Context) (V, error)) (V, error) {
	for {
		known, first := answerFor[V](&s.answers, key)
		if first {
			known.value, known.err = ask(ctx)
			if known.err != nil {
				s.answers.forget(answerKey[V](key))
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

// answerFor returns the answer to a question, and whether the caller is the first to ask for it.
func answerFor[V any](all *answers, key string) (known *answer[V], first bool) {
	all.mutex.Lock()
	defer all.mutex.Unlock()
	if known, found := all.of[answerKey[V](key)].(*answer[V]); found {
		return known, false
	}
	known = &answer[V]{done: make(chan struct{})}
	if all.of == nil {
		all.of = map[any]any{}
	}
	all.of[answerKey[V](key)] = known

	return known, true
}

func (a *answers) forget(key any) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.of, key)
}
