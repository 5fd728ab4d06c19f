package vm

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// PowersOn reports whether the change powers the VM on.
func PowersOn[M Model[M]](change lifecycle.Change[M]) bool { return powers(change, true) }

// PowersOff reports whether the change powers the VM off.
func PowersOff[M Model[M]](change lifecycle.Change[M]) bool { return powers(change, false) }

// Runs reports whether the VM runs while the change is made.
func Runs[M Model[M]](change lifecycle.Change[M]) bool {
	return change.State.Common().PowerOn.ValueBool() && !PowersOff(change)
}

func powers[M Model[M]](change lifecycle.Change[M], on bool) bool {
	before, after := change.State.Common().PowerOn, change.Plan.Common().PowerOn

	return lifecycle.Changed(before, after) && after.ValueBool() == on
}

// Relocation returns the one relocation that brings the VM to its place, its folder too, and false where it is there: a folder of another
// datacenter is reached by no other way. What the configuration says of
// pool, cluster and host goes along together, so that vCenter can check it.
func Relocation[M Model[M]](change lifecycle.Change[M]) (vsphere.RelocateSpec, bool) {
	before, after, wanted := change.State.Parts(), change.Plan.Parts(), change.Config.Parts()
	var spec vsphere.RelocateSpec
	relocates := false
	if lifecycle.Changed(before.ResourcePoolID, after.ResourcePoolID) || lifecycle.Changed(before.ClusterID, after.ClusterID) ||
		lifecycle.Changed(before.HostID, after.HostID) {
		spec.ResourcePoolID = wanted.ResourcePoolID.ValueString()
		spec.ClusterID = wanted.ClusterID.ValueString()
		spec.HostID = wanted.HostID.ValueString()
		relocates = true
		if lifecycle.Changed(before.FolderID, after.FolderID) {
			spec.FolderID = after.FolderID.ValueString()
		}
	}
	if lifecycle.Changed(before.DatastoreID, after.DatastoreID) {
		spec.DatastoreID = after.DatastoreID.ValueString()
		relocates = true
	}
	if lifecycle.Changed(before.DatastoreClusterID, after.DatastoreClusterID) {
		spec.DatastoreClusterID = after.DatastoreClusterID.ValueString()
		relocates = true
	}

	return spec, relocates
}

// TaskStep returns a step that is one task, and that leaves it to the next read to tell the state.
func (a *Adapter[M]) TaskStep(action string, start func(ctx context.Context) (task.Handle[struct{}], error)) lifecycle.Step[M] {
	return lifecycle.Step[M]{Action: action, Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
		return state, nil, a.Run(ctx, start)
	}}
}

// NamingSteps rename and move the VM, where the change does.
func (a *Adapter[M]) NamingSteps(change lifecycle.Change[M]) []lifecycle.Step[M] {
	state, plan := change.State.Common(), change.Plan.Common()
	id := state.ID.ValueString()
	var steps []lifecycle.Step[M]
	if lifecycle.Changed(state.Name, plan.Name) {
		steps = append(steps, a.RenameStep(id, change.State.Parts().FolderID.ValueString(), plan.Name.ValueString()))
	}
	folder := change.Plan.Parts().FolderID
	if spec, _ := Relocation(change); lifecycle.Changed(change.State.Parts().FolderID, folder) && spec.FolderID == "" {
		steps = append(steps, a.MoveStep(id, folder.ValueString(), plan.Name.ValueString()))
	}
	if len(steps) > 1 {
		return []lifecycle.Step[M]{a.renameAndMove(change)}
	}

	return steps
}

// renameAndMove renames the VM and moves it, in the order in which each is free: another VM may have the new name in the old folder, or
// the old name in the new one. Where both are so, the VM is moved under a temporary name.
func (a *Adapter[M]) renameAndMove(change lifecycle.Change[M]) lifecycle.Step[M] {
	id, former := change.State.ObjectID(), change.State.Common().ObjectName()
	name, from := change.Plan.Common().ObjectName(), change.State.Parts().FolderID.ValueString()
	into := change.Plan.Parts().FolderID.ValueString()

	return lifecycle.Step[M]{Action: "rename and move", Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
		steps := []lifecycle.Step[M]{a.RenameStep(id, from, name), a.MoveStep(id, into, name)}
		if a.heldByOther(ctx, id, from, name) {
			steps = []lifecycle.Step[M]{a.MoveStep(id, into, former), a.RenameStep(id, into, name)}
			if a.heldByOther(ctx, id, into, former) {
				aside := lifecycle.TemporaryName()
				steps = []lifecycle.Step[M]{a.RenameStep(id, from, aside), a.MoveStep(id, into, aside), a.RenameStep(id, into, name)}
			}
		}
		for _, step := range steps {
			var err error
			if state, _, err = step.Do(ctx, state); err != nil {
				return state, nil, err
			}
		}

		return state, nil, nil
	}}
}

// heldByOther reports whether something that no resource has in state holds the name in the folder: what a resource has may give it up.
func (a *Adapter[M]) heldByOther(ctx context.Context, id, folderID, name string) bool {
	wanted := wantedName{Machines: &a.Machines, folderID: folderID, name: name, id: id}
	holder, err := wanted.Holder(ctx)
	if _, taken := errors.AsType[*lifecycle.NameTakenError](err); taken {
		return true
	}

	return err == nil && holder != "" && !a.Shared.Registry.Has(holder)
}

// RelocateStep relocates the VM.
func (a *Adapter[M]) RelocateStep(change lifecycle.Change[M], spec vsphere.RelocateSpec) lifecycle.Step[M] {
	id := change.State.ObjectID()

	return a.TaskStep("relocate", func(ctx context.Context) (task.Handle[struct{}], error) {
		placed, err := a.placed(ctx, change, spec)
		if err != nil {
			return nil, err
		}

		return a.Client.Relocate(ctx, id, placed)
	})
}

// Relocating describes the place that the relocation gives the VM.
func Relocating[M Model[M]](change lifecycle.Change[M], spec vsphere.RelocateSpec) Placing {
	state := change.State.Parts()

	return Placing{
		Wanted: vsphere.Placement{
			ResourcePoolID: spec.ResourcePoolID, HostID: spec.HostID, ClusterID: spec.ClusterID, DatastoreID: spec.DatastoreID,
			DatastoreClusterID: spec.DatastoreClusterID,
		},
		Present: vsphere.Placement{
			ResourcePoolID: state.ResourcePoolID.ValueString(), HostID: change.State.Common().HostID.ValueString(),
			ClusterID: state.ClusterID.ValueString(), DatastoreID: state.DatastoreID.ValueString(),
		},
		Datastores: slices.Collect(maps.Values(spec.DiskDatastores)), Name: change.Plan.Common().ObjectName(),
	}
}

// PowerOffSteps power the VM off, where the change does.
func (a *Adapter[M]) PowerOffSteps(change lifecycle.Change[M]) []lifecycle.Step[M] {
	if !PowersOff(change) {
		return nil
	}
	patience := change.Plan.Common().ShutdownTimeout.Or(a.Timeouts.Shutdown)

	return []lifecycle.Step[M]{a.powerStep("power off", change.State.ObjectID(), false, patience)}
}

// PowerOnSteps power the VM on, where the change does.
func (a *Adapter[M]) PowerOnSteps(change lifecycle.Change[M]) []lifecycle.Step[M] {
	if !PowersOn(change) {
		return nil
	}

	return []lifecycle.Step[M]{a.powerStep("power on", change.State.ObjectID(), true, 0)}
}

// AddressSteps wait for an address of a VM that the change powers on, where the configuration asks for it.
func (a *Adapter[M]) AddressSteps(change lifecycle.Change[M]) []lifecycle.Step[M] {
	patience := change.Plan.Common().WaitForGuestIP.Or(0)
	if !PowersOn(change) || patience == 0 {
		return nil
	}

	return []lifecycle.Step[M]{a.addressStep("get an IP address from the guest of", change.State.ObjectID(), patience)}
}

// powerStep brings the VM into the power state. It reads a VM that goes off first, to know whether its guest can be asked to shut down.
func (a *Adapter[M]) powerStep(action, id string, on bool, patience time.Duration) lifecycle.Step[M] {
	return lifecycle.Step[M]{Action: action, Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
		if on {
			if err := a.powerOn(ctx, id); err != nil {
				return state, nil, err
			}

			return state.WithCommon(state.Common().powered(vsphere.PoweredOn)), nil, nil
		}
		vm, err := a.Client.VirtualMachine(ctx, id)
		if err == nil {
			err = a.PowerOff(ctx, vm, patience)
		}
		if err != nil {
			return state, nil, err
		}

		return state.WithCommon(state.Common().powered(vsphere.PoweredOff)), nil, nil
	}}
}

// addressStep waits until VMware Tools report an address.
func (a *Adapter[M]) addressStep(action, id string, patience time.Duration) lifecycle.Step[M] {
	return lifecycle.Step[M]{Action: action, Timeout: waitForGuestIP, Do: func(ctx context.Context, state M) (M, diag.Diagnostics, error) {
		bounded, stop := context.WithTimeout(ctx, patience)
		defer stop()
		ips, err := a.Client.WaitForGuestIP(bounded, id)
		if err != nil {
			return state, nil, err
		}
		reached := state.Common()
		reached.GuestIPAddresses = Addresses(ips)

		return state.WithCommon(reached), nil, nil
	}}
}
