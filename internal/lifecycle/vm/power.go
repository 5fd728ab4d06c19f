package vm

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Run starts one task and sees it through, within the limit of concurrent tasks. It tries again while the object is busy, and sends a
// request whose answer was lost once more, which every task but a creation can take.
func (m *Machines) Run(ctx context.Context, start func(ctx context.Context) (task.Handle[struct{}], error)) error {
	tasks := lifecycle.Tasks{Logger: m.Logger, Slot: m.Client.AcquireTaskSlot}
	_, err := lifecycle.RunTask(ctx, tasks, &lifecycle.BusyOrLostOnce{}, start)

	return err
}

// powerOn powers the VM on. A VM that runs already is no error.
func (m *Machines) powerOn(ctx context.Context, id string) error {
	err := m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.PowerOn(ctx, id) })

	return m.unlessIn(ctx, id, vsphere.PoweredOn, err)
}

// PowerOff shuts the guest down where VMware Tools run and gives it time; then, and without Tools at once, it powers the VM off
// hard. A VM that is off already is no error.
func (m *Machines) PowerOff(ctx context.Context, vm *vsphere.VirtualMachine, patience time.Duration) error {
	if vm.PowerState == vsphere.PoweredOff {
		return nil
	}
	if vm.PowerState == vsphere.PoweredOn && vm.ToolsRunning {
		if off, _ := m.shutDown(ctx, vm.ID, patience); off {
			return nil
		}
	}

	return m.switchOff(ctx, vm.ID)
}

// shutDown asks the guest to shut down. It reports whether it did in time, and whether it was asked at all. Where it did not, for any
// reason, the VM can be powered off hard.
func (m *Machines) shutDown(ctx context.Context, id string, patience time.Duration) (off, asked bool) {
	bounded, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err := m.Client.ShutdownGuest(bounded, id)
	if asked = err == nil; asked {
		err = m.Client.WaitForPowerState(bounded, id, vsphere.PoweredOff)
	}
	if err != nil {
		m.Logger.WarnContext(ctx, "The guest did not shut down", "vm_id", id, "error", err.Error())
	}

	return err == nil, asked
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

// runsFact is the fact of [lifecycle.Shared] that a plan has the VM running.
func runsFact(vmID string) string { return "runs " + vmID }

// PlanPower notes how a plan leaves a VM that is in state. The CLI plans and applies it before what is created from it, so its present
// power says little about what it will be then.
func (m *Machines) PlanPower(vmID string, on types.Bool) {
	m.Shared.Tell(runsFact(vmID), on.ValueBool())
}

// WillRun reports whether a resource of the same configuration sees to it that the VM runs.
func (m *Machines) WillRun(vmID string) bool {
	runs, planned := m.Shared.Told(runsFact(vmID))

	return planned && runs
}
