package vmlifecycle

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Run starts one task and sees it through, within the limit of concurrent tasks. An object that is busy is tried again
// until ctx ends; a request whose answer was lost is sent once more, which every task but a making can take. A task that
// can't be waited for any longer is asked to cancel; when it succeeds all the same, so does the step.
func (m *Machines) Run(ctx context.Context, start func(ctx context.Context) (task.Handle[struct{}], error)) error {
	steps := lifecycle.Steps{Logger: m.Logger, Slot: m.Client.AcquireTaskSlot, Worth: lifecycle.BusyOrLostOnce}
	_, err := lifecycle.RunStep(ctx, steps, start)

	return err
}

// powerOn powers the VM on. A VM that runs already is fine.
func (m *Machines) powerOn(ctx context.Context, id string) error {
	err := m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.PowerOn(ctx, id) })

	return m.unlessIn(ctx, id, vsphere.PoweredOn, err)
}

// powerOff shuts the guest down where VMware Tools run and gives it time; then, and without Tools at once, it switches the
// VM off. A VM that is off already is fine.
func (m *Machines) powerOff(ctx context.Context, vm *vsphere.VirtualMachine, patience time.Duration) error {
	if vm.PowerState == vsphere.PoweredOff {
		return nil
	}
	if vm.PowerState == vsphere.PoweredOn && vm.ToolsRunning && m.shutDown(ctx, vm.ID, patience) {
		return nil
	}

	return m.switchOff(ctx, vm.ID)
}

// shutDown asks the guest to shut down and reports whether it did in time. Whatever keeps it from that, the VM can be
// switched off hard.
func (m *Machines) shutDown(ctx context.Context, id string, patience time.Duration) bool {
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err := m.Client.ShutdownGuest(bounded, id)
	if err == nil {
		err = m.Client.WaitForPowerState(bounded, id, vsphere.PoweredOff)
	}
	if err != nil {
		m.Logger.WarnContext(ctx, "The guest did not shut down", "vm_id", id, "error", err.Error())
	}

	return err == nil
}

// switchOff powers the VM off hard.
func (m *Machines) switchOff(ctx context.Context, id string) error {
	err := m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.PowerOff(ctx, id) })

	return m.unlessIn(ctx, id, vsphere.PoweredOff, err)
}

// unlessIn returns nil when a power operation failed because something else has brought the VM into the wanted state.
func (m *Machines) unlessIn(ctx context.Context, id string, wanted vsphere.PowerState, err error) error {
	if !apierr.Is(err, apierr.InvalidState) {
		return err
	}
	vm, readErr := m.Client.VirtualMachine(ctx, id)
	if readErr == nil && vm.PowerState == wanted {
		return nil
	}

	return err
}

// awaitGuestIP waits for an address as long as wait_for_guest_ip says, and notes it of the VM. It does nothing where the
// configuration does not ask for it.
func (m *Machines) awaitGuestIP(ctx context.Context, plan Attributes, vm *vsphere.VirtualMachine) error {
	patience := plan.WaitForGuestIP.Or(0)
	if patience == 0 {
		return nil
	}
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	ips, err := m.Client.WaitForGuestIP(bounded, vm.ID)
	if err != nil {
		return err
	}
	vm.GuestIPAddresses = ips

	return nil
}
