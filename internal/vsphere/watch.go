package vsphere

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// watcher tells when properties of objects become what somebody waits for: a task's end, a power state, a guest's
// addresses. One PropertyCollector and one WaitForUpdatesEx loop serve everybody who waits; the loop runs while somebody
// does (watch_loop.go).
type watcher struct {
	life *lifetime
	open func(context.Context) (collector, error)
	// outlived is true when the session goes on after the client was closed: then the collector must be destroyed.
	outlived bool

	mu      sync.Mutex
	running bool
	waiting map[*watch]struct{}
	wake    chan struct{} // tells the loop that somebody new waits
}

// watch is one wait for properties of one object.
type watch struct {
	object types.ManagedObjectReference
	paths  []string
	done   func(values map[string]any) bool
	news   chan error
	joined time.Time

	// Guarded by the watcher.
	filtered bool           // a filter of the present collector covers it
	told     bool           // that collector has told something of it
	values   map[string]any // by property path, as far as told
}

func newWatcher(life *lifetime, open func(context.Context) (collector, error)) *watcher {
	return &watcher{life: life, open: open, waiting: make(map[*watch]struct{}), wake: make(chan struct{}, 1)}
}

// await blocks until done says so of the properties at paths, and returns them. Other ends: an error of kind NotFound
// when the object is gone, what keeps the properties from being read, and ctx's cause.
func (w *watcher) await(
	ctx context.Context, object types.ManagedObjectReference, paths []string, done func(map[string]any) bool,
) (map[string]any, error) {
	defer w.life.crowd.enter()()
	awaited := &watch{
		object: object, paths: paths, done: done, news: make(chan error, 1), joined: time.Now(), values: map[string]any{},
	}
	if !w.join(ctx, awaited) {
		return nil, errClosed
	}
	select {
	case err := <-awaited.news:
		return awaited.values, err
	case <-ctx.Done():
		w.mu.Lock()
		delete(w.waiting, awaited)
		w.mu.Unlock()

		return nil, fmt.Errorf("waiting for %s: %w", object.Value, context.Cause(ctx))
	}
}

func (w *watcher) join(ctx context.Context, awaited *watch) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting[awaited] = struct{}{}
	if w.running {
		select {
		case w.wake <- struct{}{}:
		default:
		}

		return true
	}
	if !w.life.run(ctx, w.loop) {
		delete(w.waiting, awaited)

		return false
	}
	w.running = true

	return true
}

// newcomers are the watches that no filter covers yet.
type newcomers struct {
	watches []*watch
	ready   time.Time // when they are to be covered, all together
	alone   bool      // nobody else waits
}

// newcomers returns who is new, and whether anybody waits at all. They are covered when the first of them is due, and a
// little later while more keep coming or are likely to.
func (w *watcher) newcomers() (newcomers, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var (
		fresh     newcomers
		due, last time.Time
	)
	for awaited := range w.waiting {
		if awaited.filtered {
			continue
		}
		fresh.watches = append(fresh.watches, awaited)
		if first := awaited.joined.Add(worthLooking); due.IsZero() || first.Before(due) {
			due = first
		}
		if awaited.joined.After(last) {
			last = awaited.joined
		}
	}
	fresh.alone = len(fresh.watches) == len(w.waiting)
	fresh.ready = due
	patience := gatherWatches
	switch most, waiting := w.life.crowd.size(); {
	case most > waiting:
		patience = gatherLacking
	case most > 1:
		patience = 0 // nobody else can come
	}
	if quiet := last.Add(patience); quiet.After(due) {
		fresh.ready = quiet
	}
	if latest := due.Add(gatherLongest); fresh.ready.After(latest) {
		fresh.ready = latest
	}

	return fresh, len(w.waiting) > 0
}

// untold reports whether somebody is covered of whom nothing was told yet.
func (w *watcher) untold() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for awaited := range w.waiting {
		if awaited.filtered && !awaited.told {
			return true
		}
	}

	return false
}

// stopIfIdle ends the loop's duty unless somebody came at the last moment.
func (w *watcher) stopIfIdle() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = len(w.waiting) > 0

	return !w.running
}

// startOver forgets what the present collector covers; the next one starts from nothing.
func (w *watcher) startOver() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for awaited := range w.waiting {
		awaited.filtered, awaited.told = false, false
		clear(awaited.values)
	}
}

func (w *watcher) markFiltered(watches []*watch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, awaited := range watches {
		awaited.filtered = true
	}
}

// finish tells a watch its end. The watcher is locked.
func (w *watcher) finish(awaited *watch, err error) {
	if _, waits := w.waiting[awaited]; waits {
		delete(w.waiting, awaited)
		awaited.news <- err
	}
}

// fail ends the watches with an error of their own.
func (w *watcher) fail(watches []*watch, failure func(*watch) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, awaited := range watches {
		w.finish(awaited, failure(awaited))
	}
}

func (w *watcher) all() []*watch {
	w.mu.Lock()
	defer w.mu.Unlock()

	return slices.Collect(maps.Keys(w.waiting))
}

// of returns the watches of an object.
func (w *watcher) of(id string) []*watch {
	return slices.DeleteFunc(w.all(), func(awaited *watch) bool { return awaited.object.Value != id })
}

// awaits reports whether anybody waits for the object.
func (w *watcher) awaits(id string) bool { return len(w.of(id)) > 0 }

// codeGone is the fault for a reference to an object that does not exist (any more).
const codeGone = "ManagedObjectNotFound"

// gone is the error of a watch whose object does not exist.
func gone(awaited *watch) error {
	failure := call{op: "WaitForUpdatesEx", object: awaited.object.Value}.error(apierr.NotFound, codeGone)
	if awaited.object.Type == taskType {
		failure.TaskID = awaited.object.Value
	}

	return failure
}

// spread hands the updates to the watches that they concern.
func (w *watcher) spread(updates []types.PropertyFilterUpdate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	byObject := make(map[types.ManagedObjectReference][]*watch, len(w.waiting))
	for awaited := range w.waiting {
		byObject[awaited.object] = append(byObject[awaited.object], awaited)
	}
	for _, filter := range updates {
		for _, update := range filter.ObjectSet {
			for _, awaited := range byObject[update.Obj] {
				w.apply(awaited, update)
			}
		}
	}
}

// apply tells one watch what is new. The watcher is locked.
func (w *watcher) apply(awaited *watch, update types.ObjectUpdate) {
	awaited.told = true
	if update.Kind == types.ObjectUpdateKindLeave {
		w.finish(awaited, gone(awaited))

		return
	}
	for _, change := range update.ChangeSet {
		if slices.Contains(awaited.paths, change.Name) {
			awaited.values[change.Name] = change.Val
		}
	}
	for _, missing := range update.MissingSet {
		if !slices.Contains(awaited.paths, missing.Path) {
			continue
		}
		failure := call{op: "WaitForUpdatesEx", object: awaited.object.Value}.localizedError(&missing.Fault)
		switch failure.Kind { //nolint:exhaustive // any other fault may pass: the property is merely unset now
		case apierr.NotFound, apierr.Denied:
			w.finish(awaited, failure)

			return
		}
	}
	if awaited.done(awaited.values) {
		w.finish(awaited, nil)
	}
}

// filterGroup is a part of a filter: objects of one type with the same properties.
type filterGroup struct {
	kind    string
	paths   []string
	watches []*watch
}

// filters sorts watches into as few filters as can be. A filter asks for the same properties of all objects of a type.
func filters(watches []*watch) [][]filterGroup {
	groups := make(map[string]*filterGroup)
	for _, awaited := range watches {
		key := awaited.object.Type + " " + strings.Join(awaited.paths, " ")
		if groups[key] == nil {
			groups[key] = &filterGroup{kind: awaited.object.Type, paths: awaited.paths}
		}
		groups[key].watches = append(groups[key].watches, awaited)
	}
	var sorted [][]filterGroup
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		one := *groups[key]
		i := slices.IndexFunc(sorted, func(filter []filterGroup) bool {
			return !slices.ContainsFunc(filter, func(g filterGroup) bool { return g.kind == one.kind })
		})
		if i < 0 {
			sorted = append(sorted, []filterGroup{one})
		} else {
			sorted[i] = append(sorted[i], one)
		}
	}

	return sorted
}

// objects returns the group's objects, each once.
func (g filterGroup) objects() []types.ManagedObjectReference {
	var objects []types.ManagedObjectReference
	for _, awaited := range g.watches {
		if !slices.Contains(objects, awaited.object) {
			objects = append(objects, awaited.object)
		}
	}

	return objects
}

// Paces of the watch loop.
const (
	worthLooking   = 150 * time.Millisecond // hardly a task or a guest's shutdown ends so soon
	gatherWatches  = 40 * time.Millisecond  // what starts together shares a filter
	gatherLacking  = 120 * time.Millisecond // likewise, where fewer wait than ever did: the others are on their way
	gatherLongest  = 280 * time.Millisecond // as long as more keeps coming
	betweenWaits   = 150 * time.Millisecond // changes in that time come in one answer
	idleLinger     = time.Second            // a collector is kept for the next wait that long
	noticing       = 2 * time.Second        // a server that tells nothing of a new filter until then won't during a wait
	firstNudge     = 40 * time.Millisecond  // an interruption waits for the wait to arrive
	repeatedNudge  = 300 * time.Millisecond // an interruption that met no wait is repeated
	longestWait    = 30 * time.Second       // shorter than proxies allow for an answer
	watchFailures  = 5                      // failures in a row before those who wait are told
	mostFiltered   = 1000                   // finished watches that a collector may drag along
	destroyTimeout = 5 * time.Second
)
