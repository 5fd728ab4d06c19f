package vmlifecycle

import (
	"sync"
	"sync/atomic"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Sessions gives the resources of one configured provider what they share, whatever their type. A provider process is
// configured anew for each phase of the CLI: it plans, or it applies what was planned.
type Sessions struct {
	mutex   sync.Mutex
	of      any // the provider's data
	current *Session
}

// Session is one phase of the CLI, as the resources see it together.
type Session struct {
	claims   *claims
	powers   sync.Map // of VM id: whether a plan has it running
	applying atomic.Bool
	// Sources and placement objects are the same for many VMs: a phase asks for each once.
	Sources Memo[*vsphere.VirtualMachine]
	// Objects are placement objects by type and id.
	Objects Memo[vsphere.Object]
	// Names says which named things exist, such as customization specifications: by what the resource asks for.
	Names Memo[bool]
}

// NewSession returns a session in which nothing is known yet.
func NewSession() *Session { return &Session{claims: newClaims()} }

// Of returns the session of the provider's data. A provider that is configured again begins a new one.
func (s *Sessions) Of(providerData any) *Session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.current == nil || s.of != providerData {
		s.of, s.current = providerData, NewSession()
	}

	return s.current
}

// Own notes that a resource has the VM in state; the empty id of a pending VM is none.
func (s *Session) Own(vmID string) { s.claims.add(vmID) }

// Apply notes that something is applied from now on.
func (s *Session) Apply() { s.applying.Store(true) }

// Applying reports whether something is applied. The CLI plans each resource once more just before it applies it; what the
// plan has checked a moment ago is then for the platform to judge.
func (s *Session) Applying() bool { return s.applying.Load() }
