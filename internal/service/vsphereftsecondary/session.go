package vsphereftsecondary

import (
	"sync"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// session is one phase of the CLI, as the resources see it together.
type session struct {
	lifecycle.Phase

	// pairs holds the ids of the VMs whose pair is in state. The replacement of a tainted pair is planned as if there were
	// none, but goes first.
	pairs sync.Map
	// objects are clusters, hosts and datastores by type and id: they are the same for many pairs, and a phase asks for each
	// once.
	objects lifecycle.Memo[vsphere.Object]
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
