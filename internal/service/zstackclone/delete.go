package zstackclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Delete stops the VM, destroys it, deletes the data volumes that were cloned with it, and expunges all of that where the
// configuration says so. It works from state alone (in a replacement there is no identity), and what is done already counts,
// so that a destroy which stopped half-way goes on.
func (r *cloneResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || !r.configured(&resp.Diagnostics) {
		return
	}
	timeout, diags := state.Timeouts.Delete(ctx, defaults.Delete)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()

	uuid, volumes := state.ID.ValueString(), listed(state.DataVolumeUUIDs)
	if state.pending() {
		found := r.resolve(bounded, resp.Private, &state, true)
		switch found.Kind {
		case lifecycle.Resolved:
			uuid = found.Result.UUID
			if state.Full.ValueBool() {
				volumes = dataVolumes(&found.Result)
			}
		case lifecycle.ResolvedNothing:
			if found.Forgotten {
				resp.Diagnostics.Append(state.creation().NothingToDelete())
			}

			return
		default:
			resp.Diagnostics.Append(state.creation().DeleteUnresolved(found.Err))

			return
		}
	}

	d := destruction{resource: r, state: &state, uuid: uuid, volumes: volumes}
	if state.DataVolumeUUIDs.IsNull() && state.Full.ValueBool() {
		d.volumesUnknown = !state.pending()
	}
	for _, one := range d.steps() {
		if err := unlessGone(one.do(bounded)); err != nil {
			op := state.operation(one.action, lifecycle.DeleteTimeout)
			op.Action, op.Attributes = one.action+" "+state.inWords(), nil
			resp.Diagnostics.Append(tfdiag.FromError(op, err))
			resp.Diagnostics.Append(lifecycle.Save(ctx, resp.Private, privateDestroying, true)...)

			return
		}
	}
	resp.Diagnostics.Append(d.kept...)
}

// destruction is the end of one VM.
type destruction struct {
	resource *cloneResource
	state    *model
	uuid     string
	volumes  []string // the data volumes that were cloned with the VM
	// volumesUnknown says that the VM was never read, or only as a record: what is attached to a full clone that is more than that
	// is what was cloned with it.
	volumesUnknown bool
	kept           diag.Diagnostics // about volumes that are not deleted
}

// steps returns what has to be done, in this order. Each is fine with what it finds done already.
func (d *destruction) steps() []step {
	steps := []step{{"stop", d.stop}, {"destroy", d.destroy}}
	steps = append(steps, step{"delete the data volumes of", d.deleteVolumes})
	if d.state.ExpungeOnDestroy.ValueBool() {
		steps = append(steps, step{"expunge", d.expunge}, step{"expunge the data volumes of", d.expungeVolumes})
	}

	return steps
}

func (d *destruction) stop(ctx context.Context) error {
	vm, err := d.resource.client.VirtualMachine(ctx, d.uuid)
	if err != nil {
		return err
	}
	if d.volumesUnknown && vm.State != zstack.VMCreated {
		d.volumes = dataVolumes(vm)
	}
	if d.state.Strategy.ValueString() == string(zstack.StrategyJustCreate) && vm.State == zstack.VMCreated {
		return nil
	}
	_, err = d.resource.powerOff(ctx, vm, d.state.ShutdownTimeout.Or(defaults.Shutdown))

	return d.unlessDestroyed(ctx, err)
}

func (d *destruction) destroy(ctx context.Context) error {
	err := lifecycle.Again(ctx, isPassing, func(ctx context.Context) error {
		_, err := run(ctx, d.resource, func(ctx context.Context) (task.Handle[struct{}], error) {
			return d.resource.client.DestroyVM(ctx, d.uuid, zstack.DeleteMode(d.state.DeleteMode.ValueString()))
		})

		return d.resource.unlessPassing(ctx, d.uuid, err)
	})

	return d.unlessDestroyed(ctx, err)
}

// unlessDestroyed returns nil where a step failed on a VM that is in the recycle bin already.
func (d *destruction) unlessDestroyed(ctx context.Context, err error) error {
	if !apierr.Is(err, apierr.InvalidState) {
		return err
	}
	vm, readErr := d.resource.client.VirtualMachine(ctx, d.uuid)
	if apierr.Is(readErr, apierr.NotFound) || readErr == nil && vm.State == zstack.VMDestroyed {
		return nil
	}

	return err
}

// deleteVolumes deletes those data volumes that are the VM's own. One that somebody has attached to another VM since then is
// kept, with a warning: it is not ours any more.
func (d *destruction) deleteVolumes(ctx context.Context) error {
	var own []string
	for _, uuid := range d.volumes {
		volume, err := d.resource.client.Volume(ctx, uuid)
		switch {
		case apierr.Is(err, apierr.NotFound):
			continue
		case err != nil:
			return err
		case volume.VMInstanceUUID != "" && volume.VMInstanceUUID != d.uuid:
			d.kept.Append(tfdiag.Caution(path.Empty(), fmt.Sprintf("Data volume %s was not deleted", uuid),
				fmt.Sprintf("It was cloned with %s, but is attached to the machine %s now", d.state.inWords(), volume.VMInstanceUUID)))

			continue
		}
		own = append(own, uuid)
		if volume.Status == zstack.VolumeDeleted {
			continue
		}
		if _, err := run(ctx, d.resource, func(ctx context.Context) (task.Handle[struct{}], error) {
			return d.resource.client.DeleteVolume(ctx, uuid)
		}); unlessGone(err) != nil {
			return err
		}
	}
	d.volumes = own

	return nil
}

func (d *destruction) expunge(ctx context.Context) error {
	_, err := run(ctx, d.resource, func(ctx context.Context) (task.Handle[struct{}], error) {
		return d.resource.client.ExpungeVM(ctx, d.uuid)
	})

	return err
}

func (d *destruction) expungeVolumes(ctx context.Context) error {
	for _, uuid := range d.volumes {
		if _, err := run(ctx, d.resource, func(ctx context.Context) (task.Handle[struct{}], error) {
			return d.resource.client.ExpungeVolume(ctx, uuid)
		}); unlessGone(err) != nil {
			return err
		}
	}

	return nil
}
