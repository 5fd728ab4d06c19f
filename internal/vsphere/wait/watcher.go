package wait

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/poll"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere/conn"
)

// mostLooks is how many looks at what may be over are taken, before a collector is to tell of it.
const mostLooks = 3

// watchOp is what errors of a wait name.
const watchOp = "WaitForUpdatesEx"

// propertyServer is where properties are read.
type propertyServer interface {
	// read reads what there is now. Objects that do not exist are left out.
	read(ctx context.Context, spec types.PropertyFilterSpec) ([]conn.Properties, error)
	open(ctx context.Context) (collector, error)
	// outlives reports whether collectors stay on the server when the client is closed.
	outlives() bool
}

// watcher tells when properties of objects become what is waited for: a task's end, a power state, a guest's addresses.
type watcher struct {
	*poller[*watch]

	server     propertyServer
	collecting *collecting // guarded by the poller's lock; nil: no collector at present
}

// watch is one wait for properties of one object.
type watch struct {
	object types.ManagedObjectReference
	paths  []string
	done   func(values map[string]any) bool
	pace   *poll.Pace
	joined time.Time
	ended  chan error

	// Guarded by the poller's lock.
	values map[string]any // by property path, as far as told
	looks  int            // that came when it may have been over
	tried  bool           // was once given to a collector
	by     *collecting    // has a filter for it
	told   bool           // by has reported it: no look is needed
}

func newWatcher(life *httpapi.Lifetime, server propertyServer) *watcher {
	w := &watcher{server: server}
	w.poller = newPoller[*watch](life, w)

	return w
}

// news implements [awaited].
func (w *watch) news() chan error { return w.ended }

// due implements [awaited]. What a collector has not told of is looked at, so that a server which does not notice a new filter during
// a wait, as govmomi's simulator, delays nothing for long.
func (w *watch) due() time.Time {
	switch {
	case w.told:
		return time.Time{}
	case w.long() && !w.tried:
		return w.joined.Add(sharedFilter)
	default:
		return w.pace.Due()
	}
}

// long reports whether the end is too far off to be looked for, or was not when it was expected.
func (w *watch) long() bool {
	return w.looks >= mostLooks || w.pace.Due().Sub(w.joined) > longestLooked
}

// await blocks until done says so of the properties at paths, and returns them. Other ends: an error of kind NotFound
// when the object is gone, what keeps the properties from being read, [httpapi.ErrClosed] and ctx's cause.
func (w *watcher) await(
	ctx context.Context, pace *poll.Pace, object types.ManagedObjectReference, paths []string, done func(map[string]any) bool,
) (map[string]any, error) {
	one := &watch{
		object: object, paths: paths, done: done, pace: pace, joined: time.Now(), ended: make(chan error, 1), values: map[string]any{},
	}
	if err := w.poller.await(ctx, one); err != nil {
		return nil, err
	}

	return one.values, nil
}

// awaits reports whether the object is waited for.
func (w *watcher) awaits(id string) bool {
	return slices.ContainsFunc(w.all(), func(one *watch) bool { return one.object.Value == id })
}

// ask implements [asker]: it looks at what is short, if any of it is due, and has a collector tell of what is long.
func (w *watcher) ask(ctx context.Context, waits []*watch) {
	var short, long []*watch
	due := false
	w.mu.Lock()
	for _, one := range waits {
		switch {
		case one.told:
		case one.long() && !one.tried:
			long = append(long, one)
		default:
			short = append(short, one)
			due = due || !one.pace.Due().After(time.Now())
		}
	}
	w.mu.Unlock()
	if due {
		long = append(long, w.look(ctx, short)...)
	}
	if len(long) > 0 {
		w.collect(ctx, long)
	}
}

// look reads the properties of all waits by one call, and returns those that a collector is to tell of.
func (w *watcher) look(ctx context.Context, waits []*watch) (long []*watch) {
	found, err := w.server.read(ctx, specOf(waits))
	byObject := make(map[types.ManagedObjectReference]conn.Properties, len(found))
	for _, p := range found {
		byObject[p.Ref] = p
	}
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range waits {
		p, exists := byObject[one.object]
		switch {
		case err != nil:
			w.end(one, err)
		case !exists:
			w.end(one, one.failure(apierr.NotFound))
		case !w.apply(one, p):
			expected := one.pace.Due()
			if one.pace.Asked(now); !one.pace.Due().Equal(expected) {
				one.looks++ // it was not looked at along with others, before its time
			}
			if one.long() && one.by == nil {
				long = append(long, one)
			}
		}
	}

	return long
}

// apply gives a wait what is new of its object, and reports whether that ended it. The poller is locked.
func (w *watcher) apply(one *watch, p conn.Properties) bool {
	if _, waits := w.waits[one]; !waits {
		return true // its values belong to the caller
	}
	for _, path := range one.paths {
		if value, told := p.Values[path]; told {
			one.values[path] = value
		}
		fault, missing := p.Missing[path]
		if !missing {
			continue
		}
		failure := conn.LocalizedError(httpapi.Call{Op: watchOp, Object: one.object.Value}, &fault)
		switch failure.Kind { //nolint:exhaustive // any other fault may pass: the property is merely unset now
		case apierr.NotFound, apierr.Denied:
			w.end(one, failure)

			return true
		}
	}
	if !one.done(one.values) {
		return false
	}
	w.end(one, nil)

	return true
}

// failure is the error of a wait whose object does not exist.
func (w *watch) failure(kind apierr.Kind) *apierr.Error {
	failure := httpapi.Call{Op: watchOp, Object: w.object.Value}.Error(kind, conn.CodeGone)
	if w.object.Type == taskType {
		failure.TaskID = w.object.Value
	}

	return failure
}

// specOf asks for what the waits are about: of each object the properties that any wait for its type needs.
func specOf(waits []*watch) types.PropertyFilterSpec {
	var spec types.PropertyFilterSpec
	paths := make(map[string][]string)
	objects := make(map[types.ManagedObjectReference]bool)
	for _, one := range waits {
		paths[one.object.Type] = append(paths[one.object.Type], one.paths...)
		if !objects[one.object] {
			objects[one.object] = true
			spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: one.object})
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(paths)) {
		slices.Sort(paths[kind])
		spec.PropSet = append(spec.PropSet, types.PropertySpec{Type: kind, PathSet: slices.Compact(paths[kind])})
	}

	return spec
}
