package vspheresnapshot

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// check compares the plan of a new snapshot with its VM as it is now: one read, together with those of the other resources
// that are planned at the same time. A VM that is not known yet is not checked.
func (r *snapshotResource) check(ctx context.Context, plan *model) diag.Diagnostics {
	if plan.VMID.IsUnknown() {
		return nil
	}
	ref := tfdiag.Reference{Attribute: path.Root("vm_id"), What: "virtual machine", ID: plan.VMID.ValueString()}
	vm, err := r.client.VirtualMachine(ctx, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return skipped(err)
	case vm.ConnectionState != "" && vm.ConnectionState != "connected":
		return diag.Diagnostics{tfdiag.UnusableObject(ref, "it is "+vm.ConnectionState)}
	case vm.Template:
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, fmt.Sprintf("No snapshot can be taken of %s", ref.ID),
			"It is a template, which vSphere takes no snapshots of. Take one of a virtual machine")}
	case faultTolerant(vm):
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, fmt.Sprintf("No snapshot can be taken of %s", ref.ID),
			fmt.Sprintf("vSphere takes no snapshots of a VM that is protected by fault tolerance (vCenter says that it is %q). Turn fault "+
				"tolerance off first, or take a snapshot of another VM", vm.FaultToleranceState))}
	default:
		return append(ignored(plan, vm), r.namesakes(ctx, plan, vm)...)
	}
}

// namesakes warns of snapshots that have the name already and are in nobody's state. That is allowed, but what an apply took
// before it was killed is found by nobody else.
func (r *snapshotResource) namesakes(ctx context.Context, plan *model, vm *vsphere.VirtualMachine) diag.Diagnostics {
	if vm.CurrentSnapshotID == "" || plan.Name.IsUnknown() {
		return nil
	}
	all, err := r.client.Snapshots(ctx, vm.ID)
	if err != nil {
		return skipped(err)
	}
	var found []tfdiag.Existing
	for _, snapshot := range all {
		if snapshot.Name == plan.Name.ValueString() && !r.session.keeps(snapshot.ID) {
			found = append(found, tfdiag.Existing{ID: vm.ID + "/" + snapshot.ID, CreatedAt: snapshot.CreatedAt})
		}
	}
	if len(found) == 0 {
		return nil
	}

	return diag.Diagnostics{plan.creation().Namesakes(found)}
}

// skipped is about a question that vCenter did not answer. Then apply finds out, unless the provider's configuration is why:
// an apply would fail like that too.
func skipped(err error) diag.Diagnostics {
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		switch failure.Code {
		case apierr.CodeInvalidLogin, apierr.CodeUntrustedCertificate, apierr.CodeThumbprintMismatch, apierr.CodeNotVCenter:
			return diag.Diagnostics{tfdiag.FromError(connecting(), err)}
		}
	}

	return diag.Diagnostics{tfdiag.PlanCheckSkipped(tfdiag.VSphere, "that a snapshot of the VM can be taken", err)}
}

// faultTolerant reports whether the VM is one of a fault-tolerant pair.
func faultTolerant(vm *vsphere.VirtualMachine) bool {
	return vm.FaultToleranceState != "" && vm.FaultToleranceState != "notConfigured"
}

// ignored warns of what vSphere will take and not heed, as the VM is now.
func ignored(plan *model, vm *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	if plan.Memory.ValueBool() && vm.PowerState == vsphere.PoweredOff {
		diags.Append(tfdiag.NoEffect(path.Root("memory"), "There is no memory to keep",
			fmt.Sprintf("%s is powered off. The snapshot will be taken without memory, unless it is powered on before", vm.ID)))
	}
	if plan.Quiesce.IsNull() || plan.Quiesce.IsUnknown() {
		return diags
	}
	switch {
	case vm.PowerState != vsphere.PoweredOn:
		diags.Append(tfdiag.NoEffect(path.Root("quiesce"), "The guest will not be quiesced",
			fmt.Sprintf("%s is not powered on, and vSphere ignores quiesce then. The snapshot will be taken all the same, and \"quiesced\" "+
				"will be false", vm.ID)))
	case !vm.ToolsRunning:
		diags.Append(tfdiag.NoEffect(path.Root("quiesce"), "The guest will not be quiesced",
			fmt.Sprintf("VMware Tools do not run in %s, and vSphere ignores quiesce without them. The snapshot will be taken all the same, "+
				"and \"quiesced\" will be false", vm.ID)))
	}

	return diags
}
