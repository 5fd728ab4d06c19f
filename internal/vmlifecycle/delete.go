package vmlifecycle

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// destroyAttempts bounds how often a VM that something else powers on again is switched off again.
const destroyAttempts = 3

// Delete powers the VM off and destroys it. It works from state alone (in a replacement there is no identity), and what is
// done already counts: a VM that is off or gone is fine.
func (l *Life[M]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state M
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	attributes := state.Common()
	timeout, diags := attributes.Timeouts.Delete(ctx, l.Timeouts.Delete)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	l.Session.Apply()
	bounded, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	if _, ok := l.VCenter(bounded, resp.Private, &resp.Diagnostics); !ok {
		return
	}

	id := attributes.ID.ValueString()
	if attributes.Pending() {
		found := l.resolve(bounded, resp.Private, state, true)
		switch found.Kind {
		case lifecycle.Resolved:
			id = found.Result
		case lifecycle.ResolvedNothing:
			return
		default:
			resp.Diagnostics.Append(state.Creation().DeleteUnresolved(found.Err))

			return
		}
	}

	known := vsphere.PowerState(attributes.PowerState.ValueString())
	if err := l.destroy(bounded, id, known, attributes.ShutdownTimeout.Or(l.Timeouts.Shutdown)); err != nil {
		op := state.Operation("destroy")
		op.Attributes, op.TimeoutAttribute = nil, lifecycle.DeleteTimeout
		resp.Diagnostics.Append(tfdiag.FromError(op, err))
	}
}

// destroy powers the VM off, if need be, and destroys it. It begins with what the state knows, which saves a request; a VM
// that can't be destroyed as it is is read and powered off.
func (m *Machines) destroy(ctx context.Context, id string, known vsphere.PowerState, patience time.Duration) error {
	if known == vsphere.PoweredOn {
		running := &vsphere.VirtualMachine{ID: id, PowerState: vsphere.PoweredOn, ToolsRunning: true}
		if err := m.powerOff(ctx, running, patience); err != nil {
			return unlessGone(err)
		}
	}
	for attempt := 1; ; attempt++ {
		err := m.Run(ctx, func(ctx context.Context) (task.Handle[struct{}], error) { return m.Client.Destroy(ctx, id) })
		if !apierr.Is(err, apierr.InvalidState) || attempt == destroyAttempts {
			return unlessGone(err)
		}
		vm, readErr := m.Client.VirtualMachine(ctx, id)
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
