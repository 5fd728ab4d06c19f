package vsphere

import (
	"context"
	"errors"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// collector is a PropertyCollector of our own on the server.
type collector interface {
	// filter covers objects of one type from the next wait on.
	filter(ctx context.Context, kind string, paths []string, objects []types.ManagedObjectReference) error
	// wait returns what changed since the version, everything for an empty one, and nil when nothing did for a while.
	wait(ctx context.Context, version string) (*types.UpdateSet, error)
	// interrupt makes a wait that is under way end with RequestCanceled.
	interrupt(ctx context.Context) error
	destroy(ctx context.Context) error
	// is reports whether the id is the collector's own.
	is(id string) bool
}

// watchLoop is the state of a running loop. Only its own goroutine uses it.
type watchLoop struct {
	*watcher

	collector collector // nil: none at present
	version   string
	filtered  int // objects that the collector covers, finished ones included
	failures  int // in a row
}

// loop serves those who wait, until nobody does or the client is closed.
//
// New filters are made between two waits, and the wait after one starts from the empty version: vCenter would notice a
// filter during a wait, the simulator of govmomi only there. Whoever comes during a wait interrupts it.
func (w *watcher) loop(ctx context.Context) {
	l := &watchLoop{watcher: w}
	defer l.dropCollector(ctx)
	for {
		fresh, some := w.unfiltered()
		switch {
		case ctx.Err() != nil:
			w.fail(w.all(), func(*watch) error { return httpapi.ErrClosed })
			w.stopIfIdle()

			return
		case !some:
			if l.lingered(ctx) && w.stopIfIdle() {
				return
			}

			continue
		case len(fresh) > 0 && !l.cover(ctx):
			continue
		}
		l.waitOnce(ctx)
	}
}

// lingered waits a moment for somebody new and reports whether nobody came.
func (l *watchLoop) lingered(ctx context.Context) bool {
	if l.collector == nil {
		return true
	}
	timer := time.NewTimer(idleLinger)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.wake:
	case <-ctx.Done():
	}

	return false
}

// cover makes filters for all that wait without one, and the collector when there is none. It reports whether the loop
// may go on to wait.
func (l *watchLoop) cover(ctx context.Context) bool {
	fresh, lasted := l.gather(ctx)
	if !lasted {
		return false
	}
	if l.filtered+len(fresh) > mostFiltered {
		l.reset(ctx)
		fresh = l.all()
	}
	if l.collector == nil {
		made, err := l.open(ctx)
		if err != nil {
			l.failed(ctx, err)

			return false
		}
		l.collector, l.version, l.filtered = made, "", 0
	}
	for _, g := range group(fresh) {
		if err := l.collector.filter(ctx, g.kind, g.paths, g.objects()); err != nil {
			l.failed(ctx, err)

			return false
		}
		l.markFiltered(g.watches)
		l.filtered += len(g.watches)
		l.version = ""
	}

	return true
}

// gather waits until nobody new came for a moment, and reports false when ctx ended.
func (l *watchLoop) gather(ctx context.Context) ([]*watch, bool) {
	fresh, _ := l.unfiltered()
	for range gatherRounds {
		if !httpapi.Pause(ctx, gatherWatches) {
			return nil, false
		}
		before := len(fresh)
		if fresh, _ = l.unfiltered(); len(fresh) == before {
			break
		}
	}

	return fresh, true
}

// waitOnce asks for changes and hands them out.
func (l *watchLoop) waitOnce(ctx context.Context) {
	set, err := l.waitInterruptibly(ctx)
	switch {
	case ctx.Err() == nil && hasCode(err, "RequestCanceled"):
		return // somebody new waits
	case err != nil:
		l.failed(ctx, err)

		return
	}
	l.failures = 0
	if set == nil {
		return
	}
	l.version = set.Version
	l.spread(set.FilterSet)
	if set.Truncated == nil || !*set.Truncated {
		httpapi.Pause(ctx, betweenWaits)
	}
}

// waitInterruptibly waits for changes; somebody new who waits ends it with RequestCanceled.
func (l *watchLoop) waitInterruptibly(ctx context.Context) (*types.UpdateSet, error) {
	nudging, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	current := l.collector
	go func() {
		defer close(done)
		select {
		case <-l.wake:
		case <-nudging.Done():
			return
		}
		// The interruption may arrive before the wait does: repeat it until the wait has ended.
		for pause := gatherWatches; httpapi.Pause(nudging, pause); pause = repeatedNudge {
			_ = current.interrupt(nudging) // a failure shows in the wait itself
		}
	}()
	set, err := current.wait(ctx, l.version)
	stop()
	<-done

	return set, err
}

// failed decides what a failure means: an object that is gone concerns those who wait for it; anything else the
// collector, which is made anew after a pause. Those who wait are told when that does not help.
func (l *watchLoop) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	missing, isMissing := missingObject(err)
	if isMissing && l.collector != nil && !l.collector.is(missing) {
		if lost := l.of(missing); len(lost) > 0 {
			l.fail(lost, gone)
			l.reset(ctx)

			return
		}
	}
	l.failures++
	l.reset(ctx)
	if l.failures >= watchFailures {
		l.fail(l.all(), func(*watch) error { return err })
		l.failures = 0

		return
	}
	if l.failures > 1 || !isMissing { // a collector that went with its session is made anew at once
		httpapi.Pause(ctx, httpapi.BackOff(l.failures))
	}
}

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

// reset gives the collector up and starts over.
func (l *watchLoop) reset(ctx context.Context) {
	l.dropCollector(ctx)
	l.startOver()
}

// dropCollector destroys the collector, as far as it is still there.
func (l *watchLoop) dropCollector(ctx context.Context) {
	if l.collector == nil {
		return
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), destroyTimeout)
	defer cancel()
	if ctx.Err() == nil || l.outlived {
		_ = l.collector.destroy(bounded) // it ends with the session anyway
	}
	l.collector, l.version, l.filtered = nil, "", 0
}
