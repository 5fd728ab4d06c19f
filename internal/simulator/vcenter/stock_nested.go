package vcenter

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// nestedTasks are the tasks that govmomi's own methods start inside an effect. Clients do not see them.
type nestedTasks struct {
	mu      sync.Mutex
	waiting map[types.ManagedObjectReference]chan struct{}
	adopted []*simulator.Task                     // since the last effect
	open    map[types.ManagedObjectReference]bool // the adopted tasks that have not ended: whether they have begun
	working sync.WaitGroup                        // counts those that have begun
	failed  bool                                  // an adopted task panicked: locks may have been left
}

// adopt takes a task of govmomi's, which is about to start, into the list of those that an effect has to wait for: they
// start tasks of their own (a VM's destruction deletes its files) that govmomi does not wait for. Tasks of this package have no
// Execute function.
func (n *nestedTasks) adopt(task *simulator.Task) {
	if task.Execute == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.adopted = append(n.adopted, task)
	if n.open == nil {
		n.open = map[types.ManagedObjectReference]bool{}
	}
	n.open[task.Self] = false
	guardTask(task, n.fail)
}

func (n *nestedTasks) fail() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failed = true
}

// follow notes that a task begins or has ended. govmomi has released the lock of the task's entity when it ends.
func (n *nestedTasks) follow(ref types.ManagedObjectReference, state types.TaskInfoState) {
	n.mu.Lock()
	defer n.mu.Unlock()
	begun, known := n.open[ref]
	switch {
	case !known:
	case state == types.TaskInfoStateRunning && !begun:
		n.open[ref] = true
		n.working.Add(1)
	case state == types.TaskInfoStateSuccess || state == types.TaskInfoStateError:
		delete(n.open, ref)
		if begun {
			n.working.Done()
		}
	default:
	}
}

// take waits until each adopted task that has begun has ended, and returns all and whether one of them panicked. One that a panic kept
// from beginning never ends.
func (n *nestedTasks) take() (adopted []*simulator.Task, failed bool) {
	n.working.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	adopted, failed = n.adopted, n.failed
	n.adopted, n.open, n.failed = nil, nil, false

	return adopted, failed
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

func withoutReference(refs []types.ManagedObjectReference, gone types.ManagedObjectReference) []types.ManagedObjectReference {
	kept := make([]types.ManagedObjectReference, 0, len(refs))
	for _, ref := range refs {
		if ref != gone {
			kept = append(kept, ref)
		}
	}

	return kept
}
