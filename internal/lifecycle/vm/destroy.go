package vm

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// destroyAttempts bounds how often a VM is powered off again that something else powers on again.
const destroyAttempts = 3

// destroy powers the VM off, if need be, and destroys it. It begins with the power state that is known, and compares the VM's identity
// before each attempt but the first: a guest may take its time to shut down.
func (m *Machines) destroy(ctx context.Context, known Known, power vsphere.PowerState, patience time.Duration) error {
	if power == vsphere.PoweredOn {
		running := &vsphere.VirtualMachine{ID: known.ID, PowerState: vsphere.PoweredOn, ToolsRunning: true}
		if err := m.powerOff(ctx, running, patience); err != nil {
			return unlessGone(err)
		}
		if _, err := Confirm(ctx, m.Client, known, m.Client.VirtualMachine); err != nil {
			return unlessGone(err)
		}
	}
	for attempt := 1; ; attempt++ {
		err := m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.Destroy(ctx, known.ID) })
		if !apierr.Is(err, apierr.InvalidState) || attempt == destroyAttempts {
			return unlessGone(err)
		}
		vm, readErr := Confirm(ctx, m.Client, known, m.Client.VirtualMachine)
		if readErr != nil {
			return unlessGone(readErr)
		}
		if offErr := m.powerOff(ctx, vm, patience); offErr != nil {
			return unlessGone(offErr)
		}
	}
}

// unlessGone returns nil when err says that the VM does not exist.
func unlessGone(err error) error {
	if apierr.Is(err, apierr.NotFound) {
		return nil
	}

	return err
}
