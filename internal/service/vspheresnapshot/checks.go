package vspheresnapshot

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/vm"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Check implements [lifecycle.Adapter]. It compares the plan of a new snapshot with its VM as it is now: one read, together with those
// of the other resources that are planned at the same time. A VM that is not known yet is not checked.
func (a *adapter) Check(ctx context.Context, planned lifecycle.Planned[model]) diag.Diagnostics {
	plan := planned.Plan
	switch {
	case planned.Prior != nil:
		return a.mayRename(ctx, planned)
	case plan.VMID.IsUnknown():
		return nil
	}
	ref := tfdiag.Reference{Attribute: path.Root("vm_id"), What: "virtual machine", ID: plan.VMID.ValueString()}
	machine, err := a.client.VirtualMachine(ctx, ref.ID)
	switch {
	case apierr.Is(err, apierr.NotFound):
		return diag.Diagnostics{tfdiag.MissingObject(ref)}
	case err != nil:
		return skipped(err)
	case machine.ConnectionState != "" && machine.ConnectionState != "connected":
		ref.Name = machine.Name

		return diag.Diagnostics{tfdiag.UnreachableVM(ref, machine.ConnectionState)}
	case machine.Template:
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, "No snapshot can be taken of "+tfdiag.Named(machine.Name, ref.ID),
			"It is a template, which vSphere takes no snapshots of. Nothing was changed. Take one of a virtual machine, or make a machine of the "+
				"template first")}
	case faultTolerant(machine):
		return diag.Diagnostics{tfdiag.Conflict(ref.Attribute, "No snapshot can be taken of "+tfdiag.Named(machine.Name, ref.ID),
			fmt.Sprintf("vSphere takes no snapshots of a VM that is protected by fault tolerance (vCenter says that it is %q). Turn fault "+
				"tolerance off first, or take a snapshot of another VM", machine.FaultToleranceState))}
	case planned.Creating:
		return nil // the rest only warns
	default:
		return lifecycle.RunChecks(ctx, []lifecycle.Check{
			func(context.Context) diag.Diagnostics { return ignored(plan, machine) },
			func(ctx context.Context) diag.Diagnostics { return a.namesakes(ctx, planned, machine) },
			func(ctx context.Context) diag.Diagnostics { return a.mayTake(ctx, plan, machine.Placement.FolderID) },
		})
	}
}

// namesakes warns of snapshots that have the name already and are in no state that is known. That is allowed, but nothing else finds
// what an apply took before it was killed.
func (a *adapter) namesakes(ctx context.Context, planned lifecycle.Planned[model], machine *vsphere.VirtualMachine) diag.Diagnostics {
	plan := planned.Plan
	if machine.CurrentSnapshotID == "" || plan.Name.IsUnknown() {
		return nil
	}
	all, err := a.client.Snapshots(ctx, machine.ID)
	if err != nil {
		return skipped(err)
	}
	var found []tfdiag.Existing
	for _, snapshot := range all {
		if snapshot.Named(plan.Name.ValueString()) && !a.shared.Registry.Has(snapshot.ID) {
			found = append(found, tfdiag.Existing{
				ID: machine.ID + "/" + snapshot.ID, CreatedAt: snapshot.CreatedAt, Unseen: planned.Unseen,
				BlocksLater: a.shared.Process.BlocksLater(),
			})
		}
	}
	if len(found) == 0 {
		return nil
	}

	return diag.Diagnostics{plan.Creation().Namesakes(found)}
}

// skipped describes a question that vCenter did not answer.
func skipped(err error) diag.Diagnostics {
	return vm.CheckSkipped("that a snapshot of the VM can be taken", err)
}

// faultTolerant reports whether the VM is one of a fault-tolerant pair.
func faultTolerant(machine *vsphere.VirtualMachine) bool {
	return machine.FaultToleranceState != "" && machine.FaultToleranceState != "notConfigured"
}

// ignored warns of what vSphere will accept and ignore, as the VM is now.
func ignored(plan model, machine *vsphere.VirtualMachine) diag.Diagnostics {
	var diags diag.Diagnostics
	if plan.Memory.ValueBool() && machine.PowerState == vsphere.PoweredOff {
		diags.Append(tfdiag.NoEffect(path.Root("memory"), "There is no memory to keep",
			fmt.Sprintf("%s is powered off. The snapshot will be taken without memory, unless it is powered on before", machine.ID)))
	}
	if plan.Quiesce.IsNull() || plan.Quiesce.IsUnknown() {
		return diags
	}
	switch {
	case machine.PowerState != vsphere.PoweredOn:
		diags.Append(tfdiag.NoEffect(path.Root("quiesce"), "The guest will not be quiesced",
			fmt.Sprintf("%s is not powered on, and vSphere ignores quiesce then. The snapshot will be taken all the same, and \"quiesced\" "+
				"will be false", machine.ID)))
	case !machine.ToolsRunning:
		diags.Append(tfdiag.NoEffect(path.Root("quiesce"), "The guest will not be quiesced",
			fmt.Sprintf("VMware Tools do not run in %s, and vSphere ignores quiesce without them. The snapshot will be taken all the same, "+
				"and \"quiesced\" will be false", machine.ID)))
	}

	return diags
}
