package vspheresnapshot

import (
	"sync"
	"sync/atomic"
)

// sessions gives the resources of one configured provider what they share. A provider process is configured anew for each
// phase of the CLI: it plans, or it applies what was planned.
type sessions struct {
	mutex   sync.Mutex
	of      any // the provider's data
	current *session
}

// session is one phase of the CLI, as the resources see it together.
type session struct {
	queues queues
	// applying is set once something is applied. The CLI plans each resource once more just before it applies it; what the
	// plan has checked a moment ago is then for vCenter to judge.
	applying atomic.Bool
	// kept has the ids of snapshots that are in state, as far as this process has seen.
	kept sync.Map
}

// keep notes that a resource has the snapshot in state; the empty id of a pending one is none.
func (s *session) keep(id string) {
	if id != "" {
		s.kept.Store(id, true)
	}
}

// keeps reports whether a resource has the snapshot in state.
func (s *session) keeps(id string) bool {
	_, kept := s.kept.Load(id)

	return kept
}

// session returns the session of the provider's data. A provider that is configured again begins a new one.
func (s *sessions) session(of any) *session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.current == nil || s.of != of {
		s.of, s.current = of, &session{}
	}

	return s.current
}
