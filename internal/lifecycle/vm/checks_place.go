package vm

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// HostFound checks that there is a host for a VM where vCenter does not choose one; see [Machines.Place].
func (c *Checks) HostFound(ctx context.Context, placing Placing) diag.Diagnostics {
	_, err := c.Place(ctx, placing)
	if none, ok := errors.AsType[*NoHostError](err); ok {
		return diag.Diagnostics{tfdiag.NoHost(path.Root("placement"), none.Cluster, none.Reasons)}
	}
	if err != nil {
		return c.Skipped("that there is a host for the machine", err)
	}

	return nil
}
