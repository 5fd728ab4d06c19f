package lifecycle

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestRun has every outcome. A creation has a minute; it is interrupted after ten seconds where a case says so.
func TestRun(t *testing.T) {
	t.Parallel()
	cancelled := &task.Update[string]{State: task.StateCancelled}
	part := func(s scripted) scripted { s.leaves = LeavesPart; return s }
	tests := map[string]struct {
		job       job
		start     error
		platform  scripted
		complete  bool // what is found is complete, whatever its task says
		interrupt bool
		want      outcomeKind
		result    string
		taskID    string
		within    time.Duration
	}{
		"made":            {job: job{runs: time.Second, ends: made()}, want: endCreated, result: "vm-1", taskID: "job-1", within: 2 * time.Second},
		"refused":         {start: refusal(apierr.Denied), want: endNotCreated},
		"failed":          {job: job{ends: failed(refusal(apierr.Internal))}, want: endNotCreated, taskID: "job-1", within: time.Second},
		"failed, nothing": {job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{}), want: endNotCreated, taskID: "job-1", within: time.Second},
		"failed, and left something": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{found: "vm-1"}), want: endPartial, result: "vm-1",
			taskID: "job-1", within: time.Second,
		},
		"failed, and left all": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: scripted{leaves: LeavesWhole, found: "vm-1"}, want: endCreated, result: "vm-1",
			taskID: "job-1", within: time.Second,
		},
		"failed, and another resource's is found": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{found: "vm-9", other: true}), taskID: "job-1", within: time.Second,
		},
		"failed, and the search too": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{err: refusal(apierr.Internal)}), want: endUnseen,
			taskID: "job-1", within: time.Second,
		},
		"failed, and no platform to search": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{err: refusal(apierr.Unavailable)}), want: endUnseen,
			taskID: "job-1", within: 31 * time.Second,
		},
		"failed late, and the search too": {
			job: job{runs: 50 * time.Second, ends: failed(refusal(apierr.Internal))}, platform: part(scripted{err: refusal(apierr.Unavailable)}),
			want: endUnseen, taskID: "job-1", within: 90 * time.Second,
		},
		"failed, interrupted in the search": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{err: refusal(apierr.Unavailable)}), interrupt: true,
			want: endUnseen, taskID: "job-1", within: 12 * time.Second,
		},
		"failed, and nothing proves whose the present one is": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{found: "vm-9", unproved: true}), want: endUnproved,
			taskID: "job-1", within: time.Second,
		},
		"failed, and the present one is another resource's": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: part(scripted{found: "vm-9", unproved: true, other: true}), taskID: "job-1",
			within: time.Second,
		},
		"lost at once, and nothing proves whose the present one is": {
			start: lost(), platform: scripted{found: "vm-9", unproved: true}, want: endUnproved, taskID: UnknownTask,
		},
		"failed, and what leaves nothing": {
			job: job{ends: failed(refusal(apierr.Internal))}, platform: scripted{found: "vm-1"}, taskID: "job-1", within: time.Second,
		},
		"lost at once, found":             {start: lost(), platform: scripted{found: "vm-1"}, want: endCreated, result: "vm-1"},
		"lost at once, found later":       {start: lost(), platform: scripted{found: "vm-1", after: 1}, want: endCreated, result: "vm-1", within: 2 * time.Second},
		"lost at once, not found":         {start: lost(), want: endLostNotCreated, within: 2 * time.Second},
		"lost at once, another's":         {start: lost(), platform: scripted{found: "vm-9", other: true}, want: endLostNotCreated},
		"lost at once, the search failed": {start: lost(), platform: scripted{err: refusal(apierr.Internal)}, want: endLost, taskID: UnknownTask},
		"lost at the end, found":          {job: job{ends: failed(lost())}, platform: scripted{found: "vm-1"}, want: endCreated, result: "vm-1", taskID: "job-1", within: time.Second},
		"forgotten, found":                {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{found: "vm-1"}, want: endCreated, result: "vm-1", taskID: "job-1"},
		"forgotten, not found":            {job: job{fails: refusal(apierr.NotFound)}, want: endLostNotCreated, taskID: "job-1", within: 2 * time.Second},
		"forgotten, the search failed":    {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{err: refusal(apierr.Internal)}, want: endLost, taskID: "job-1"},
		"forgotten, no platform":          {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{err: refusal(apierr.Unavailable)}, want: endLost, taskID: "job-1", within: 90 * time.Second},
		"late, made":                      {job: job{runs: 70 * time.Second, ends: made()}, want: endCreated, result: "vm-1", taskID: "job-1", within: 71 * time.Second},
		"late, cancelled":                 {job: job{cancelled: cancelled}, want: endCancelled, taskID: "job-1", within: time.Minute},
		"late, failed by itself":          {job: job{cancelled: failed(refusal(apierr.Insufficient))}, want: endNotCreated, taskID: "job-1", within: time.Minute},
		"late, failed, and left something": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, platform: part(scripted{found: "vm-1"}), want: endPartial, result: "vm-1",
			taskID: "job-1", within: time.Minute,
		},
		"late, failed, and the search too": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, platform: part(scripted{err: refusal(apierr.Unavailable)}), want: endUnseen,
			taskID: "job-1", within: 90 * time.Second,
		},
		"late, not told": {want: endPending, taskID: "job-1", within: 90 * time.Second},
		"late, complete": {platform: scripted{found: "vm-1"}, complete: true, want: endCreated, result: "vm-1", taskID: "job-1", within: 90 * time.Second},
		"late, complete, and nothing proves whose it is": {
			platform: scripted{found: "vm-9", unproved: true}, complete: true, want: endUnproved, taskID: "job-1", within: 90 * time.Second,
		},
		"gave up, complete, and nothing proves whose it is": {
			job: job{ends: failed(&apierr.Error{Kind: apierr.TimedOut, AnswerLost: true})}, platform: scripted{found: "vm-9", unproved: true},
			complete: true, want: endUnproved, taskID: "job-1", within: time.Second,
		},
		"interrupted, complete, and nothing proves whose it is": {
			platform: scripted{found: "vm-9", unproved: true}, complete: true, interrupt: true, want: endUnproved, taskID: "job-1",
			within: 12 * time.Second,
		},
		"interrupted, made":      {job: job{runs: 11 * time.Second, ends: made()}, interrupt: true, want: endCreated, result: "vm-1", taskID: "job-1", within: 12 * time.Second},
		"interrupted, cancelled": {job: job{cancelled: cancelled}, interrupt: true, want: endCancelled, taskID: "job-1", within: 10 * time.Second},
		"interrupted, failed by itself": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, interrupt: true, want: endCancelled, taskID: "job-1", within: 10 * time.Second,
		},
		"interrupted, failed, and left something": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, platform: part(scripted{found: "vm-1"}), interrupt: true, want: endPartial,
			result: "vm-1", taskID: "job-1", within: 10 * time.Second,
		},
		"interrupted, cancelled, and left something": {
			job: job{cancelled: cancelled}, platform: scripted{leavesCancelled: LeavesPart, found: "vm-1"}, interrupt: true, want: endPartial, result: "vm-1",
			taskID: "job-1", within: 10 * time.Second,
		},
		"interrupted, cancelled, and left all": {
			job: job{cancelled: cancelled}, platform: scripted{leavesCancelled: LeavesWhole, found: "vm-1"}, interrupt: true, want: endCreated, result: "vm-1",
			taskID: "job-1", within: 10 * time.Second,
		},
		"interrupted, not told":      {interrupt: true, want: endPending, taskID: "job-1", within: 12 * time.Second},
		"interrupted, complete":      {platform: scripted{found: "vm-1"}, complete: true, interrupt: true, want: endCreated, result: "vm-1", taskID: "job-1", within: 12 * time.Second},
		"interrupted, in the search": {job: job{fails: refusal(apierr.NotFound)}, platform: scripted{err: refusal(apierr.Unavailable)}, interrupt: true, want: endLost, taskID: "job-1", within: 12 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				bounded, stop := context.WithTimeout(ctx, time.Minute)
				defer stop()
				if test.interrupt {
					time.AfterFunc(10*time.Second, interrupt)
				}
				began := time.Now()
				test.job.began = began
				platform, adapter, registry := test.platform.script(&test.job, test.complete)
				starts := 0
				platform.start = func(context.Context) (task.Handle[string], error) {
					starts++

					return &test.job, test.start
				}
				got := createOn(adapter, registry).run(ctx, bounded)
				if got.Kind != test.want || got.Result != test.result || got.TaskID != test.taskID || starts != 1 {
					t.Errorf("%+v after %d starts", got, starts)
				}
				if took := time.Since(began); took > test.within+500*time.Millisecond {
					t.Errorf("took %s", took)
				}
				if registry.Has("vm-1") != (got.Result != "") {
					t.Errorf("in state: %t", registry.Has("vm-1"))
				}
				if (got.Kind == endLost || got.Kind == endUnseen) != (got.SearchErr != nil) || got.Kind != endCreated && got.Kind != endCancelled && got.Err == nil {
					t.Errorf("the error is %v, that of the search %v", got.Err, got.SearchErr)
				}
			})
		})
	}
}

// TestRunSlot waits for a slot, and gives it back.
func TestRunSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := job{ends: made(), began: time.Now()}
		held, full := 0, errors.New("full")
		platform := &scripted{
			start: func(context.Context) (task.Handle[string], error) { return &j, nil },
			slot: func(context.Context) (func(), error) {
				held++

				return func() { held-- }, nil
			},
		}
		creation := createOn(platform, &Registry{})
		if got := creation.run(t.Context(), t.Context()); got.Kind != endCreated || held != 0 {
			t.Errorf("%+v, %d slots held", got, held)
		}
		platform.slot = func(context.Context) (func(), error) { return nil, full }
		if got := creation.run(t.Context(), t.Context()); got.Kind != endNotCreated || !errors.Is(got.Err, full) {
			t.Errorf("%+v", got)
		}
	})
}
