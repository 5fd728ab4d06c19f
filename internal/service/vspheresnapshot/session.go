package vspheresnapshot

import (
	"sync"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
)

// session is one phase of the CLI, as the resources see it together.
type session struct {
	lifecycle.Phase

	queues lifecycle.Queues
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
