package zstacksnapshot

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Check implements [lifecycle.Adapter]: it compares the plan of a new group with its VM, by one read, and then with groups of its name. It
// does not check a VM that is not known yet, and the apply waits for one in a passing state.
func (a *adapter) Check(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	plan := planned.Plan
	if planned.Prior != nil || plan.VMUUID.IsUnknown() {
		return nil
	}
	ref := vmReference(plan)
	vm, err := a.client.VirtualMachine(ctx, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return skipped(err)
	case !exists(vm.State), !vm.State.Passing() && !snapshotable(vm.State):
		ref.Name = vm.Name

		return diag.Diagnostics{unusable(ref, vm.State)}
	case plan.WithMemory.ValueBool() && vm.State == zstack.VMStopped:
		return diag.Diagnostics{tfdiag.Conflict(path.Root("with_memory"), "There is no memory to keep",
			fmt.Sprintf("The virtual machine %s is stopped, and ZStack takes its memory only while it runs. Start it first, or leave "+
				"with_memory out", tfdiag.Named(vm.Name, ref.ID)))}
	case planned.Creating:
		return nil // namesakes only warn
	default:
		return a.namesakes(ctx, planned)
	}
}

// namesakes warns of groups of the VM that have the name already and are in no state. That is allowed, but this is the only sign of what
// an apply took before it was killed.
func (a *adapter) namesakes(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	plan := planned.Plan
	if plan.Name.IsUnknown() {
		return nil
	}
	all, err := a.client.SnapshotGroupsNamed(ctx, plan.VMUUID.ValueString(), plan.Name.ValueString())
	if err != nil {
		return skipped(err)
	}
	var found []tfdiag.Existing
	for _, group := range all {
		if group.Name == plan.Name.ValueString() && !a.shared.Registry.Has(group.UUID) {
			found = append(found, tfdiag.Existing{
				ID: group.UUID, MadeAt: group.CreatedAt, Unseen: planned.Unseen, BlocksLater: a.shared.Process.BlocksLater(),
			})
		}
	}
	if len(found) == 0 {
		return nil
	}

	return diag.Diagnostics{plan.Creation().Namesakes(found)}
}

// vmReference is the VM that the plan names.
func vmReference(plan model) tfdiag.Reference {
	return tfdiag.Reference{
		Attribute: path.Root("vm_uuid"), What: "virtual machine", ID: plan.VMUUID.ValueString(), Platform: tfdiag.ZStack,
	}
}

// exists reports whether a VM in the state is more than what is left of one.
func exists(state zstack.VMState) bool {
	return state != zstack.VMDestroyed && state != zstack.VMDestroying && state != zstack.VMExpunging
}

// unusable says why no snapshot can be taken of a VM in the state.
func unusable(ref tfdiag.Reference, state zstack.VMState) diag.Diagnostic {
	switch {
	case !exists(state):
		return tfdiag.UnusableObject(ref, fmt.Sprintf("its state is %s: it is in the recycle bin, or on the way out of it", state))
	case state == zstack.VMCreated:
		return tfdiag.UnusableObject(ref, "its state is Created: it is a record without disks yet")
	default:
		return tfdiag.UnusableObject(ref, fmt.Sprintf("its state is %s, but snapshots are taken in Running, Stopped and Paused", state))
	}
}

// skipped describes a question that ZStack did not answer: the apply finds out. Where the provider's configuration is the reason, the
// apply would fail as well.
func skipped(err error) diag.Diagnostics {
	if apierr.NeedsConfiguration(err) {
		return diag.Diagnostics{tfdiag.FromError(lifecycle.Connecting(tfdiag.ZStack), err)}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.ZStack, "that a snapshot of the VM can be taken", err)}
}
