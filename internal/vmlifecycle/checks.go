package vmlifecycle

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Check is one question of a plan to the live inventory; it returns what it has to say.
type Check func(ctx context.Context) diag.Diagnostics

// RunChecks makes the checks all at once, and returns what they say in their order. The client makes few requests of them,
// together with those of the other resources that are planned at the same time.
func RunChecks(ctx context.Context, checks []Check) diag.Diagnostics {
	answers := make([]diag.Diagnostics, len(checks))
	var group sync.WaitGroup
	for i, ask := range checks {
		group.Go(func() { answers[i] = ask(ctx) })
	}
	group.Wait()

	var all diag.Diagnostics
	for _, answer := range answers {
		all.Append(answer...)
	}

	return all
}

// Source checks the VM to make another one of. It is nil when it can't be used, or could not be asked for.
func (m *Machines) Source(ctx context.Context, id string) (*vsphere.VirtualMachine, diag.Diagnostics) {
	ref := tfdiag.Reference{Attribute: path.Root("source_vm_id"), What: "source VM", ID: id}
	source, err := m.Session.Sources.Get(ctx, id, func(ctx context.Context) (*vsphere.VirtualMachine, error) {
		return m.Client.VirtualMachine(ctx, id)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return nil, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return nil, Skipped("that the source can be cloned", err)
	case source.ConnectionState != "" && source.ConnectionState != "connected":
		return nil, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is "+source.ConnectionState)}
	default:
		return source, nil
	}
}

// NameFree checks that the planned VM's name is free in the folder. The VM itself may have it; for a new VM (prior is nil) a
// VM of that name which is in state goes first: this is the replacement of a tainted VM, which the CLI plans as if there
// were none.
func (m *Machines) NameFree(
	ctx context.Context, plan Attributes, prior *Attributes, folder types.String, words tfdiag.Creation,
) diag.Diagnostics {
	if plan.Name.IsUnknown() || folder.IsUnknown() || folder.ValueString() == "" {
		return nil
	}
	named, err := m.Client.VMsNamed(ctx, folder.ValueString(), plan.Name.ValueString())
	if err != nil {
		return Skipped("that the name is free", err)
	}
	for _, vm := range named {
		if prior != nil && vm.ID == prior.ID.ValueString() || prior == nil && m.Session.claims.has(vm.ID) {
			continue
		}

		return diag.Diagnostics{words.AlreadyExists(m.origin(ctx, vm))}
	}

	return nil
}

// PlacementPart returns the check of one object of the placement that the configuration names and that is not in state
// already; prior is what is in state, null for a new VM.
func (m *Machines) PlacementPart(kind vsphere.ObjectType, name, what string, prior, wanted types.String) Check {
	return func(ctx context.Context) diag.Diagnostics {
		if wanted.IsNull() || wanted.IsUnknown() || wanted.Equal(prior) {
			return nil
		}
		_, diags := m.Object(ctx, kind, tfdiag.Reference{
			Attribute: path.Root("placement").AtName(name), What: what, ID: wanted.ValueString(),
		})

		return diags
	}
}

// Object checks that an object exists and can be used.
func (m *Machines) Object(
	ctx context.Context, kind vsphere.ObjectType, ref tfdiag.Reference,
) (vsphere.Object, diag.Diagnostics) {
	object, err := m.Session.Objects.Get(ctx, string(kind)+" "+ref.ID, func(ctx context.Context) (vsphere.Object, error) {
		return m.Client.Object(ctx, kind, ref.ID)
	})
	switch {
	case apierr.Is(err, apierr.NotFound):
		return object, diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return object, Skipped(fmt.Sprintf("the %s %q", ref.What, ref.ID), err)
	case !object.Accessible:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is not accessible")}
	case object.Maintenance:
		return object, diag.Diagnostics{tfdiag.UnusableObject(ref, "it is in maintenance mode")}
	default:
		return object, nil
	}
}

// Skipped is about a question that the platform did not answer. Then apply finds out.
func Skipped(what string, err error) diag.Diagnostics {
	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.VSphere, what, err)}
}
