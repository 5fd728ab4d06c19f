package vsphere

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// watcher tells when properties of objects become what somebody waits for: a task's end, a power state, a guest's
// addresses. One PropertyCollector and one WaitForUpdatesEx loop serve everybody who waits; the loop runs while somebody
// does (watch_loop.go).
type watcher struct {
	life *httpapi.Lifetime
	open func(context.Context) (collector, error)
	read func(context.Context, []filterGroup, ...types.PropertyFilterSpec) ([]properties, error)
	// outlived is true when the session goes on after the client was closed: then the collector must be destroyed.
	outlived bool
	way      func() time.Duration // see [poll.Paces]
	lasting  lasting
	rides    rides

	mu      sync.Mutex
	running bool
	waiting map[*watch]struct{}
	ended   []ending      // not told yet
	wake    chan struct{} // tells the loop that somebody new waits
}

// ending is what a watch is told.
type ending struct {
	watch *watch
	err   error
}

// watch is one wait for properties of one object.
type watch struct {
	object types.ManagedObjectReference
	paths  []string
	done   func(values map[string]any) bool
	news   chan error
	waiter *httpapi.Waiter
	joined time.Time
	// worth is how long after it joined a look at the object is worth a request; likely, that it will most likely be over by
	// then, so that one look may do.
	worth  time.Duration
	likely bool
	looks  int // so far

	// Guarded by the watcher.
	filtered bool           // a filter of the present collector covers it
	told     bool           // that collector has told something of it
	values   map[string]any // by property path, as far as told
}

// worthLooking reports whether one look is likely to do.
func (w *watch) worthLooking() bool { return w.likely && w.looks < mostLooks }

// due is when the watch is to be looked at, or covered.
func (w *watch) due() time.Time { return w.joined.Add(w.worth) }

func newWatcher(
	life *httpapi.Lifetime, open func(context.Context) (collector, error),
	read func(context.Context, []filterGroup, ...types.PropertyFilterSpec) ([]properties, error),
) *watcher {
	return &watcher{life: life, open: open, read: read, way: func() time.Duration { return 0 }, waiting: make(map[*watch]struct{}), wake: make(chan struct{}, 1)}
}

// await blocks until done says so of the properties at paths, and returns them. Other ends: an error of kind NotFound
// when the object is gone, what keeps the properties from being read, and ctx's cause. method names what set it off: its end
// is expected when it lately was, by vCenter's times where the properties tell them.
func (w *watcher) await(
	ctx context.Context, method string, object types.ManagedObjectReference, paths []string, done func(map[string]any) bool,
) (map[string]any, error) {
	awaited := &watch{object: object, paths: paths, done: done, worth: worthLooking}
	if end, known := w.lasting.likely(method); known {
		awaited.worth, awaited.likely = max(soonestLook, end-w.way()), true
	}
	values, err := w.awaitOne(ctx, awaited)
	if err != nil {
		return values, err
	}
	queued, _ := values[taskQueued].(time.Time)
	completed, _ := values[taskCompleted].(time.Time)
	switch {
	case queued.IsZero() || completed.IsZero():
		// It was over when somebody looked, and may have been for a while.
		w.lasting.saw(method, time.Since(awaited.joined)*2/3)
	case values[taskError] == nil:
		w.lasting.saw(method, completed.Sub(queued))
	}

	return values, nil
}

func (w *watcher) awaitOne(ctx context.Context, awaited *watch) (map[string]any, error) {
	awaited.waiter = w.life.Enter(ctx)
	defer awaited.waiter.Leave()
	awaited.news, awaited.joined, awaited.values = make(chan error, 1), time.Now(), map[string]any{}
	if !w.join(ctx, awaited) {
		return nil, httpapi.ErrClosed
	}
	select {
	case err := <-awaited.news:
		return awaited.values, err
	case <-ctx.Done():
		w.mu.Lock()
		delete(w.waiting, awaited)
		w.mu.Unlock()

		return nil, fmt.Errorf("waiting for %s: %w", awaited.object.Value, context.Cause(ctx))
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
	if !w.life.Run(ctx, w.loop) {
		delete(w.waiting, awaited)

		return false
	}
	w.running = true

	return true
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
		awaited.filtered, awaited.told = true, false
	}
}

// fail ends the watches with an error of their own.
func (w *watcher) fail(watches []*watch, failure func(*watch) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.tell()
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

func hasCode(err error, code string) bool {
	failure, ok := errors.AsType[*apierr.Error](err)

	return ok && failure.Code == code
}

// missingObject returns the id of the object that a ManagedObjectNotFound fault names.
func missingObject(err error) (string, bool) {
	failure, ok := errors.AsType[*apierr.Error](err)
	if !ok || failure.Code != codeGone || len(failure.Arguments) == 0 {
		return "", false
	}

	return failure.Arguments[0], true
}

// gone is the error of a watch whose object does not exist.
func gone(awaited *watch) error {
	failure := httpapi.Call{Op: "WaitForUpdatesEx", Object: awaited.object.Value}.Error(apierr.NotFound, codeGone)
	if awaited.object.Type == taskType {
		failure.TaskID = awaited.object.Value
	}

	return failure
}

// Paces of the watch loop.
const (
	soonestLook    = 20 * time.Millisecond  // what method soever it was
	worthLooking   = 150 * time.Millisecond // hardly a task or a guest's shutdown ends so soon
	servedTogether = 100 * time.Millisecond // what is due within that time shares a filter
	lookedTogether = 20 * time.Millisecond  // what is likely to have ended within that time shares a look
	mostLooks      = 3                      // at what was likely to have ended, before it is watched
	anotherLook    = 100 * time.Millisecond // after the first
	betweenWaits   = 100 * time.Millisecond // changes in that time come in one answer
	idleLinger     = time.Second            // a collector is kept for the next wait that long
	noticing       = 2 * time.Second        // a server that tells nothing of a new filter until then won't during a wait
	firstNudge     = 40 * time.Millisecond  // an interruption waits for the wait to arrive
	repeatedNudge  = 300 * time.Millisecond // an interruption that met no wait is repeated
	longestWait    = 30 * time.Second       // shorter than proxies allow for an answer
	watchFailures  = 5                      // failures in a row before those who wait are told
	mostFiltered   = 1000                   // finished watches that a collector may drag along
	destroyTimeout = 5 * time.Second
)
