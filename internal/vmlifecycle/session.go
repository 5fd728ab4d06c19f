package vmlifecycle

import (
	"sync"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Sessions gives the resources of one configured provider what they share, whatever their type.
type Sessions = lifecycle.Sessions[Session]

// Session is one phase of the CLI, as the resources see it together.
type Session struct {
	lifecycle.Phase

	claims lifecycle.Claims
	powers sync.Map // of VM id: whether a plan has it running
	// awaited holds the names of the pending VMs that a refresh has not found yet. The replacement of a tainted one is planned as if
	// there were none, and its name is not taken by another VM when its own is there.
	awaited sync.Map
	// Sources and placement objects are the same for many VMs: a phase asks for each once.
	Sources lifecycle.Memo[*vsphere.VirtualMachine]
	// Objects are placement objects by type and id.
	Objects lifecycle.Memo[vsphere.Object]
	// Names says which named things exist, such as customization specifications: by what the resource asks for.
	Names lifecycle.Memo[bool]
}

// NewSession returns a session in which nothing is known yet.
func NewSession() *Session { return &Session{} }

// Own notes that a resource has the VM in state; the empty id of a pending VM is none.
func (s *Session) Own(vmID string) { s.claims.Add(vmID) }
