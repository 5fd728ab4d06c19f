package zstacksnapshot

import lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"

// session is one phase of the CLI, as the resources see it together.
type session struct {
	lifecycle.Phase

	// queues let one operation at a time work on the snapshots of a VM.
	queues lifecycle.Queues
	// claims are the groups that are in state, as far as this process has seen.
	claims lifecycle.Claims
}
