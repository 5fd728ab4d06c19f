package floor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	// filterDelay is the time from the first new wait to the filter that serves it: waits that begin meanwhile share the filter.
	filterDelay = 5 * time.Millisecond
	// longestWait is how long one WaitForUpdatesEx may take, in seconds.
	longestWait = 60
)

// watch is the one loop of WaitForUpdatesEx that serves all waits for a task or for a VM's power state.
type watch struct {
	vim  *vim25.Client
	stop context.CancelFunc
	runs sync.WaitGroup
	wake chan struct{}

	mu      sync.Mutex
	waiting map[types.ManagedObjectReference]*watcher
	fresh   []types.ObjectSpec // not in a filter yet
	failed  error
}

// watcher waits for one object.
type watcher struct {
	values map[string]any
	// settled reports whether the values are those that are waited for.
	settled func(values map[string]any) bool
	ended   chan error
}

func startWatch(ctx context.Context, vim *vim25.Client) *watch {
	ctx, stop := context.WithCancel(ctx)
	w := &watch{vim: vim, stop: stop, wake: make(chan struct{}, 1), waiting: map[types.ManagedObjectReference]*watcher{}}
	w.runs.Go(func() { w.cover(ctx) })

	return w
}

func (w *watch) close() {
	w.stop()
	w.runs.Wait()
}

// task waits for a task and returns its result.
func (w *watch) task(ctx context.Context, ref types.ManagedObjectReference) (any, error) {
	values, err := w.await(ctx, ref, func(values map[string]any) bool {
		state, _ := values["info.state"].(types.TaskInfoState)

		return state == types.TaskInfoStateSuccess || state == types.TaskInfoStateError
	})
	if err != nil {
		return nil, err
	}
	if values["info.state"] == types.TaskInfoStateError {
		failure, _ := values["info.error"].(types.LocalizedMethodFault)

		return nil, fmt.Errorf("task %s failed: %s (%T)", ref.Value, failure.LocalizedMessage, failure.Fault)
	}

	return values["info.result"], nil
}

// poweredOff waits until a VM is off.
func (w *watch) poweredOff(ctx context.Context, ref types.ManagedObjectReference) error {
	_, err := w.await(ctx, ref, func(values map[string]any) bool {
		return values["runtime.powerState"] == types.VirtualMachinePowerStatePoweredOff
	})

	return err
}

func (w *watch) await(
	ctx context.Context, ref types.ManagedObjectReference, settled func(map[string]any) bool,
) (map[string]any, error) {
	one := &watcher{values: map[string]any{}, settled: settled, ended: make(chan error, 1)}
	w.mu.Lock()
	if w.failed != nil {
		w.mu.Unlock()

		return nil, w.failed
	}
	w.waiting[ref] = one
	w.fresh = append(w.fresh, types.ObjectSpec{Obj: ref})
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
	select {
	case err := <-one.ended:
		return one.values, err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", ref.Value, context.Cause(ctx))
	}
}

// cover creates filters for new waits, and starts the loop with the first filter.
func (w *watch) cover(ctx context.Context) {
	looping := false
	for {
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		}
		delay := time.NewTimer(filterDelay)
		select {
		case <-delay.C:
		case <-ctx.Done():
			delay.Stop()

			return
		}
		w.mu.Lock()
		fresh := w.fresh
		w.fresh = nil
		w.mu.Unlock()
		if len(fresh) == 0 {
			continue
		}
		_, err := methods.CreateFilter(ctx, w.vim, &types.CreateFilter{
			This: w.vim.ServiceContent.PropertyCollector,
			Spec: types.PropertyFilterSpec{ObjectSet: fresh, PropSet: []types.PropertySpec{
				{Type: "Task", PathSet: []string{"info.state", "info.error", "info.result"}},
				{Type: "VirtualMachine", PathSet: []string{"runtime.powerState"}},
			}},
		})
		if err != nil {
			w.fail(fmt.Errorf("making a filter: %w", err))

			return
		}
		if !looping {
			looping = true
			w.runs.Go(func() { w.loop(ctx) })
		}
	}
}

// loop asks for updates, one call after another.
func (w *watch) loop(ctx context.Context) {
	version := ""
	for ctx.Err() == nil {
		answer, err := methods.WaitForUpdatesEx(ctx, w.vim, &types.WaitForUpdatesEx{
			This: w.vim.ServiceContent.PropertyCollector, Version: version,
			Options: &types.WaitOptions{MaxWaitSeconds: types.NewInt32(longestWait)},
		})
		switch {
		case ctx.Err() != nil:
			w.fail(errStopped)
		case err != nil:
			w.fail(fmt.Errorf("waiting for updates: %w", err))

			return
		case answer.Returnval != nil:
			version = answer.Returnval.Version
			w.tell(answer.Returnval)
		}
	}
}

var errGone = errors.New("it is gone")

func (w *watch) tell(updates *types.UpdateSet) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, filter := range updates.FilterSet {
		for _, update := range filter.ObjectSet {
			one := w.waiting[update.Obj]
			if one == nil {
				continue
			}
			for _, change := range update.ChangeSet {
				one.values[change.Name] = change.Val
			}
			switch {
			case update.Kind == types.ObjectUpdateKindLeave:
				one.ended <- fmt.Errorf("waiting for %s: %w", update.Obj.Value, errGone)
			case one.settled(one.values):
				one.ended <- nil
			default:
				continue
			}
			delete(w.waiting, update.Obj)
		}
	}
}

// fail ends all waits, present and future, with err.
func (w *watch) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = err
	for ref, one := range w.waiting {
		one.ended <- err
		delete(w.waiting, ref)
	}
}
