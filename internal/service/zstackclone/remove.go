package zstackclone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// Remove implements [lifecycle.Adapter]: it stops the VM, destroys it, deletes the data volumes that were cloned with it, and expunges all of
// that where the configuration says so. What is done already is no error, so that a destroy which stopped half-way goes on.
func (a *adapter) Remove(ctx context.Context, state model) (*model, diag.Diagnostics) {
	d := &destruction{
		adapter: a, state: state, uuid: state.ObjectID(), volumes: listed(state.DataVolumeUUIDs),
		volumesUnknown: state.DataVolumeUUIDs.IsNull() && state.Full.ValueBool(),
	}
	for _, step := range d.steps() {
		if err := unlessGone(step.do(ctx)); err != nil {
			op := state.Operation(step.action, lifecycle.DeleteTimeout)
			op.Attributes = nil

			return nil, diag.Diagnostics{tfdiag.FromError(op, err)}
		}
	}

	return nil, d.kept
}

// removal is one step of a destruction.
type removal struct {
	action string // in words, before the VM's name: "stop"
	do     func(ctx context.Context) error
}

// destruction is the end of one VM.
type destruction struct {
	*adapter

	state   model
	uuid    string
	volumes []string // the data volumes that were cloned with the VM
	// volumesUnknown says that the VM was never read, or only as a record: what is attached to a full clone that is more than that
	// is what was cloned with it.
	volumesUnknown bool
	kept           diag.Diagnostics // about volumes that are not deleted
}

// steps returns what has to be done, in this order. Each takes what is done already for done.
func (d *destruction) steps() []removal {
	steps := []removal{{"stop", d.stopVM}, {"destroy", d.destroy}}
	steps = append(steps, removal{"delete the data volumes of", d.deleteVolumes})
	if d.state.ExpungeOnDestroy.ValueBool() {
		steps = append(steps, removal{"expunge", d.expunge}, removal{"expunge the data volumes of", d.expungeVolumes})
	}

	return steps
}

func (d *destruction) stopVM(ctx context.Context) error {
	vm, err := d.client.VirtualMachine(ctx, d.uuid)
	if err != nil {
		return err
	}
	if d.volumesUnknown && vm.State != zstack.VMCreated {
		d.volumes = dataVolumes(vm)
	}
	if d.state.Strategy.ValueString() == string(zstack.StrategyJustCreate) && vm.State == zstack.VMCreated {
		return nil
	}
	_, err = d.powerOff(ctx, vm, d.state.ShutdownTimeout.Or(kind.Timeouts.Shutdown))

	return d.unlessDestroyed(ctx, err)
}

func (d *destruction) destroy(ctx context.Context) error {
	err := lifecycle.Again(ctx, whilePassing{}, func(ctx context.Context) error {
		_, err := run(ctx, d.adapter, func(ctx context.Context) (task.Handle[struct{}], error) {
			return d.client.DestroyVM(ctx, d.uuid, zstack.DeleteMode(d.state.DeleteMode.ValueString()))
		})

		return d.unlessPassing(ctx, d.uuid, err)
	})

	return d.unlessDestroyed(ctx, err)
}

// unlessDestroyed returns nil where a step failed on a VM that is in the recycle bin already.
func (d *destruction) unlessDestroyed(ctx context.Context, err error) error {
	if !apierr.Is(err, apierr.InvalidState) {
		return err
	}
	vm, readErr := d.client.VirtualMachine(ctx, d.uuid)
	if apierr.Is(readErr, apierr.NotFound) || readErr == nil && vm.State == zstack.VMDestroyed {
		return nil
	}

	return err
}

// deleteVolumes deletes those data volumes that are the VM's own. One that is attached to another VM by now is kept,
// with a warning: it is not ours any more.
func (d *destruction) deleteVolumes(ctx context.Context) error {
	var own []string
	for _, uuid := range d.volumes {
		volume, err := d.client.Volume(ctx, uuid)
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
		if _, err := run(ctx, d.adapter, func(ctx context.Context) (task.Handle[struct{}], error) {
			return d.client.DeleteVolume(ctx, uuid)
		}); unlessGone(err) != nil {
			return err
		}
	}
	d.volumes = own

	return nil
}

func (d *destruction) expunge(ctx context.Context) error {
	_, err := run(ctx, d.adapter, func(ctx context.Context) (task.Handle[struct{}], error) {
		return d.client.ExpungeVM(ctx, d.uuid)
	})

	return err
}

func (d *destruction) expungeVolumes(ctx context.Context) error {
	for _, uuid := range d.volumes {
		if _, err := run(ctx, d.adapter, func(ctx context.Context) (task.Handle[struct{}], error) {
			return d.client.ExpungeVolume(ctx, uuid)
		}); unlessGone(err) != nil {
			return err
		}
	}

	return nil
}
