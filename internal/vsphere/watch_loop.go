package vsphere

import (
	"context"
	"time"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
)

// collector is a PropertyCollector of our own on the server.
type collector interface {
	// filter covers the objects of groups, each of another type, from the present wait on, or from the next one.
	filter(ctx context.Context, groups []filterGroup) error
	// wait returns what changed since the version, everything for an empty one, and nil when nothing did for a while.
	wait(ctx context.Context, version string) (*types.UpdateSet, error)
	// interrupt makes a wait that is under way end with RequestCanceled.
	interrupt(ctx context.Context) error
	destroy(ctx context.Context) error
	// is reports whether the id is the collector's own.
	is(id string) bool
}

// watchLoop is the state of a running loop. Only its own goroutine uses it, or one that it waits for.
type watchLoop struct {
	*watcher

	collector collector // nil: none at present
	version   string
	filtered  int // objects that the collector covers, finished ones included
	failures  int // in a row
	// deaf is a server that notices no filter that is made during a wait: govmomi's simulator. Filters are then made between
	// two waits, and the wait after one starts from the empty version.
	deaf bool
}

// loop serves those who wait, until nobody does or the client is closed.
func (w *watcher) loop(ctx context.Context) {
	l := &watchLoop{watcher: w}
	defer l.dropCollector(ctx)
	for {
		fresh, some := w.newcomers()
		switch {
		case ctx.Err() != nil:
			w.fail(w.all(), func(*watch) error { return httpapi.ErrClosed })
			w.stopIfIdle()

			return
		case !some:
			if l.lingered(ctx) && w.stopIfIdle() {
				return
			}
		case fresh.alone && time.Now().Before(fresh.ready):
			l.rest(ctx, longestWait)
		case fresh.some() && !time.Now().Before(fresh.ready):
			l.serve(ctx, fresh.due)
		default:
			l.waitOnce(ctx)
		}
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

// rest lets time pass, until newcomers are to be covered.
func (l *watchLoop) rest(ctx context.Context, limit time.Duration) {
	for end := time.Now().Add(limit); ; {
		until := end
		if fresh, _ := l.newcomers(); fresh.some() && fresh.ready.Before(end) {
			until = fresh.ready
		}
		timer := time.NewTimer(time.Until(until))
		select {
		case <-l.wake:
			timer.Stop()

			continue
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()

		return
	}
}

// serve looks at newcomers, and covers those who still wait.
func (l *watchLoop) serve(ctx context.Context, due []*watch) {
	l.life.Gathered()
	if rest := l.look(ctx, due); len(rest) > 0 {
		l.cover(ctx, rest)
	}
}

// cover makes filters, and the collector when there is none.
func (l *watchLoop) cover(ctx context.Context, fresh []*watch) {
	if l.filtered+len(fresh) > mostFiltered {
		l.reset(ctx)
		fresh = l.all()
	}
	if l.collector == nil {
		made, err := l.open(ctx)
		if err != nil {
			l.failed(ctx, err)

			return
		}
		l.collector, l.version, l.filtered = made, "", 0
	}
	if err := l.addFilters(ctx, fresh); err != nil {
		l.failed(ctx, err)

		return
	}
	if l.deaf {
		l.version = ""
	}
}

func (l *watchLoop) addFilters(ctx context.Context, fresh []*watch) error {
	for _, groups := range filters(fresh) {
		if err := l.collector.filter(ctx, groups); err != nil {
			return err
		}
		for _, g := range groups {
			l.markFiltered(g.watches)
			l.filtered += len(g.watches)
		}
	}

	return nil
}

// waitOnce asks for changes and hands them out.
func (l *watchLoop) waitOnce(ctx context.Context) {
	set, covering, err := l.wait(ctx)
	switch {
	case covering != nil:
		l.failed(ctx, covering)

		return
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
		l.rest(ctx, betweenWaits)
	}
}

// wait waits for changes. Whoever comes meanwhile is covered when it is time; covering is what failed of that.
func (l *watchLoop) wait(ctx context.Context) (set *types.UpdateSet, covering, err error) {
	attending, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		covering = l.attend(ctx, attending)
	}()
	set, err = l.collector.wait(ctx, l.version)
	stop()
	<-done

	return set, covering, err
}

// attend covers newcomers as long as a wait is under way. Where the wait would not notice, it ends it with
// RequestCanceled: then the loop sees to them.
func (l *watchLoop) attend(ctx, waiting context.Context) error {
	for {
		var ready, unnoticed <-chan time.Time
		fresh, _ := l.newcomers()
		if fresh.some() {
			ready = time.After(time.Until(fresh.ready))
		}
		if !l.deaf && l.untold() {
			unnoticed = time.After(noticing)
		}
		select {
		case <-waiting.Done():
			return nil
		case <-l.wake:
		case <-unnoticed:
			l.deaf, l.version = true, ""
			l.interrupt(waiting)

			return nil
		case <-ready:
			if fresh, _ = l.newcomers(); time.Now().Before(fresh.ready) {
				continue
			}
			l.life.Gathered()
			if l.deaf || l.filtered+len(fresh.due) > mostFiltered {
				l.interrupt(waiting)

				return nil
			}
			still := l.look(ctx, fresh.due)
			if err := l.addFilters(ctx, still); err != nil {
				l.interrupt(waiting)

				return err
			}
		}
	}
}

// interrupt ends a wait. The interruption may arrive before the wait does, and is repeated until the wait has ended.
func (l *watchLoop) interrupt(waiting context.Context) {
	for pause := firstNudge; backoff.Pause(waiting, pause); pause = repeatedNudge {
		_ = l.collector.interrupt(waiting) // a failure shows in the wait itself
	}
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
		backoff.Pause(ctx, httpapi.Pauses.After(l.failures))
	}
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
