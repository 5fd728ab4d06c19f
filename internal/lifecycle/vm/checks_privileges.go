package vm

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// MayReconfigure returns an error where the user lacks privileges that a change of a VM in place needs: they are all named before anything
// is made. op describes the change.
func (c *Checks) MayReconfigure(ctx context.Context, op tfdiag.Operation, id string, spec vsphere.ReconfigureSpec) diag.Diagnostics {
	if spec.Empty() {
		return nil
	}
	missing, err := c.Client.MissingReconfigurePrivileges(ctx, id, spec)
	switch {
	case err != nil:
		return c.Skipped("that the user may reconfigure the machine", err)
	case len(missing) == 0:
		return nil
	}

	return diag.Diagnostics{tfdiag.FromError(op, &apierr.Error{Kind: apierr.Denied, Object: id, MissingPrivileges: missing})}
}

// MayClone warns of privileges that the user lacks for a clone. It is no error: the same apply may grant them, and vCenter refuses the clone
// before anything is made.
func (c *Checks) MayClone(missing []apierr.MissingPrivilege, err error) diag.Diagnostics {
	if err != nil {
		return c.Skipped("that the user may clone the source", err)
	}
	var diags diag.Diagnostics
	for _, one := range missing {
		diags.Append(tfdiag.Caution(path.Root("source_vm_id"), fmt.Sprintf("The clone needs %s on %s", one.Privilege, one.Object),
			"The user lacks this privilege. Ask an administrator to grant it before you apply: otherwise vCenter refuses the clone, and nothing is "+
				"made"))
	}

	return diags
}
