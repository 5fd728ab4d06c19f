package vsphereclone

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Update brings the VM to where the plan wants it, one step after another. When a step fails, the state tells what the
// platform has by then, so that the next plan shows what is left to do. A pending clone is adopted first.
func (r *cloneResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, state model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultUpdateTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	r.session.applying.Store(true)
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	vcenter, ok := r.vcenter(bounded, resp.Private, &resp.Diagnostics)
	if !ok {
		return
	}
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, state.ID.ValueString())...)

	if state.pending() {
		if !r.adopt(bounded, &state, resp) {
			return
		}
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, vcenter, state.ID.ValueString())...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}

	u := &updating{resource: r, config: config, plan: plan, state: state}
	final, diags := u.apply(bounded)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, final)...)
	if !diags.HasError() {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateImported, nil)...)
	}
}

// adopt waits for a pending clone and reads its VM into state. Without a VM the old state stays, with an error: the next
// refresh drops what is proved not to exist.
func (r *cloneResource) adopt(ctx context.Context, state *model, resp *resource.UpdateResponse) bool {
	words := state.creation()
	words.TimeoutAttribute = updateTimeout
	found := r.resolve(ctx, resp.Private, state, true)
	switch found.kind {
	case resolvedVM:
	case resolvedNothing:
		resp.Diagnostics.Append(words.PendingFailed(found.err))

		return false
	default:
		resp.Diagnostics.Append(words.PendingUnfinished(found.err))

		return false
	}

	vm, err := r.client.VirtualMachine(ctx, found.vmID)
	if err != nil {
		resp.Diagnostics.Append(words.PendingUnfinished(err))

		return false
	}
	*state = state.observed(vm)
	resp.Diagnostics.Append(forgetPending(ctx, resp.Private)...)

	return !resp.Diagnostics.HasError()
}

// updating is one update of a VM.
type updating struct {
	resource            *cloneResource
	config, plan, state model
}

// step is one change of the VM.
type step struct {
	action string // in words, before the VM's name: "rename"
	do     func(ctx context.Context) error
	done   func(state *model) // notes in state what the platform won't tell
}

// apply takes the steps and returns the state to save.
func (u *updating) apply(ctx context.Context) (model, diag.Diagnostics) {
	reached := u.state
	steps := u.steps()
	for _, step := range steps {
		err := step.do(ctx)
		if err == nil {
			if step.done != nil {
				step.done(&reached)
			}

			continue
		}
		var diags diag.Diagnostics
		diags.Append(tfdiag.FromError(u.operation(step.action), err))

		return u.readBack(ctx, reached), diags
	}

	if len(steps) == 0 && u.plan.complete() {
		return u.plan, nil
	}
	vm, err := u.resource.readNow(ctx, u.state.ID.ValueString())
	if err != nil {
		return reached, diag.Diagnostics{tfdiag.FromError(u.operation("read"), err)}
	}
	final := u.plan.observed(vm).keeping(u.plan)
	if u.poweredOn() {
		if err := u.resource.awaitGuestIP(ctx, &final); err != nil {
			op := u.operation("get an IP address from the guest of")
			op.TimeoutAttribute = path.Root("wait_for_guest_ip")

			return reached.observed(vm), diag.Diagnostics{tfdiag.FromError(op, err)}
		}
	}

	return final, nil
}

func (u *updating) operation(action string) tfdiag.Operation {
	op := u.plan.operation(action)
	op.Action = action + " " + u.state.inWords()

	return op
}

// readBack returns the state after a step failed: what the platform tells, also when the operation's time is over.
func (u *updating) readBack(ctx context.Context, reached model) model {
	vm, err := u.resource.readNow(ctx, u.state.ID.ValueString())
	if err != nil {
		return reached
	}

	return reached.observed(vm)
}

// steps returns what has to be done, in this order: a VM is powered off before it is relocated, and on after it.
func (u *updating) steps() []step {
	id := u.state.ID.ValueString()
	c := u.resource.client
	before, after := u.state.parts(), u.plan.parts()

	var steps []step
	if changed(u.state.Name, u.plan.Name) {
		steps = append(steps, u.task("rename", func(ctx context.Context) (task.Handle[struct{}], error) {
			return c.Rename(ctx, id, u.plan.Name.ValueString())
		}))
	}
	if changed(before.FolderID, after.FolderID) {
		steps = append(steps, u.task("move", func(ctx context.Context) (task.Handle[struct{}], error) {
			return c.Move(ctx, id, after.FolderID.ValueString())
		}))
	}
	if changedBool(u.state.PowerOn, u.plan.PowerOn) && !u.plan.PowerOn.ValueBool() {
		steps = append(steps, step{action: "power off", do: u.powerOff})
	}
	if spec, relocates := u.relocation(); relocates {
		relocate := u.task("relocate", func(ctx context.Context) (task.Handle[struct{}], error) {
			return c.Relocate(ctx, id, spec)
		})
		relocate.done = u.relocated
		steps = append(steps, relocate)
	}
	if u.poweredOn() {
		steps = append(steps, step{action: "power on", do: func(ctx context.Context) error { return u.resource.powerOn(ctx, id) }})
	}

	return steps
}

func (u *updating) task(action string, start func(ctx context.Context) (task.Handle[struct{}], error)) step {
	return step{action: action, do: func(ctx context.Context) error { return u.resource.run(ctx, start) }}
}

// poweredOn reports whether the update powers the VM on.
func (u *updating) poweredOn() bool {
	return changedBool(u.state.PowerOn, u.plan.PowerOn) && u.plan.PowerOn.ValueBool()
}

// powerOff reads the VM first, to know whether its guest can be asked to shut down.
func (u *updating) powerOff(ctx context.Context) error {
	vm, err := u.resource.client.VirtualMachine(ctx, u.state.ID.ValueString())
	if err != nil {
		return err
	}

	return u.resource.powerOff(ctx, vm, u.plan.ShutdownTimeout.Or(defaultShutdownTimeout))
}

// relocation returns the one relocation that brings the VM to its place, and false when it is there. What the
// configuration says of pool, cluster and host goes along together, so that vCenter can check it; a new datastore leaves
// the disks of disks_to_update where the configuration wants them.
func (u *updating) relocation() (vsphere.RelocateSpec, bool) {
	before, after, wanted := u.state.parts(), u.plan.parts(), u.config.parts()
	var spec vsphere.RelocateSpec
	relocates := false
	if changed(before.ResourcePoolID, after.ResourcePoolID) || changed(before.ClusterID, after.ClusterID) ||
		changed(before.HostID, after.HostID) {
		spec.ResourcePoolID = wanted.ResourcePoolID.ValueString()
		spec.ClusterID = wanted.ClusterID.ValueString()
		spec.HostID = wanted.HostID.ValueString()
		relocates = true
	}
	if changed(before.DatastoreID, after.DatastoreID) {
		spec.DatastoreID = after.DatastoreID.ValueString()
		spec.DiskDatastores = u.plan.disksToUpdate()
		relocates = true
	}

	return spec, relocates
}

// relocated notes the host that was asked for: a refresh would not tell it, since it keeps the one in state.
func (u *updating) relocated(state *model) {
	place, after := state.parts(), u.plan.parts()
	place.HostID = keep(after.HostID, types.StringNull())
	state.Placement = place.object()
}

// changed reports whether the plan wants a value other than the state's. An unknown one is for the platform to choose.
func changed(before, after types.String) bool {
	return !after.IsUnknown() && !after.IsNull() && !after.Equal(before)
}

func changedBool(before, after types.Bool) bool {
	return !after.IsUnknown() && !after.IsNull() && !after.Equal(before)
}
