package vmlifecycle

import (
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// PlanPower notes how a plan leaves a VM that is in state. The CLI plans it before what is made from it, and applies it
// before that too: what it is now says little about what it will be then.
func (s *Session) PlanPower(vmID string, on types.Bool) { s.powers.Store(vmID, on.ValueBool()) }

// WillRun reports whether a resource of the same configuration sees to it that the VM runs.
func (s *Session) WillRun(vmID string) bool {
	on, planned := s.powers.Load(vmID)

	return planned && on == true
}
