package playedcli

import (
	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// Shared returns what the resources of one phase share, in a process that "terraform plan" has started: there plan checks are errors.
func Shared() *lifecycle.Shared { return SharedBy(clicommand.Command{Name: "plan"}) }

// SharedBy is [Shared] in a process that another command has started.
func SharedBy(command clicommand.Command) *lifecycle.Shared {
	return lifecycle.NewShared(nil).In(&lifecycle.Process{Command: command}, lifecycle.OverrideNone)
}
