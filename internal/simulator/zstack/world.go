package zstack

import (
	"sync"
	"time"
)

// world is everything that the platform manages. Whoever reads or changes it holds its lock, shortly: nobody waits for
// time to pass meanwhile.
type world struct {
	mu     sync.Mutex
	now    func() time.Time
	policy DeletionPolicy

	zones     store[*zone]
	clusters  store[*cluster]
	hosts     store[*host]
	images    store[*image]
	storages  store[*storage]
	networks  store[*network]
	groups    store[*affinityGroup]
	vms       store[*vm]
	volumes   store[*volume]
	snapshots store[*snapshot]
	bundles   store[*snapshotGroup]
	tags      store[*tag]

	tagsOf map[string][]*tag // by the resource that has them

	nics int64 // made so far: each gets a MAC address of its own
}

// newWorld returns the inventory that a server starts with.
func newWorld(options Options) *world {
	w := &world{now: options.Clock, policy: options.DeletionPolicy}
	w.furnish(options.VMs)

	return w
}

// newResource returns what everything starts with.
func (w *world) newResource(name string) resource {
	now := w.now()

	return resource{uuid: newUUID(), name: name, created: now, changed: now}
}

// date writes a time as the platform does: in its own zone, and without telling which.
func date(t time.Time) string { return t.Format("Jan 2, 2006 3:04:05 PM") }
