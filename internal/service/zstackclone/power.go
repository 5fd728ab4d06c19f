package zstackclone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// run starts one job and sees it through. It tries again while the VM is busy, and starts a job whose request may never have arrived once
// more, which every step of this package can take.
func run[T any](ctx context.Context, a *adapter, start func(ctx context.Context) (task.Handle[T], error)) (T, error) {
	return lifecycle.RunTask(ctx, lifecycle.Tasks{Logger: a.logger}, &busyOrLost{}, start)
}

// busyOrLost retries as long as the VM is busy, and once where the answer or sight of the job was lost.
type busyOrLost struct {
	lifecycle.BusyOrLostOnce

	again bool
}

// Worth implements [lifecycle.Retry].
func (b *busyOrLost) Worth(ctx context.Context, err error) bool {
	if errors.Is(err, task.ErrUnknown) && !b.again {
		b.again = true

		return true
	}

	return b.BusyOrLostOnce.Worth(ctx, err)
}

// onVM runs one job on a VM, which is waited for while it is in a state that passes.
func (a *adapter) onVM(
	ctx context.Context, uuid string, start func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error),
) (*zstack.VirtualMachine, error) {
	var vm zstack.VirtualMachine
	err := lifecycle.Again(ctx, whilePassing{}, func(ctx context.Context) error {
		var err error
		vm, err = run(ctx, a, start)

		return a.unlessPassing(ctx, uuid, err)
	})

	return &vm, err
}

// errPassing is in the chain of an error that the VM's state explains, which passes.
var errPassing = errors.New("the VM's state is one that passes")

// whilePassing retries while the VM is in a state that passes.
type whilePassing struct{}

// Worth implements [lifecycle.Retry].
func (whilePassing) Worth(_ context.Context, err error) bool { return errors.Is(err, errPassing) }

// unlessPassing marks an error about a VM's state as one that passes, where that is so.
func (a *adapter) unlessPassing(ctx context.Context, uuid string, err error) error {
	if !apierr.Is(err, apierr.InvalidState) || errors.Is(err, task.ErrUnfinished) {
		return err
	}
	vm, readErr := a.client.VirtualMachine(ctx, uuid)
	if readErr != nil || !vm.State.Passing() {
		return err
	}

	return errors.Join(err, errPassing)
}

// update changes the VM's name or description.
func (a *adapter) update(ctx context.Context, uuid string, change zstack.VMUpdate) (*zstack.VirtualMachine, error) {
	return a.onVM(ctx, uuid, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		return a.client.UpdateVM(ctx, uuid, change)
	})
}

// power brings the VM into the wanted power state and returns it as it is then. One that is there already is no error.
func (a *adapter) power(
	ctx context.Context, vm *zstack.VirtualMachine, on bool, patience time.Duration,
) (*zstack.VirtualMachine, error) {
	if on {
		return a.powerOn(ctx, vm)
	}

	return a.powerOff(ctx, vm, patience)
}

// powerOn starts the VM, or resumes a paused one.
func (a *adapter) powerOn(ctx context.Context, vm *zstack.VirtualMachine) (*zstack.VirtualMachine, error) {
	if vm.State == zstack.VMRunning {
		return vm, nil
	}
	start := a.client.StartVM
	if vm.State == zstack.VMPaused {
		start = a.client.ResumeVM
	}
	started, err := a.onVM(ctx, vm.UUID, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		return start(ctx, vm.UUID)
	})

	return a.unlessIn(ctx, vm.UUID, zstack.VMRunning, started, err)
}

// powerOff asks the guest to shut down and gives it time; then it stops the VM hard.
func (a *adapter) powerOff(
	ctx context.Context, vm *zstack.VirtualMachine, patience time.Duration,
) (*zstack.VirtualMachine, error) {
	if isOff(vm.State) {
		return vm, nil
	}
	if vm.State == zstack.VMRunning {
		if stopped, ok := a.shutDown(ctx, vm.UUID, patience); ok {
			return stopped, nil
		}
	}
	stopped, err := a.stop(ctx, vm.UUID, zstack.StopCold)

	return a.unlessIn(ctx, vm.UUID, zstack.VMStopped, stopped, err)
}

// isIn reports whether a VM in the state needs no power operation to be on or off.
func isIn(state zstack.VMState, on bool) bool {
	if on {
		return state == zstack.VMRunning
	}

	return isOff(state)
}

// isOff reports whether there is nothing to stop.
func isOff(state zstack.VMState) bool {
	return state == zstack.VMStopped || state == zstack.VMCreated || gone(state)
}

// guestLimit is how long a guest gets when ZStack stops a machine gracefully, before ZStack stops it hard: no setting and no other call of its API
// gives a guest more.
const guestLimit = 60 * time.Second

// stopLimit bounds the wait for a graceful stop that ends by itself: after guestLimit ZStack needs up to as long again to stop the machine
// hard.
const stopLimit = 3 * guestLimit

// patienceWarning warns of a shutdown_timeout that ZStack does not keep to.
func (m model) patienceWarning() diag.Diagnostics {
	if m.ShutdownTimeout.Or(0) <= guestLimit {
		return nil
	}

	return diag.Diagnostics{tfdiag.Caution(path.Root("shutdown_timeout"), "ZStack gives a guest 60 seconds to shut down",
		fmt.Sprintf("A graceful stop asks the guest to shut down, waits 60 seconds, and then stops the machine hard. No setting of ZStack changes that, so "+
			"that %q gives the guest no more time. Set it to 60s, or shut a guest that needs longer down yourself before", m.ShutdownTimeout.ValueString()))}
}

// shutDown asks the guest to shut down and reports whether it did in time. Where it did not, for any reason, the VM can be
// stopped hard.
func (a *adapter) shutDown(ctx context.Context, uuid string, patience time.Duration) (*zstack.VirtualMachine, bool) {
	if patience >= guestLimit {
		patience = stopLimit // ZStack itself ends it; a second stop while it does so would only fail
	}
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	stopped, err := a.stop(bounded, uuid, zstack.StopGrace)
	stopped, err = a.unlessIn(ctx, uuid, zstack.VMStopped, stopped, err)
	if err != nil {
		a.logger.WarnContext(ctx, "The guest did not shut down", "vm_uuid", uuid, "error", err.Error())
	}

	return stopped, err == nil
}

func (a *adapter) stop(ctx context.Context, uuid string, how zstack.StopType) (*zstack.VirtualMachine, error) {
	return a.onVM(ctx, uuid, func(ctx context.Context) (task.Handle[zstack.VirtualMachine], error) {
		return a.client.StopVM(ctx, uuid, how)
	})
}

// unlessIn returns the VM without an error when a power operation failed because something else has brought the VM into the
// wanted state.
func (a *adapter) unlessIn(
	ctx context.Context, uuid string, wanted zstack.VMState, after *zstack.VirtualMachine, err error,
) (*zstack.VirtualMachine, error) {
	if !apierr.Is(err, apierr.InvalidState) {
		return after, err
	}
	vm, readErr := a.client.VirtualMachine(ctx, uuid)
	if readErr == nil && vm.State == wanted {
		return vm, nil
	}

	return after, err
}
