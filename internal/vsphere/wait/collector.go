package wait

import (
	"context"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// mostFiltered is how many waits, most of which are over, the filters of a collector may be about.
const mostFiltered = 1000

// collector is a PropertyCollector of this process on the server.
type collector interface {
	// filter adds objects, which the present wait tells of, or the next one.
	filter(ctx context.Context, spec types.PropertyFilterSpec) error
	// wait returns what changed since the version, everything for an empty one, and nil when nothing did for a while.
	wait(ctx context.Context, version string) (*types.UpdateSet, error)
	destroy(ctx context.Context) error
}

// collecting is a collector with its loop, which runs while the collector has waits to tell of. It saves looks, and nothing depends
// on it: when it fails, what it told of is looked at again.
type collecting struct {
	watcher  *watcher
	remote   collector
	added    chan struct{} // holds a token when a filter was added
	filtered int           // guarded by the poller's lock
}

// collect adds waits to the collector, which is opened where there is none. What fails here shows in the looks that follow.
func (w *watcher) collect(ctx context.Context, waits []*watch) {
	w.mu.Lock()
	for _, one := range waits {
		one.tried = true
	}
	c := w.collecting
	w.mu.Unlock()
	fresh := c == nil
	if fresh {
		remote, err := w.server.open(ctx)
		if err != nil {
			return
		}
		c = &collecting{watcher: w, remote: remote, added: make(chan struct{}, 1)}
	}
	err := c.remote.filter(ctx, specOf(waits))
	if fresh && (err != nil || !w.begin(ctx, c)) {
		c.destroy(ctx)

		return
	}
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.collecting != c {
		return // it ended meanwhile
	}
	c.filtered += len(waits)
	for _, one := range waits {
		one.by = c
	}
	select {
	case c.added <- struct{}{}:
	default:
	}
}

// begin makes c the collector of further waits and runs its loop.
func (w *watcher) begin(ctx context.Context, c *collecting) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.life.Run(ctx, c.loop) {
		return false
	}
	w.collecting = c

	return true
}

// loop waits for changes, until no wait is left or the collector fails.
func (c *collecting) loop(ctx context.Context) {
	defer c.drop(ctx)
	for version := ""; c.needed(ctx); {
		set, err := c.remote.wait(ctx, version)
		if err != nil {
			return
		}
		if set == nil {
			continue
		}
		version = set.Version
		c.tell(set.FilterSet)
		if set.Truncated == nil || !*set.Truncated {
			backoff.Pause(ctx, betweenWaits)
		}
	}
}

// needed waits until there is something to tell of, for a moment, and reports whether there is.
func (c *collecting) needed(ctx context.Context) bool {
	lingered := time.NewTimer(idleLinger)
	defer lingered.Stop()
	for {
		switch tells, filtered := c.load(); {
		case ctx.Err() != nil || filtered > mostFiltered:
			return false
		case tells:
			return true
		}
		select {
		case <-c.added:
		case <-lingered.C:
			return false
		case <-ctx.Done():
		}
	}
}

// load reports whether the collector tells of any wait, and how many it was given.
func (c *collecting) load() (tells bool, filtered int) {
	c.watcher.mu.Lock()
	defer c.watcher.mu.Unlock()
	for one := range c.watcher.waits {
		tells = tells || one.by == c
	}

	return tells, c.filtered
}

// tell hands the updates to the waits that they concern.
func (c *collecting) tell(updates []types.PropertyFilterUpdate) {
	w := c.watcher
	w.mu.Lock()
	defer w.mu.Unlock()
	byObject := make(map[types.ManagedObjectReference][]*watch, len(w.waits))
	for one := range w.waits {
		byObject[one.object] = append(byObject[one.object], one)
	}
	for _, filter := range updates {
		for _, update := range filter.ObjectSet {
			for _, one := range byObject[update.Obj] {
				one.told = one.by == c
				if update.Kind == types.ObjectUpdateKindLeave {
					w.end(one, one.failure(apierr.NotFound))
				} else {
					w.apply(one, changesOf(update))
				}
			}
		}
	}
}

// changesOf is what an update tells.
func changesOf(update types.ObjectUpdate) conn.Properties {
	p := conn.Properties{Ref: update.Obj, Values: map[string]any{}, Missing: map[string]types.LocalizedMethodFault{}}
	for _, change := range update.ChangeSet {
		p.Values[change.Name] = change.Val
	}
	for _, missing := range update.MissingSet {
		p.Missing[missing.Path] = missing.Fault
	}

	return p
}

// drop ends the collector: what it told of is looked at again.
func (c *collecting) drop(ctx context.Context) {
	w := c.watcher
	w.mu.Lock()
	w.collecting = nil
	for one := range w.waits {
		one.by, one.told = nil, false
	}
	w.mu.Unlock()
	w.wake()
	c.destroy(ctx)
}

// destroy removes the collector from the server, unless it ends with the session now.
func (c *collecting) destroy(ctx context.Context) {
	if ctx.Err() != nil && !c.watcher.server.outlives() {
		return
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), destroyTimeout)
	defer cancel()
	_ = c.remote.destroy(bounded) // it ends with the session at the latest
}
