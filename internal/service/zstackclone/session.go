package zstackclone

import (
	"sync"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// session is one phase of the CLI, as the resources see it together.
type session struct {
	lifecycle.Phase

	claims lifecycle.Claims
	// making holds the names of the VMs that are being made: two of one name would both find it free.
	making sync.Map
	// awaited holds the names of the pending VMs that a refresh has not found yet. The replacement of a tainted one is planned as if
	// there were none, and its name is not taken by another VM when its own shows up meanwhile.
	awaited sync.Map
	// Sources and objects that arguments name are the same for many VMs: a phase asks for each once.
	sources lifecycle.Memo[*zstack.VirtualMachine]
	objects lifecycle.Memo[zstack.Object]
}

// reserve takes a name for a VM that is about to be made, and reports false when another resource makes one of that name.
func (s *session) reserve(name string) (release func(), ok bool) {
	_, taken := s.making.LoadOrStore(name, true)

	return func() { s.making.Delete(name) }, !taken
}
