package lifecycle_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestResolve finds out what became of a pending thing, at a glance and by waiting for a minute.
func TestResolve(t *testing.T) {
	t.Parallel()
	const unresolved, running = lifecycle.Unresolved, lifecycle.StillRunning
	const resolved, nothing = lifecycle.Resolved, lifecycle.ResolvedNothing
	internal := refusal(apierr.Internal)
	tests := map[string]struct {
		taskID string // job-1 where it says nothing
		job    job
		world  world
		glance lifecycle.ResolutionKind
		waited lifecycle.ResolutionKind
		within time.Duration // of the wait
	}{
		"made":                      {job: job{ends: made()}, glance: resolved, waited: resolved, within: time.Second},
		"made in a while":           {job: job{ends: made(), runs: 30 * time.Second}, glance: running, waited: resolved, within: 31 * time.Second},
		"running":                   {glance: running, waited: unresolved, within: time.Minute},
		"running, there":            {world: world{found: "vm-1", there: true}, glance: resolved, waited: resolved, within: time.Second},
		"failed":                    {job: job{ends: failed(internal)}, glance: nothing, waited: nothing, within: time.Second},
		"failed, may leave nothing": {job: job{ends: failed(internal)}, world: world{leaves: true}, glance: nothing, waited: nothing, within: time.Second},
		"failed, left something":    {job: job{ends: failed(internal)}, world: world{leaves: true, found: "vm-1"}, glance: resolved, waited: resolved, within: time.Second},
		"failed, no look":           {job: job{ends: failed(internal)}, world: world{leaves: true, err: internal}, glance: unresolved, waited: unresolved, within: time.Second},
		"cancelled":                 {job: job{ends: &task.Update[string]{State: task.StateCancelled}}, glance: nothing, waited: nothing, within: time.Second},
		"gave up, found":            {job: job{ends: failed(lost())}, world: world{found: "vm-1"}, glance: resolved, waited: resolved, within: time.Second},
		"gave up, not found":        {job: job{ends: failed(lost())}, glance: unresolved, waited: unresolved, within: time.Second},
		"forgotten, found":          {job: job{fails: refusal(apierr.NotFound)}, world: world{found: "vm-1"}, glance: resolved, waited: resolved},
		"forgotten, not found":      {job: job{fails: refusal(apierr.NotFound)}, glance: nothing, waited: nothing},
		"forgotten, theirs":         {job: job{fails: refusal(apierr.NotFound)}, world: world{found: "vm-9", theirs: true}, glance: nothing, waited: nothing},
		"forgotten, no look":        {job: job{fails: refusal(apierr.NotFound)}, world: world{err: internal}, glance: unresolved, waited: unresolved},
		"no answer":                 {job: job{fails: internal}, glance: unresolved, waited: unresolved},
		"no task, found":            {taskID: lifecycle.UnknownTask, world: world{found: "vm-1"}, glance: resolved, waited: resolved},
		"no task, not found":        {taskID: lifecycle.UnknownTask, glance: nothing, waited: nothing},
		"no task, no look":          {taskID: lifecycle.UnknownTask, world: world{err: internal}, glance: unresolved, waited: unresolved},
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
					w := test.world
					j := &job{runs: test.job.runs, ends: test.job.ends, fails: test.job.fails, began: time.Now()}
					search := w.search(j)
					bounded, stop := context.WithTimeout(t.Context(), time.Minute)
					defer stop()
					began := time.Now()
					got := search.Resolve(bounded, taskID, wait)
					if got.Kind != want || (got.Result != "") != (want == resolved) {
						t.Errorf("%+v, want %d", got, want)
					}
					if want == unresolved && got.Err == nil || want == running && got.Percent != 40 {
						t.Errorf("%+v", got)
					}
					if took := time.Since(began); wait && took > test.within+time.Second || !wait && took > 5*time.Second {
						t.Errorf("took %s", took)
					}
					if forgotten := test.job.fails != nil && want == nothing; got.Forgotten != forgotten {
						t.Errorf("forgotten: %t, want %t", got.Forgotten, forgotten)
					}
					if len(w.claimed) > 0 != (want == resolved) {
						t.Errorf("claimed %v", w.claimed)
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
		var w world
		search := w.search(nil)
		search.Task = func(string) task.Handle[string] { return silent{} }
		if got := search.Resolve(t.Context(), "job-1", false); got.Kind != lifecycle.StillRunning || got.Percent != -1 {
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
