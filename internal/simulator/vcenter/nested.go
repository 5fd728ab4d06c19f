package vcenter

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// nestedTasks are the tasks that govmomi's own methods start inside an effect of ours. Nobody else sees them.
type nestedTasks struct {
	mu      sync.Mutex
	waiting map[types.ManagedObjectReference]chan struct{}
	adopted []*simulator.Task // since the last effect
	working sync.WaitGroup    // the adopted tasks whose work goes on
}

// adopt takes a task of govmomi's, which is about to start, into the list of those that an effect has to wait for: they
// start tasks of their own (a VM's destruction deletes its files) that nobody else waits for. Our own tasks have no work
// in govmomi's sense.
func (n *nestedTasks) adopt(task *simulator.Task) {
	if task.Execute == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.adopted = append(n.adopted, task)
	n.working.Add(1)
	guardTask(task, n.working.Done)
}

// stockMethods calls govmomi's own methods and waits for the tasks that they start.
type stockMethods struct {
	inventory *inventory
	nested    nestedTasks
}

// methods are the vim25 methods that are answered here.
func (s *stockMethods) methods() map[string]method {
	return map[string]method{
		"VirtualMachine.ResetVM_Task":     {task: s.planStock, response: types.ResetVM_TaskResponse{}},
		"VirtualMachine.CustomizeVM_Task": {task: s.planStock, response: types.CustomizeVM_TaskResponse{}},
		"*.Destroy_Task":                  {task: s.planStock, response: types.Destroy_TaskResponse{}},
	}
}

// awaitGrandchildren waits until no task of govmomi's works any more, and removes those that nobody asked for. The world
// must be held alone.
func (s *stockMethods) awaitGrandchildren(ctx *simulator.Context) {
	s.nested.working.Wait()
	s.nested.mu.Lock()
	adopted := s.nested.adopted
	s.nested.adopted = nil
	s.nested.mu.Unlock()
	for _, task := range adopted {
		if info := s.nestedInfo(task); s.inventory.registry.Get(info.Task) != nil {
			s.inventory.removeTask(ctx, info.Task, info.Entity)
		}
	}
}

func (n *nestedTasks) register(ref types.ManagedObjectReference) <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.waiting == nil {
		n.waiting = map[types.ManagedObjectReference]chan struct{}{}
	}
	signal := make(chan struct{}, 1)
	n.waiting[ref] = signal

	return signal
}

func (n *nestedTasks) forget(ref types.ManagedObjectReference) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.waiting, ref)
}

func (n *nestedTasks) signal(ref types.ManagedObjectReference) {
	n.mu.Lock()
	defer n.mu.Unlock()
	select {
	case n.waiting[ref] <- struct{}{}:
	default:
	}
}

// awaitNested waits for the end of a task of govmomi's and removes it. The world must be held alone.
func (s *stockMethods) awaitNested(ctx *simulator.Context, ref types.ManagedObjectReference) (types.AnyType, *problem) {
	task, ok := s.inventory.registry.Get(ref).(*simulator.Task)
	if !ok {
		return nil, notFound(ref)
	}
	signal := s.nested.register(ref)
	defer s.nested.forget(ref)
	for {
		info := s.nestedInfo(task)
		switch info.State {
		case types.TaskInfoStateSuccess:
			s.inventory.removeTask(ctx, ref, info.Entity)

			return info.Result, nil
		case types.TaskInfoStateError:
			s.inventory.removeTask(ctx, ref, info.Entity)

			return nil, fromFault(info.Error.Fault, info.Error.LocalizedMessage)
		default:
			<-signal
		}
	}
}

func (s *stockMethods) nestedInfo(task *simulator.Task) types.TaskInfo {
	var info types.TaskInfo
	s.inventory.registry.WithLock(&simulator.Context{Map: s.inventory.registry}, task, func() { info = task.Info })

	return info
}

// removeTask removes a task from the registry and from the lists of recent tasks.
func (s *inventory) removeTask(ctx *simulator.Context, ref types.ManagedObjectReference, entity *types.ManagedObjectReference) {
	s.registry.Remove(ctx, ref)
	if manager, ok := s.registry.Get(types.ManagedObjectReference{Type: "TaskManager", Value: "TaskManager"}).(*simulator.TaskManager); ok {
		manager.Lock()
		manager.RecentTask = withoutReference(manager.RecentTask, ref)
		manager.Unlock()
	}
	if entity == nil {
		return
	}
	if object, ok := s.registry.Get(*entity).(mo.Entity); ok {
		s.registry.WithLock(ctx, object, func() {
			object.Entity().RecentTask = withoutReference(object.Entity().RecentTask, ref)
		})
	}
}

func withoutReference(refs []types.ManagedObjectReference, gone types.ManagedObjectReference) []types.ManagedObjectReference {
	kept := make([]types.ManagedObjectReference, 0, len(refs))
	for _, ref := range refs {
		if ref != gone {
			kept = append(kept, ref)
		}
	}

	return kept
}
