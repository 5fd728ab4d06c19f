package lifecycle

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestResolve finds out what became of a pending object, at a glance and by waiting for a minute.
func TestResolve(t *testing.T) {
	t.Parallel()
	const running, nothing = stillRunning, resolvedNothing
	part := func(s scripted) scripted { s.leaves = LeavesPart; return s }
	internal := refusal(apierr.Internal)
	tests := map[string]struct {
		taskID   string // job-1 where it says nothing
		job      job
		platform scripted
		complete bool // what is found is complete, whatever its task says
		glance   resolutionKind
		waited   resolutionKind
		within   time.Duration // of the wait
		// candidate says that the object which is there is named, since nothing proves whose it is.
		candidate bool
	}{
		"made":              {job: job{ends: made()}, glance: resolved, waited: resolved, within: time.Second},
		"made in a while":   {job: job{ends: made(), runs: 30 * time.Second}, glance: running, waited: resolved, within: 31 * time.Second},
		"running":           {glance: running, waited: unresolved, within: time.Minute},
		"running, complete": {platform: scripted{found: "vm-1"}, complete: true, glance: resolved, waited: resolved, within: time.Second},
		"running, complete, unproved": {
			platform: scripted{found: "vm-1", unproved: true}, complete: true, glance: unresolved, waited: unresolved, within: 30 * time.Second,
			candidate: true,
		},
		"failed":                       {job: job{ends: failed(internal)}, glance: nothing, waited: nothing, within: time.Second},
		"failed, may leave nothing":    {job: job{ends: failed(internal)}, platform: part(scripted{}), glance: nothing, waited: nothing, within: time.Second},
		"failed, left something":       {job: job{ends: failed(internal)}, platform: part(scripted{found: "vm-1"}), glance: resolved, waited: resolved, within: time.Second},
		"failed, and the search too":   {job: job{ends: failed(internal)}, platform: part(scripted{err: internal}), glance: unresolved, waited: unresolved, within: time.Second},
		"cancelled":                    {job: job{ends: &task.Update[string]{State: task.StateCancelled}}, glance: nothing, waited: nothing, within: time.Second},
		"not told, found":              {job: job{ends: failed(lost())}, platform: scripted{found: "vm-1"}, glance: resolved, waited: resolved, within: time.Second},
		"not told, not found":          {job: job{ends: failed(lost())}, glance: unresolved, waited: unresolved, within: time.Second},
		"forgotten, found":             {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{found: "vm-1"}, glance: resolved, waited: resolved},
		"forgotten, not found":         {job: job{fails: refusal(apierr.NotFound)}, glance: nothing, waited: nothing},
		"forgotten, another's":         {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{found: "vm-9", other: true}, glance: nothing, waited: nothing},
		"forgotten, the search failed": {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{err: internal}, glance: unresolved, waited: unresolved},
		"failed, unproved": {
			job: job{ends: failed(internal)}, platform: part(scripted{found: "vm-1", unproved: true}), glance: unresolved, waited: unresolved,
			within: time.Second, candidate: true,
		},
		"not told, unproved": {
			job: job{ends: failed(lost())}, platform: scripted{found: "vm-1", unproved: true}, glance: unresolved, waited: unresolved,
			within: time.Second, candidate: true,
		},
		"forgotten, unproved": {
			job: job{fails: refusal(apierr.NotFound)}, platform: scripted{found: "vm-1", unproved: true}, glance: unresolved, waited: unresolved,
			candidate: true,
		},
		"forgotten, unproved and another's": {
			job: job{fails: refusal(apierr.NotFound)}, platform: scripted{found: "vm-9", other: true, unproved: true},
			glance: nothing, waited: nothing,
		},
		"no task, unproved": {
			taskID: UnknownTask, platform: scripted{found: "vm-1", unproved: true}, glance: unresolved, waited: unresolved, candidate: true,
		},
		"no answer":                  {job: job{fails: internal}, glance: unresolved, waited: unresolved},
		"no task, found":             {taskID: UnknownTask, platform: scripted{found: "vm-1"}, glance: resolved, waited: resolved},
		"no task, not found":         {taskID: UnknownTask, glance: nothing, waited: nothing},
		"no task, the search failed": {taskID: UnknownTask, platform: scripted{err: internal}, glance: unresolved, waited: unresolved},
	}
	for name, test := range tests {
		for _, wait := range []bool{false, true} {
			want, taskID := test.glance, test.taskID
			if wait {
				name, want = name+", waited for", test.waited
			}
			if taskID == "" {
				taskID = "job-1"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					j := &job{runs: test.job.runs, ends: test.job.ends, fails: test.job.fails, began: time.Now()}
					_, adapter, registry := test.platform.script(j, test.complete)
					search := searchOn(adapter, registry)
					search.model.pendingTask = taskID
					bounded, stop := context.WithTimeout(t.Context(), time.Minute)
					defer stop()
					began := time.Now()
					got := search.resolve(bounded, wait)
					if got.kind != want || (got.result != "") != (want == resolved) {
						t.Errorf("%+v, want %d", got, want)
					}
					if named := got.candidate != nil; named != test.candidate || named && got.candidate.Key != test.platform.found {
						t.Errorf("candidate %+v", got.candidate)
					}
					if want == unresolved && got.err == nil && !test.candidate || want == running && got.percent != 40 {
						t.Errorf("%+v", got)
					}
					if took := time.Since(began); wait && took > test.within+time.Second || !wait && took > 5*time.Second {
						t.Errorf("took %s", took)
					}
					if forgotten := test.job.fails != nil && want == nothing; got.forgotten != forgotten {
						t.Errorf("forgotten: %t, want %t", got.forgotten, forgotten)
					}
					if registry.Has("vm-1") != (want == resolved) {
						t.Errorf("in state: %t", registry.Has("vm-1"))
					}
					if j.cancels > 0 {
						t.Error("it was asked to cancel")
					}
				})
			})
		}
	}
}

// TestResolveGlance gives up on a task without news after some seconds: it still runs.
func TestResolveGlance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		search := searchOn(&scripted{task: silent{}}, &Registry{})
		if got := search.resolve(t.Context(), false); got.kind != stillRunning || got.percent != -1 {
			t.Errorf("%+v", got)
		}
	})
}

// silent is a task that never has news.
type silent struct{}

func (silent) ID() string { return "job-1" }

func (silent) Cancel(context.Context) error { return nil }

func (silent) Next(ctx context.Context) (task.Update[string], error) {
	<-ctx.Done()

	return task.Update[string]{}, ctx.Err()
}
