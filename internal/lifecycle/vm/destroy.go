package vm

import (
	"context"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// destroyAttempts bounds how often a VM is powered off and destroyed again that something else powers on, or registers once more.
const destroyAttempts = 3

// destroy powers the VM off, if need be, and destroys it. It begins with the id and the power state that were compared just before. After
// a failure it compares the VM's identity again: a VM that its id does not name any more may have another one, and only one that is found
// nowhere is gone.
func (m *Machines) destroy(ctx context.Context, known Known, power vsphere.PowerState, patience time.Duration) error {
	present := &vsphere.VirtualMachine{ID: known.ID, PowerState: vsphere.PoweredOff}
	if power == vsphere.PoweredOn {
		present.PowerState, present.ToolsRunning = power, true
	}
	for attempt := 1; ; attempt++ {
		err := m.attemptDestroy(ctx, known, present, patience)
		if !apierr.Is(err, apierr.InvalidState) && !apierr.Is(err, apierr.NotFound) {
			return err
		}
		now, readErr := Confirm(ctx, m.Client, known, m.Client.VirtualMachine)
		switch {
		case apierr.Is(readErr, apierr.NotFound):
			return nil
		case readErr != nil:
			return readErr
		case attempt == destroyAttempts:
			return err
		}
		present, known.ID = now, now.ID
	}
}

// attemptDestroy powers the VM off and destroys it, under the id that it had when it was read. A guest that was given its time and did not
// shut down has its VM's identity compared before it is powered off hard.
func (m *Machines) attemptDestroy(
	ctx context.Context, known Known, present *vsphere.VirtualMachine, patience time.Duration,
) error {
	off := present.PowerState == vsphere.PoweredOff
	if present.PowerState == vsphere.PoweredOn && present.ToolsRunning {
		var asked bool
		if off, asked = m.shutDown(ctx, present.ID, patience); asked && !off {
			now, err := Confirm(ctx, m.Client, known, m.Client.VirtualMachine)
			if err != nil {
				return err
			}
			present, off = now, now.PowerState == vsphere.PoweredOff
		}
	}
	if !off {
		if err := m.switchOff(ctx, present.ID); err != nil {
			return err
		}
	}

	return m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.Destroy(ctx, present.ID) })
}
