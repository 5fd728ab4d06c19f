package vmlifecycle

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Checks compares one plan with the live inventory. The questions are asked all at once: the client makes few requests of
// them, together with those of the other resources that are planned at the same time.
type Checks struct {
	*Machines

	refused sync.Once
}

// Check is one question of a plan to the live inventory.
type Check = lifecycle.Check

// Run makes the checks, and returns what they say in their order.
func (c *Checks) Run(ctx context.Context, checks []Check) diag.Diagnostics {
	return lifecycle.RunChecks(ctx, checks)
}

// Source checks the VM to make another one of. It is nil when it can't be used, or could not be asked for.
func (c *Checks) Source(ctx context.Context, id string) (*vsphere.VirtualMachine, diag.Diagnostics) {
	ref := tfdiag.Reference{Attribute: path.Root("source_vm_id"), What: "source VM", ID: id}
	source, err := c.Session.Sources.Get(ctx, id, func(ctx context.Context) (*vsphere.VirtualMachine, error) {
		return c.Client.VirtualMachine(ctx, id)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return nil, c.Skipped("that the source can be cloned", err)
	case source.ConnectionState != "" && source.ConnectionState != "connected":
		return nil, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is "+source.ConnectionState)}
	default:
		return source, nil
	}
}

// NameFree checks that the planned VM's name is free in the folder. The VM itself may have it; for a new VM (prior is nil) a
// VM of that name which is in state, or awaited, goes first: this is the replacement of a tainted VM, which the CLI plans as if
// there were none.
func (c *Checks) NameFree(
	ctx context.Context, plan Attributes, prior *Attributes, folder types.String, words tfdiag.Creation,
) diag.Diagnostics {
	if plan.Name.IsUnknown() || folder.IsUnknown() || folder.ValueString() == "" {
		return nil
	}
	if prior == nil && c.awaited(plan.Name.ValueString(), words.ResourceType) {
		return nil
	}
	named, err := c.Client.VMsNamed(ctx, folder.ValueString(), plan.Name.ValueString())
	if err != nil {
		return c.Skipped("that the name is free", err)
	}
	for _, vm := range named {
		if prior != nil && vm.ID == prior.ID.ValueString() || prior == nil && (c.Session.claims.Has(vm.ID) || c.Seen.Has(vm.ID)) {
			continue
		}

		return diag.Diagnostics{words.AlreadyExists(c.origin(ctx, vm))}
	}

	return nil
}

// awaited reports whether a VM of the name is pending in state, so that what has the name may be its own.
func (c *Checks) awaited(name, resourceType string) bool {
	_, awaited := c.Session.awaited.Load(name)

	return awaited || c.Seen.Awaits(resourceType, name)
}

// PlacementPart returns the check of one object of the placement that the configuration names and that is not in state
// already; prior is what is in state, null for a new VM.
func (c *Checks) PlacementPart(kind vsphere.ObjectType, name, what string, prior, wanted types.String) Check {
	return func(ctx context.Context) diag.Diagnostics {
		if wanted.IsNull() || wanted.IsUnknown() || wanted.Equal(prior) {
			return nil
		}
		_, diags := c.Object(ctx, kind, tfdiag.Reference{
			Attribute: path.Root("placement").AtName(name), What: what, ID: wanted.ValueString(),
		})

		return diags
	}
}

// Object checks that an object exists and can be used.
func (c *Checks) Object(
	ctx context.Context, kind vsphere.ObjectType, ref tfdiag.Reference,
) (vsphere.Object, diag.Diagnostics) {
	object, err := c.Session.Objects.Get(ctx, string(kind)+" "+ref.ID, func(ctx context.Context) (vsphere.Object, error) {
		return c.Client.Object(ctx, kind, ref.ID)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return object, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return object, c.Skipped(fmt.Sprintf("the %s %q", ref.What, ref.ID), err)
	case !object.Accessible:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is not accessible")}
	case object.Maintenance:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is in maintenance mode")}
	default:
		return object, nil
	}
}

// Skipped is about a question that the platform did not answer. Then apply finds out, unless the provider's configuration
// is why: an apply would fail like that too. That is told once, whichever question met it first.
func (c *Checks) Skipped(what string, err error) diag.Diagnostics {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		switch failure.Code {
		case apierr.CodeInvalidLogin, apierr.CodeUntrustedCertificate, apierr.CodeThumbprintMismatch, apierr.CodeNotVCenter:
			var diags diag.Diagnostics
			c.refused.Do(func() { diags.Append(tfdiag.FromError(connecting(), err)) })

			return diags
		}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.VSphere, what, err)}
}
