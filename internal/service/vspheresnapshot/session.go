package vspheresnapshot

import "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"

// session is one phase of the CLI, as the resources see it together.
type session struct {
	lifecycle.Phase

	queues lifecycle.Queues
}
