package vcenter

import (
	"reflect"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// changeSignal wakes the calls that wait for a change of the inventory, of a task or of a session.
type changeSignal struct {
	mu   sync.Mutex
	next chan struct{}
}

// changed returns a channel that is closed at the next change.
func (c *changeSignal) changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}

	return c.next
}

func (c *changeSignal) signal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// observer receives every change from govmomi's registry.
type observer struct {
	Self    types.ManagedObjectReference
	changes *changeSignal
	nested  *nestedTasks
}

// Reference implements mo.Reference.
func (o *observer) Reference() types.ManagedObjectReference { return o.Self }

// PutObject implements simulator.RegisterObject.
func (o *observer) PutObject(_ *simulator.Context, object mo.Reference) {
	if task, ok := object.(*simulator.Task); ok {
		o.nested.adopt(task)
	}
	o.changes.signal()
}

// UpdateObject implements simulator.RegisterObject.
func (o *observer) UpdateObject(_ *simulator.Context, object mo.Reference, _ []types.PropertyChange) {
	if task, ok := object.(*mo.Task); ok {
		o.nested.signal(task.Self)
		o.nested.follow(task.Self, task.Info.State)
	}
	o.changes.signal()
}

// RemoveObject implements simulator.RegisterObject.
func (o *observer) RemoveObject(ctx *simulator.Context, ref types.ManagedObjectReference) {
	if host, ok := ctx.Map.Get(ref).(*simulator.HostSystem); ok {
		removeParts(ctx, host)
	}
	o.changes.signal()
}

// removeParts removes the managers of a host. govmomi leaves them, and a call that one of them fails on would keep the lock of a host that no
// list has any more.
func removeParts(ctx *simulator.Context, host *simulator.HostSystem) {
	walkReferences(reflect.ValueOf(host.ConfigManager), func(part types.ManagedObjectReference) {
		if ctx.Map.Get(part) != nil {
			ctx.Map.Remove(ctx, part)
		}
	})
}
