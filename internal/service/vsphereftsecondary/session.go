package vsphereftsecondary

import (
	"sync"
	"sync/atomic"

	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
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
	// applying is set once something is applied. The CLI plans each resource once more just before it applies it; what the
	// plan has checked a moment ago is then for vCenter to judge.
	applying atomic.Bool
	// pairs holds the ids of the VMs whose pair is in state. The replacement of a tainted pair is planned as if there were
	// none, but goes first.
	pairs sync.Map
	// objects are clusters, hosts and datastores by type and id: they are the same for many pairs, and a phase asks for each
	// once.
	objects vmlifecycle.Memo[vsphere.Object]
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

// claim notes the VMs of a pair that is in state.
func (s *session) claim(vmIDs ...string) {
	for _, id := range vmIDs {
		if id != "" {
			s.pairs.Store(id, true)
		}
	}
}

// claimed reports whether the VM is of a pair that is in state.
func (s *session) claimed(vmID string) bool {
	_, found := s.pairs.Load(vmID)

	return found
}
