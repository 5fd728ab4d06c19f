package vsphereclone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// run starts one task and sees it through, within the limit of concurrent tasks. An object that is busy is tried again
// until ctx ends; a request whose answer was lost is sent once more, which every task but a clone can take. A task that
// can't be waited for any longer is asked to cancel; when it succeeds all the same, so does the step.
func (r *cloneResource) run(ctx context.Context, start func(ctx context.Context) (task.Handle[struct{}], error)) error {
	resent := false
	worth := func(err error) bool {
		if apierr.IsAnswerLost(err) && !resent {
			resent = true

			return true
		}

		return apierr.Is(err, apierr.Busy) && !errors.Is(err, task.ErrUnfinished)
	}

	return again(ctx, worth, func(ctx context.Context) error {
		release, err := r.client.AcquireTaskSlot(ctx)
		if err != nil {
			return err
		}
		defer release()

		handle, err := start(ctx)
		if err != nil {
			return err
		}
		_, err = task.Wait(ctx, handle, task.WithLogger(r.logger))
		if errors.Is(err, task.ErrUnfinished) && ctx.Err() != nil {
			return r.settle(ctx, handle, err)
		}

		return err
	})
}

// settle asks to cancel a task that can't be waited for any longer, and returns what became of the step. unfinished is the
// error of the wait, which counts when nobody knows.
func (r *cloneResource) settle(ctx context.Context, handle task.Handle[struct{}], unfinished error) error {
	_, outcome, err := task.Settle(ctx, handle, interruptGrace, task.WithLogger(r.logger))
	switch {
	case outcome == task.Adopted:
		return nil
	case outcome == task.Unsettled:
		return unfinished
	case err != nil:
		return err
	default:
		return fmt.Errorf("task %s was cancelled: %w", handle.ID(), ctx.Err())
	}
}

// powerOn powers the VM on. A VM that runs already is fine.
func (r *cloneResource) powerOn(ctx context.Context, id string) error {
	err := r.run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return r.client.PowerOn(ctx, id) })

	return r.unlessIn(ctx, id, vsphere.PoweredOn, err)
}

// powerOff shuts the guest down where VMware Tools run and gives it time; then, and without Tools at once, it switches the
// VM off. A VM that is off already is fine.
func (r *cloneResource) powerOff(ctx context.Context, vm *vsphere.VirtualMachine, patience time.Duration) error {
	if vm.PowerState == vsphere.PoweredOff {
		return nil
	}
	if vm.PowerState == vsphere.PoweredOn && vm.ToolsRunning && r.shutDown(ctx, vm.ID, patience) {
		return nil
	}

	return r.switchOff(ctx, vm.ID)
}

// shutDown asks the guest to shut down and reports whether it did in time. Whatever keeps it from that, the VM can be
// switched off hard.
func (r *cloneResource) shutDown(ctx context.Context, id string, patience time.Duration) bool {
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err := r.client.ShutdownGuest(bounded, id)
	if err == nil {
		err = r.client.WaitForPowerState(bounded, id, vsphere.PoweredOff)
	}
	if err != nil {
		r.logger.WarnContext(ctx, "The guest did not shut down", "vm_id", id, "error", err.Error())
	}

	return err == nil
}

// switchOff powers the VM off hard.
func (r *cloneResource) switchOff(ctx context.Context, id string) error {
	err := r.run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return r.client.PowerOff(ctx, id) })

	return r.unlessIn(ctx, id, vsphere.PoweredOff, err)
}

// unlessIn returns nil when a power operation failed because something else has brought the VM into the wanted state.
func (r *cloneResource) unlessIn(ctx context.Context, id string, wanted vsphere.PowerState, err error) error {
	if !apierr.Is(err, apierr.InvalidState) {
		return err
	}
	vm, readErr := r.client.VirtualMachine(ctx, id)
	if readErr == nil && vm.PowerState == wanted {
		return nil
	}

	return err
}

// awaitGuestIP waits for an address as long as wait_for_guest_ip says, and puts it into state. It does nothing where the
// configuration does not ask for it.
func (r *cloneResource) awaitGuestIP(ctx context.Context, state *model) error {
	patience := state.WaitForGuestIP.Or(0)
	if patience == 0 {
		return nil
	}
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	ips, err := r.client.WaitForGuestIP(bounded, state.ID.ValueString())
	if err != nil {
		return err
	}
	state.GuestIPAddresses = addresses(ips)

	return nil
}
