package vsphere

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// finish ends a watch, which tell tells it. The watcher is locked.
func (w *watcher) finish(awaited *watch, err error) {
	if _, waits := w.waiting[awaited]; waits {
		delete(w.waiting, awaited)
		w.ended = append(w.ended, ending{awaited, err})
	}
}

// tell tells the watches that have ended, all of which wait no longer when the first one hears of it. The watcher is locked.
func (w *watcher) tell() {
	for _, one := range w.ended {
		one.watch.waiter.Leave()
	}
	for _, one := range w.ended {
		one.watch.news <- one.err
	}
	w.ended = nil
}

// spread hands the updates to the watches that they concern.
func (w *watcher) spread(updates []types.PropertyFilterUpdate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.tell()
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

// apply tells one watch what is new. The watcher is locked. What comes after the watch has ended, such as from another filter
// of the same answer, is not told: its values belong to the one who waited.
func (w *watcher) apply(awaited *watch, update types.ObjectUpdate) {
	if _, waits := w.waiting[awaited]; !waits {
		return
	}
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
		failure := localizedError(httpapi.Call{Op: "WaitForUpdatesEx", Object: awaited.object.Value}, &missing.Fault)
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
