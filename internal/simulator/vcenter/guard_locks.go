package vcenter

import (
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// guard is the function guard for code that may hold locks of govmomi's objects on behalf of ctx: govmomi does not release them when the
// code below panics, and each later call on such an object would wait for ever.
func (s *inventory) guard(ctx *simulator.Context, p **problem) {
	if caught := recover(); caught != nil {
		s.releaseLocks(ctx)
		*p = problemOfPanic(caught)
	}
}

// releaseLocks releases what ctx holds of the locks of all objects. No code may still run on behalf of ctx.
//
// govmomi does not say which locks a context holds, but lets a context lock again what it has locked, at once. Any other lock may be
// waited for, perhaps by a call that waits for ctx: so each object has a goroutine of its own, and no lock waits for another.
func (s *inventory) releaseLocks(ctx *simulator.Context) {
	var all sync.WaitGroup
	// govmomi locks a new object before it has a reference, under an empty one that all new objects share.
	unnamed := types.ManagedObjectReference{}
	for _, object := range append(s.registry.AllReference(""), unnamed) {
		if _, own := object.(sync.Locker); own {
			continue // locks itself: govmomi's lock does not know its holder
		}
		all.Go(func() { releaseLock(ctx, object) })
	}
	all.Wait()
}

// releaseLock releases the lock of an object as often as ctx has locked it.
func releaseLock(ctx *simulator.Context, object mo.Reference) {
	release := ctx.Map.AcquireLock(ctx, object)
	defer func() { _ = recover() }() // govmomi panics on a release too many, which is how the last one shows
	for {
		release()
	}
}
