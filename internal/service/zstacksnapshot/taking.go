package zstacksnapshot

import (
	"context"
	"errors"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// fate is what became of a snapshot group.
type fate = lifecycle.Fate[zstack.SnapshotGroup]

// take takes the planned group and sees it through, when it is its turn on the VM. ctx is the CLI's: cancelled when the user
// interrupts. bounded descends from it and ends with timeouts.create. What was refused since something else works on the VM is
// asked again as long as there is time: a refusal proves that nothing came to be, so the uuid is still free.
func (r *snapshotResource) take(ctx, bounded context.Context, spec zstack.SnapshotGroupSpec, vmUUID string) fate {
	leave, err := r.session.queues.Enter(bounded, vmUUID)
	if err != nil {
		return fate{Err: err}
	}
	defer leave()

	making := lifecycle.Making[zstack.SnapshotGroup]{
		Search: *r.search(spec.ResourceUUID),
		Start: func(ctx context.Context) (task.Handle[zstack.SnapshotGroup], error) {
			return r.client.CreateSnapshotGroup(ctx, spec)
		},
	}

	return making.RunWhile(ctx, bounded, r.waiting(bounded, vmUUID))
}

// search says how to look for the group: by its uuid, which nobody else has.
func (r *snapshotResource) search(uuid string) *lifecycle.Search[zstack.SnapshotGroup] {
	return &lifecycle.Search[zstack.SnapshotGroup]{
		Logger: r.logger,
		Task:   r.client.SnapshotGroupJob,
		Find: func(ctx context.Context, _ string) (lifecycle.Finding[zstack.SnapshotGroup], error) {
			group, err := r.client.SnapshotGroup(ctx, uuid)
			switch {
			case apierr.Is(err, apierr.NotFound):
				return lifecycle.Finding[zstack.SnapshotGroup]{}, nil
			case err != nil:
				return lifecycle.Finding[zstack.SnapshotGroup]{}, err
			default:
				return lifecycle.Finding[zstack.SnapshotGroup]{Found: true, Result: *group}, nil
			}
		},
		There: func(ctx context.Context, _ string) (zstack.SnapshotGroup, bool) {
			group, err := r.client.SnapshotGroup(ctx, uuid)
			if err != nil {
				return zstack.SnapshotGroup{}, false
			}

			return *group, true
		},
		Leaves: func(err error) bool { return !apierr.Is(err, apierr.Cancelled, apierr.InvalidArgument, apierr.Denied) },
	}
}

// waiting judges what is worth another attempt: what is busy, and a VM in a state that passes by itself. A VM that has just left
// such a state when it is asked about gets one more attempt.
func (r *snapshotResource) waiting(ctx context.Context, vmUUID string) func(err error) bool {
	resent := false

	return func(err error) bool {
		switch {
		case errors.Is(err, task.ErrUnfinished):
			return false
		case apierr.Is(err, apierr.Busy):
			return true
		case !apierr.Is(err, apierr.InvalidState):
			return false
		}
		vm, readErr := r.client.VirtualMachine(ctx, vmUUID)
		switch {
		case readErr != nil:
			return false
		case vm.State.Passing():
			resent = false

			return true
		default:
			first := !resent
			resent = true

			return first && snapshotable(vm.State)
		}
	}
}

// steps run jobs that change a group of the VM. What was refused since something else works on the VM is tried again; what was
// lost sight of is tried once more, which does no harm.
func (r *snapshotResource) steps(ctx context.Context, vmUUID string) lifecycle.Steps {
	return lifecycle.Steps{
		Logger: r.logger,
		Worth:  func() func(err error) bool { return r.waitingOrLostOnce(ctx, vmUUID) },
	}
}

// waitingOrLostOnce is waiting, and one more attempt after an answer that was lost or a job that nobody knows.
func (r *snapshotResource) waitingOrLostOnce(ctx context.Context, vmUUID string) func(err error) bool {
	waiting, resent := r.waiting(ctx, vmUUID), false

	return func(err error) bool {
		if !resent && (apierr.IsAnswerLost(err) || errors.Is(err, task.ErrUnknown)) {
			resent = true

			return true
		}

		return waiting(err)
	}
}

// snapshotable reports whether ZStack takes snapshots of a VM in the state.
func snapshotable(state zstack.VMState) bool {
	return state == zstack.VMRunning || state == zstack.VMStopped || state == zstack.VMPaused
}
