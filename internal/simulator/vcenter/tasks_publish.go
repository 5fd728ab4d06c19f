package vcenter

import (
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// publishStart puts the vim25 Task into the inventory. The inventory must be locked for writing.
func (s *taskStore) publishStart(ctx *simulator.Context, record *taskRecord) {
	entity := record.entity
	task := simulator.CreateTask(entity, record.name, nil)
	task.Self = types.ManagedObjectReference{Type: "Task", Value: record.id}
	task.Info = types.TaskInfo{
		Key: record.id, Task: task.Self, Name: record.name, DescriptionId: record.description, Entity: &entity,
		EntityName: s.inventory.entityName(entity), State: types.TaskInfoStateRunning, Cancelable: true,
		Reason:    &types.TaskReasonUser{UserName: record.user},
		QueueTime: record.started, StartTime: new(record.started),
	}
	record.object = task
	s.inventory.registry.Put(task)
	if vm, ok := s.inventory.vm(entity); ok {
		s.events.post(ctx, &types.TaskEvent{Event: s.events.vmEvent(vm).Event, Info: task.Info})
	}
	if object, ok := s.inventory.registry.Get(entity).(mo.Entity); ok {
		// govmomi never removes a task from this list.
		const recent = 20
		s.inventory.registry.WithLock(ctx, object, func() {
			if list := object.Entity().RecentTask; len(list) > recent {
				object.Entity().RecentTask = append([]types.ManagedObjectReference(nil), list[len(list)-recent:]...)
			}
		})
	}
}

func (s *taskStore) publishProgress(ctx *simulator.Context, record *taskRecord) {
	s.mu.Lock()
	percent := int32(record.percent)
	s.mu.Unlock()
	s.inventory.registry.AtomicUpdate(ctx, record.object, []types.PropertyChange{{Name: "info.progress", Val: percent}})
}

func (s *taskStore) publishEnd(ctx *simulator.Context, record *taskRecord) {
	changes := []types.PropertyChange{
		{Name: "info.completeTime", Val: time.Now()},
		{Name: "info.state", Val: record.state},
		{Name: "info.cancelable", Val: false},
	}
	if record.problem != nil {
		changes = append(changes, types.PropertyChange{Name: "info.error", Val: *record.problem.localized()})
		if _, ok := record.problem.fault.(*types.RequestCanceled); ok {
			changes = append(changes, types.PropertyChange{Name: "info.cancelled", Val: true})
		}
	} else {
		changes = append(changes, types.PropertyChange{Name: "info.progress", Val: int32(100)})
		if record.result != nil {
			changes = append(changes, types.PropertyChange{Name: "info.result", Val: record.result})
		}
	}
	s.inventory.registry.AtomicUpdate(ctx, record.object, changes)
}

func faultName(fault types.BaseMethodFault) string {
	if fault == nil {
		return ""
	}

	return typeOf(fault)
}
