package zstacksnapshot

import (
	"context"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// whileUnready retries while the VM is busy or in a state that passes by itself. A VM that has just left such a state when it is asked
// gets one more attempt.
type whileUnready struct {
	client client
	vmUUID string
	resent bool
}

// Worth implements [lifecycle.Retry].
func (w *whileUnready) Worth(ctx context.Context, err error) bool {
	switch {
	case errors.Is(err, task.ErrUnfinished):
		return false
	case apierr.Is(err, apierr.Busy):
		return true
	case !apierr.Is(err, apierr.InvalidState):
		return false
	}
	found, readErr := w.client.VirtualMachine(ctx, w.vmUUID)
	switch {
	case readErr != nil:
		return false
	case found.State.Passing():
		w.resent = false

		return true
	default:
		first := !w.resent
		w.resent = true

		return first && snapshotable(found.State)
	}
}

// orLostOnce retries as whileUnready does, and once after an answer or a job was lost: for what may be repeated.
type orLostOnce struct {
	whileUnready

	again bool
}

// Worth implements [lifecycle.Retry].
func (o *orLostOnce) Worth(ctx context.Context, err error) bool {
	if !o.again && (apierr.IsAnswerLost(err) || errors.Is(err, task.ErrUnknown)) {
		o.again = true

		return true
	}

	return o.whileUnready.Worth(ctx, err)
}

func (a *adapter) orLost(of model) lifecycle.Retry {
	return &orLostOnce{whileUnready: whileUnready{client: a.client, vmUUID: of.VMUUID.ValueString()}}
}

func (a *adapter) tasks() lifecycle.Tasks { return lifecycle.Tasks{Logger: a.logger} }

// snapshotable reports whether ZStack takes snapshots of a VM in the state.
func snapshotable(state zstack.VMState) bool {
	return state == zstack.VMRunning || state == zstack.VMStopped || state == zstack.VMPaused
}
