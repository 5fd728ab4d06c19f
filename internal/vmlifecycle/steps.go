package vmlifecycle

import (
	"context"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Step is one change of a VM.
type Step[M any] struct {
	Action string // in words, before the VM's name: "rename"
	Do     func(ctx context.Context) error
	// Done returns the state with what the platform won't tell of the step; nil where it tells all.
	Done func(state M) M
}

// Change is what an operation starts from. State is the zero value in a creation.
type Change[M Model[M]] struct {
	Config, Plan, State M
}

// PowersOn reports whether the change powers the VM on.
func (c Change[M]) PowersOn() bool { return c.powers(true) }

// PowersOff reports whether the change powers the VM off.
func (c Change[M]) PowersOff() bool { return c.powers(false) }

func (c Change[M]) powers(on bool) bool {
	before, after := c.State.Common().PowerOn, c.Plan.Common().PowerOn

	return lifecycle.Changed(before, after) && after.ValueBool() == on
}

// Relocation returns the one relocation that brings the VM to its place, and false when it is there. What the configuration
// says of pool, cluster and host goes along together, so that vCenter can check it.
func (c Change[M]) Relocation() (vsphere.RelocateSpec, bool) {
	before, after, wanted := c.State.Parts(), c.Plan.Parts(), c.Config.Parts()
	var spec vsphere.RelocateSpec
	relocates := false
	if lifecycle.Changed(before.ResourcePoolID, after.ResourcePoolID) || lifecycle.Changed(before.ClusterID, after.ClusterID) ||
		lifecycle.Changed(before.HostID, after.HostID) {
		spec.ResourcePoolID = wanted.ResourcePoolID.ValueString()
		spec.ClusterID = wanted.ClusterID.ValueString()
		spec.HostID = wanted.HostID.ValueString()
		relocates = true
	}
	if lifecycle.Changed(before.DatastoreID, after.DatastoreID) {
		spec.DatastoreID = after.DatastoreID.ValueString()
		relocates = true
	}

	return spec, relocates
}

// TaskStep is a step that is one task.
func (l *Life[M]) TaskStep(action string, start func(ctx context.Context) (task.Handle[struct{}], error)) Step[M] {
	return Step[M]{Action: action, Do: func(ctx context.Context) error { return l.Run(ctx, start) }}
}

// NamingSteps rename and move the VM, where the change does.
func (l *Life[M]) NamingSteps(change Change[M]) []Step[M] {
	state, plan := change.State.Common(), change.Plan.Common()
	id := state.ID.ValueString()
	var steps []Step[M]
	if lifecycle.Changed(state.Name, plan.Name) {
		steps = append(steps, l.TaskStep("rename", func(ctx context.Context) (task.Handle[struct{}], error) {
			return l.Client.Rename(ctx, id, plan.Name.ValueString())
		}))
	}
	if folder := change.Plan.Parts().FolderID; lifecycle.Changed(change.State.Parts().FolderID, folder) {
		steps = append(steps, l.TaskStep("move", func(ctx context.Context) (task.Handle[struct{}], error) {
			return l.Client.Move(ctx, id, folder.ValueString())
		}))
	}

	return steps
}

// RelocateStep relocates the VM.
func (l *Life[M]) RelocateStep(change Change[M], spec vsphere.RelocateSpec) Step[M] {
	id := change.State.Common().ID.ValueString()

	return l.TaskStep("relocate", func(ctx context.Context) (task.Handle[struct{}], error) {
		return l.Client.Relocate(ctx, id, spec)
	})
}

// PowerOffSteps power the VM off, where the change does. The VM is read first, to know whether its guest can be asked to shut
// down.
func (l *Life[M]) PowerOffSteps(change Change[M]) []Step[M] {
	if !change.PowersOff() {
		return nil
	}
	id := change.State.Common().ID.ValueString()

	return []Step[M]{{Action: "power off", Do: func(ctx context.Context) error {
		vm, err := l.Client.VirtualMachine(ctx, id)
		if err != nil {
			return err
		}

		return l.powerOff(ctx, vm, change.Plan.Common().ShutdownTimeout.Or(l.Timeouts.Shutdown))
	}}}
}

// PowerOnSteps power the VM on, where the change does.
func (l *Life[M]) PowerOnSteps(change Change[M]) []Step[M] {
	if !change.PowersOn() {
		return nil
	}
	id := change.State.Common().ID.ValueString()

	return []Step[M]{{Action: "power on", Do: func(ctx context.Context) error { return l.powerOn(ctx, id) }}}
}
