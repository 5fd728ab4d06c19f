package lifecycle

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Registry knows what the CLI has in state, as far as this process has seen. The CLI plans the replacement of a tainted resource as if
// there were none, and that request does not name the object which goes first: without the registry the plan would call its name taken.
// And a search for a lost object must not find that of another resource. The zero value is ready to use.
type Registry struct {
	mutex   sync.Mutex
	owners  map[string]string        // by object id; empty for an object that was not found by a search
	noted   map[string]resourceNamed // by object id, as the CLI told of the states
	planned map[string]bool          // by object id: those whose state a call of a plan had
	pending map[resourceNamed]bool   // resources whose object is not known yet
	changed chan struct{}            // closed when another object is noted

	awaiting  atomic.Int32      // how many wait for an object to be noted
	refreshed atomic.Bool       // see [Registry.Refreshed]
	leaving   map[string]string // by object id: the queue of one that is about to be destroyed, see [Registry.Leave]
}

// resourceNamed is a resource by its type and the name of its object.
type resourceNamed struct{ resourceType, name string }

// Note takes in the state of a resource, in JSON, as the CLI hands it over before it plans: also where nothing is refreshed, and also
// of a tainted resource. It ignores what it can't read. A noted object may be what a search of the same resource finds: the CLI destroys a
// resource that is not in the configuration any more by the state from before the refresh, in which it may be pending.
func (r *Registry) Note(resourceType string, state []byte) {
	var known struct {
		ID   *string `json:"id"`
		Name string  `json:"name"`
	}
	if json.Unmarshal(state, &known) != nil {
		return
	}
	if known.ID != nil && *known.ID != "" {
		r.note(*known.ID, resourceNamed{resourceType, known.Name})
	} else {
		r.AddPending(resourceType, known.Name)
	}
}

func (r *Registry) note(id string, of resourceNamed) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.noted == nil {
		r.noted = map[string]resourceNamed{}
	}
	r.noted[id] = of
	r.tell()
}

// tell wakes those that wait for an object to be noted.
func (r *Registry) tell() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// await waits until a resource is seen to have the object in state, and reports whether one was within patience. starved says that it did not
// wait to the end, since as many as limit wait already.
func (r *Registry) await(ctx context.Context, id string, patience time.Duration, limit int) (has, starved bool) {
	if patience <= 0 || r.Has(id) {
		return r.Has(id), false
	}
	if r.awaiting.Add(1); int(r.awaiting.Load()) >= limit {
		r.awaiting.Add(-1)

		return false, true
	}
	defer r.awaiting.Add(-1)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		has, changed := r.hasOr(id)
		if has {
			return true, false
		}
		select {
		case <-changed:
		case <-timer.C:
			return r.Has(id), false
		case <-ctx.Done():
			return false, false
		}
	}
}

// plan notes that a call of a plan had the state of the object: it is not a tainted one.
func (r *Registry) plan(id string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.planned == nil {
		r.planned = map[string]bool{}
	}
	r.planned[id] = true
}

// unplanned returns the objects in state of resources of the type and name whose state no call of a plan had so far, as of a tainted one.
func (r *Registry) unplanned(resourceType, name string) []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var ids []string
	for id, of := range r.noted {
		if of == (resourceNamed{resourceType, name}) && !r.planned[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)

	return ids
}

// Refreshed notes that the CLI has refreshed a state: it does so as it makes a plan, never as it applies one.
func (r *Registry) Refreshed() { r.refreshed.Store(true) }

// hasOr is Has, with what is closed when another object is noted.
func (r *Registry) hasOr(id string) (has bool, changed <-chan struct{}) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.changed == nil {
		r.changed = make(chan struct{})
	}

	return r.hasNow(id), r.changed
}

// Add notes that a resource has the object in state. It ignores the empty id of a pending one.
func (r *Registry) Add(id string) {
	if id == "" {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, taken := r.owners[id]; !taken {
		r.set(id, "")
	}
}

// Take notes that the owner found the object by a search, which it may do again. It reports false where the object belongs to another
// resource.
func (r *Registry) Take(id, owner string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if present, taken := r.owners[id]; taken {
		return present == owner
	}
	r.set(id, owner)

	return true
}

// Free reports whether the owner could take the object.
func (r *Registry) Free(id, owner string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	present, taken := r.owners[id]

	return !taken || present == owner
}

// Has reports whether a resource has the object in state.
func (r *Registry) Has(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()

	return r.hasNow(id)
}

// hasNow is Has with the mutex held.
func (r *Registry) hasNow(id string) bool {
	_, taken := r.owners[id]
	_, noted := r.noted[id]

	return taken || noted
}

// Owned reports whether a resource that was read or planned has the object, as its own and not as a part: see [Adapter.Claims].
func (r *Registry) Owned(id string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	_, taken := r.owners[id]

	return taken
}

func (r *Registry) set(id, owner string) {
	if r.owners == nil {
		r.owners = map[string]string{}
	}
	r.owners[id] = owner
	r.tell()
}

// AddPending notes that a resource of the type is pending in state under the name.
func (r *Registry) AddPending(resourceType, name string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.pending == nil {
		r.pending = map[resourceNamed]bool{}
	}
	r.pending[resourceNamed{resourceType, name}] = true
}

// Pending reports whether a resource of the type is pending in state under the name: an object of that name may be its own.
func (r *Registry) Pending(resourceType, name string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()

	return r.pending[resourceNamed{resourceType, name}]
}
