package vm

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
)

// Explained returns the steps with errors that say which state the VM is in, where vCenter refuses them for that state alone.
func (a *Adapter[M]) Explained(id string, steps []lifecycle.Step[M]) []lifecycle.Step[M] {
	for i := range steps {
		do := steps[i].Do
		steps[i].Do = func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
			reached, said, err := do(ctx, state)

			return reached, said, a.explainState(ctx, id, err)
		}
	}

	return steps
}

// explainState returns an error of the code [apierr.CodeVMState] in place of a refusal of a VM that is a template, or that vCenter does not reach. What
// can't be found out stays as vCenter said it.
func (m *Machines) explainState(ctx context.Context, id string, err error) error {
	if !apierr.Is(err, apierr.InvalidState, apierr.Unsupported) {
		return err
	}
	found, readErr := m.Client.VirtualMachine(ctx, id)
	state := ""
	switch {
	case readErr != nil:
	case found.Template:
		state = apierr.StateTemplate
	case found.ConnectionState != connected:
		state = found.ConnectionState
	}
	if state == "" {
		return err
	}
	explained := &apierr.Error{Kind: apierr.InvalidState, Code: apierr.CodeVMState, Object: id, Arguments: []string{state}}

	return explained.Wrap(err)
}
