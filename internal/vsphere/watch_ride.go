package vsphere

import (
	"context"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"
)

// rides are reads that can wait for the next look at tasks, and share its call. A source gives one instant clone at a time: while
// others wait for theirs nobody gains by reading what the last one made at once, and the look comes anyway.
type rides struct {
	mu      sync.Mutex
	granted map[string]string // by the id of what was made: the method that made it
	waiting []*ride
}

// ride is one read that waits for a look.
type ride struct {
	spec   types.PropertyFilterSpec
	answer chan answered
}

// answered is what the look has brought: the properties of the tasks and of all that rode along.
type answered struct {
	found []properties
	err   error
}

// grant lets the first read of what a method made wait for the next look.
func (r *rides) grant(made, method string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.granted == nil {
		r.granted = make(map[string]string)
	}
	r.granted[made] = method
}

// use takes what was granted.
func (r *rides) use(made string) (method string, granted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	method, granted = r.granted[made]
	delete(r.granted, made)

	return method, granted
}

func (r *rides) join(spec types.PropertyFilterSpec) *ride {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := &ride{spec: spec, answer: make(chan answered, 1)}
	r.waiting = append(r.waiting, one)

	return one
}

// leave reports true for a ride that has not begun, and does not any more.
func (r *rides) leave(one *ride) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, other := range r.waiting {
		if other == one {
			r.waiting = append(r.waiting[:i:i], r.waiting[i+1:]...)

			return true
		}
	}

	return false
}

// board returns who rides along with a look at the groups: everybody, unless the look tells something of VMs itself, which would
// be mixed up.
func (r *rides) board(groups []filterGroup) []*ride {
	for _, group := range groups {
		if group.kind == string(TypeVirtualMachine) {
			return nil
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.waiting
	r.waiting = nil

	return all
}

// lookWith reads the groups of a look, and what rides along.
func (l *watchLoop) lookWith(ctx context.Context, groups []filterGroup) ([]properties, error) {
	along := l.rides.board(groups)
	specs := make([]types.PropertyFilterSpec, 0, len(along))
	for _, one := range along {
		specs = append(specs, one.spec)
	}
	found, err := l.read(ctx, groups, specs...)
	for _, one := range along {
		one.answer <- answered{found, err}
	}

	return found, err
}

// ride reads with the next look at a task of the method, and reports false when none comes as soon as expected, or it fails.
func (w *watcher) ride(ctx context.Context, method string, spec types.PropertyFilterSpec) ([]properties, bool) {
	likely, known := w.lasting.likely(method)
	if !known {
		return nil, false
	}
	defer w.life.Enter(ctx).Leave()
	one := w.rides.join(spec)
	// The task has yet to start, and others may be due with it.
	timer := time.NewTimer(likely + lookedTogether + anotherLook)
	defer timer.Stop()
	select {
	case told := <-one.answer:
		return told.found, told.err == nil
	case <-timer.C:
	case <-ctx.Done():
	}
	if w.rides.leave(one) {
		return nil, false
	}
	select {
	case told := <-one.answer:
		return told.found, told.err == nil
	case <-ctx.Done():
		return nil, false
	}
}

// rideAlong reads a VM that was made a moment ago while others wait for their turn at its source. It reports false when it must
// be read in a call of its own.
func (c *Client) rideAlong(ctx context.Context, key machineKey) (machineRead, bool) {
	method, granted := c.watcher.rides.use(key.id)
	if !granted || ctx.Err() != nil {
		return machineRead{}, false
	}
	specs := machineSpecs([]machineKey{key})
	found, told := c.watcher.ride(ctx, method, specs[0])
	if !told {
		return machineRead{}, false
	}
	read, there := machinesOf(found)[key]

	return read, there
}
