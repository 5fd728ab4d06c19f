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
	adopted []*simulator.Task // since the last effect
	working sync.WaitGroup    // the adopted tasks whose work goes on
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
	n.working.Add(1)
	guardTask(task, n.working.Done)
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
