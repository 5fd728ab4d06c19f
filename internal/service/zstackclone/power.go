package zstackclone

import (
	"context"
	"errors"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// run starts one job and sees it through. A VM that is busy is tried again until ctx ends; a job whose request may never have
// arrived is started once more, which every step of this package can take.
func run[T any](ctx context.Context, r *cloneResource, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	return lifecycle.RunStep(ctx, lifecycle.Steps{Logger: r.logger, Worth: worthRepeating}, start)
}

// worthRepeating judges what is worth another attempt: as long as the VM is busy, and once where the answer or sight of the job
// was lost.
func worthRepeating() func(err error) bool {
	resent, busyOrLost := false, lifecycle.BusyOrLostOnce()

	return func(err error) bool {
		if errors.Is(err, task.ErrUnknown) && !resent {
			resent = true

			return true
		}

		return busyOrLost(err)
	}
}

// onVM runs one job on a VM, which is waited for while it is in a state that passes.
func (r *cloneResource) onVM(
	ctx context.Context, uuid string, start func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error),
) (*zstack.VirtualMachine, error) {
	var vm zstack.VirtualMachine
	err := lifecycle.Again(ctx, isPassing, func(ctx context.Context) error {
		var err error
		vm, err = run(ctx, r, start)

		return r.unlessPassing(ctx, uuid, err)
	})

	return &vm, err
}

// errPassing is in the chain of an error that the VM's state explains, which passes.
var errPassing = errors.New("the VM's state is one that passes")

func isPassing(err error) bool { return errors.Is(err, errPassing) }

// unlessPassing marks an error about a VM's state as one that passes, where that is so.
func (r *cloneResource) unlessPassing(ctx context.Context, uuid string, err error) error {
	if !apierr.Is(err, apierr.InvalidState) || errors.Is(err, task.ErrUnfinished) {
		return err
	}
	vm, readErr := r.client.VirtualMachine(ctx, uuid)
	if readErr != nil || !vm.State.Passing() {
		return err
	}

	return errors.Join(err, errPassing)
}

// update changes the VM's name or description.
func (r *cloneResource) update(ctx context.Context, uuid string, change zstack.VMUpdate) (*zstack.VirtualMachine, error) {
	return r.onVM(ctx, uuid, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		return r.client.UpdateVM(ctx, uuid, change)
	})
}

// power brings the VM into the wanted power state and returns it as it is then. One that is there already is fine.
func (r *cloneResource) power(
	ctx context.Context, vm *zstack.VirtualMachine, on bool, patience time.Duration,
) (*zstack.VirtualMachine, error) {
	if on {
		return r.powerOn(ctx, vm)
	}

	return r.powerOff(ctx, vm, patience)
}

// powerOn starts the VM, or resumes a paused one.
func (r *cloneResource) powerOn(ctx context.Context, vm *zstack.VirtualMachine) (*zstack.VirtualMachine, error) {
	if vm.State == zstack.VMRunning {
		return vm, nil
	}
	start := r.client.StartVM
	if vm.State == zstack.VMPaused {
		start = r.client.ResumeVM
	}
	started, err := r.onVM(ctx, vm.UUID, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		return start(ctx, vm.UUID)
	})

	return r.unlessIn(ctx, vm.UUID, zstack.VMRunning, started, err)
}

// powerOff asks the guest to shut down and gives it time; then it pulls the plug.
func (r *cloneResource) powerOff(
	ctx context.Context, vm *zstack.VirtualMachine, patience time.Duration,
) (*zstack.VirtualMachine, error) {
	if isOff(vm.State) {
		return vm, nil
	}
	if vm.State == zstack.VMRunning {
		if stopped, ok := r.shutDown(ctx, vm.UUID, patience); ok {
			return stopped, nil
		}
	}
	stopped, err := r.stop(ctx, vm.UUID, zstack.StopCold)

	return r.unlessIn(ctx, vm.UUID, zstack.VMStopped, stopped, err)
}

// isOff reports whether there is nothing to stop.
func isOff(state zstack.VMState) bool {
	return state == zstack.VMStopped || state == zstack.VMCreated || gone(state)
}

// shutDown asks the guest to shut down and reports whether it did in time. Whatever keeps it from that, the plug can be
// pulled.
func (r *cloneResource) shutDown(ctx context.Context, uuid string, patience time.Duration) (*zstack.VirtualMachine, bool) {
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	stopped, err := r.stop(bounded, uuid, zstack.StopGrace)
	stopped, err = r.unlessIn(ctx, uuid, zstack.VMStopped, stopped, err)
	if err != nil {
		r.logger.WarnContext(ctx, "The guest did not shut down", "vm_uuid", uuid, "error", err.Error())
	}

	return stopped, err == nil
}

func (r *cloneResource) stop(ctx context.Context, uuid string, how zstack.StopType) (*zstack.VirtualMachine, error) {
	return r.onVM(ctx, uuid, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		return r.client.StopVM(ctx, uuid, how)
	})
}

// unlessIn returns the VM without an error when a power operation failed because something else has brought the VM into the
// wanted state.
func (r *cloneResource) unlessIn(
	ctx context.Context, uuid string, wanted zstack.VMState, after *zstack.VirtualMachine, err error,
) (*zstack.VirtualMachine, error) {
	if !apierr.Is(err, apierr.InvalidState) {
		return after, err
	}
	vm, readErr := r.client.VirtualMachine(ctx, uuid)
	if readErr == nil && vm.State == wanted {
		return vm, nil
	}

	return after, err
}
