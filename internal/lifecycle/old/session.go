package lifecycle

import (
	"sync"
	"sync/atomic"
)

// Sessions gives the resources of one configured provider what they share: an S, which the zero value of S must be ready for.
// A provider process is configured anew for each phase of the CLI: it plans, or it applies what was planned.
type Sessions[S any] struct {
	mutex   sync.Mutex
	of      any // the provider's data
	current *S
}

// Of returns the session of the provider's data. A provider that is configured again begins a new one.
func (s *Sessions[S]) Of(providerData any) *S {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.current == nil || s.of != providerData {
		s.of, s.current = providerData, new(S)
	}

	return s.current
}

// Phase is what the CLI is doing, as the resources of a session see it together: a session embeds it.
type Phase struct{ applying atomic.Bool }

// Apply notes that something is applied from now on.
func (p *Phase) Apply() { p.applying.Store(true) }

// Applying reports whether something is applied. The CLI plans each resource once more just before it applies it; what the
// plan has checked a moment ago is then for the platform to judge.
func (p *Phase) Applying() bool { return p.applying.Load() }
