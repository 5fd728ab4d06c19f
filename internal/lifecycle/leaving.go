package lifecycle

import (
	"context"
	"slices"
	"time"
)

// leavingPoll is the pause between two looks for the beginning of other resources' destroys.
const leavingPoll = 50 * time.Millisecond

// Leave notes that the objects are about to be destroyed: their destroy is planned, or has begun. queue is what [Adapter.Queue] names.
func (r *Registry) Leave(queue string, ids ...string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.leaving == nil {
		r.leaving = map[string]string{}
	}
	for _, id := range ids {
		if id != "" {
			r.leaving[id] = queue
		}
	}
}

// Leaves reports whether the object is about to be destroyed, as far as this process knows.
func (r *Registry) Leaves(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	_, leaves := r.leaving[id]

	return leaves
}

// Leaving returns the objects of the queue that are about to be destroyed.
func (r *Registry) Leaving(queue string) []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var ids []string
	for id, of := range r.leaving {
		if of == queue {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)

	return ids
}

// AwaitLeaving returns those of the objects that are not about to be destroyed. The CLI begins the destroys of one apply one after another,
// so it waits for them as long as patience and ctx allow.
func (r *Registry) AwaitLeaving(ctx context.Context, ids []string, patience time.Duration) []string {
	for deadline := time.Now().Add(patience); ; {
		staying := slices.DeleteFunc(slices.Clone(ids), r.Leaves)
		if len(staying) == 0 || !time.Now().Before(deadline) || Pause(ctx, leavingPoll) != nil {
			return staying
		}
	}
}
