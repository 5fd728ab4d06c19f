package vsphere

import (
	"context"
	"sync/atomic"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// taskProgress is the percentage that vCenter tells of a task, as far as it does.
const taskProgress = "info.progress"

// resumedTask is a task that another process started: how it stands is news, even when it still runs.
type resumedTask[T any] struct {
	*vimHandle[T]

	told atomic.Bool
}

// Next tells first how the task stands, and then blocks until it ends, as [vimHandle.Next] does.
func (r *resumedTask[T]) Next(ctx context.Context) (task.Update[T], error) {
	if !r.told.Swap(true) {
		if percent, runs := r.client.runningTask(ctx, r.ref); runs {
			return task.Update[T]{State: task.StateRunning, Percent: percent}, nil
		}
	}

	return r.vimHandle.Next(ctx)
}

// runningTask returns how far a running task is, in percent or -1, and false when it does not run or can't be asked about.
func (s *session) runningTask(ctx context.Context, ref types.ManagedObjectReference) (int, bool) {
	all, err := s.retrieve(ctx, ref.Value, types.PropertyFilterSpec{
		PropSet:   []types.PropertySpec{{Type: taskType, PathSet: []string{taskState, taskProgress}}},
		ObjectSet: []types.ObjectSpec{{Obj: ref}},
	})
	if err != nil {
		return 0, false
	}
	for _, p := range all {
		state := get[types.TaskInfoState](p, taskState)
		if p.ref != ref || state != types.TaskInfoStateQueued && state != types.TaskInfoStateRunning {
			continue
		}
		if percent, ok := p.values[taskProgress].(int32); ok {
			return int(percent), true
		}

		return -1, true
	}

	return 0, false
}
