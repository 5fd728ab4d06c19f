package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestMaking has every fate. A making has a minute; it is interrupted after ten seconds where a case says so.
func TestMaking(t *testing.T) {
	t.Parallel()
	cancelled := &task.Update[string]{State: task.StateCancelled}
	tests := map[string]struct {
		job       job
		start     error
		world     world
		interrupt bool
		want      lifecycle.FateKind
		result    string
		taskID    string
		within    time.Duration
	}{
		"made":            {job: job{runs: time.Second, ends: made()}, want: lifecycle.Created, result: "vm-1", taskID: "job-1", within: 2 * time.Second},
		"refused":         {start: refusal(apierr.Denied), want: lifecycle.NotCreated},
		"failed":          {job: job{ends: failed(refusal(apierr.Internal))}, want: lifecycle.NotCreated, taskID: "job-1", within: time.Second},
		"failed, nothing": {job: job{ends: failed(refusal(apierr.Internal))}, world: world{leaves: true}, want: lifecycle.NotCreated, taskID: "job-1", within: time.Second},
		"failed, and left something": {
			job: job{ends: failed(refusal(apierr.Internal))}, world: world{leaves: true, found: "vm-1"}, want: lifecycle.Partial, result: "vm-1",
			taskID: "job-1", within: time.Second,
		},
		"failed, and somebody else's is there": {
			job: job{ends: failed(refusal(apierr.Internal))}, world: world{leaves: true, found: "vm-9", theirs: true}, taskID: "job-1", within: time.Second,
		},
		"failed, and no look": {
			job: job{ends: failed(refusal(apierr.Internal))}, world: world{leaves: true, err: refusal(apierr.Internal)}, want: lifecycle.Unseen,
			taskID: "job-1", within: time.Second,
		},
		"failed, and nobody there": {
			job: job{ends: failed(refusal(apierr.Internal))}, world: world{leaves: true, err: refusal(apierr.Unavailable)}, want: lifecycle.Unseen,
			taskID: "job-1", within: 31 * time.Second,
		},
		"failed late, and no look": {
			job: job{runs: 50 * time.Second, ends: failed(refusal(apierr.Internal))}, world: world{leaves: true, err: refusal(apierr.Unavailable)},
			want: lifecycle.Unseen, taskID: "job-1", within: 90 * time.Second,
		},
		"failed, interrupted while looking": {
			job: job{ends: failed(refusal(apierr.Internal))}, world: world{leaves: true, err: refusal(apierr.Unavailable)}, interrupt: true,
			want: lifecycle.Unseen, taskID: "job-1", within: 12 * time.Second,
		},
		"failed, and what leaves nothing": {
			job: job{ends: failed(refusal(apierr.Internal))}, world: world{found: "vm-1"}, taskID: "job-1", within: time.Second,
		},
		"lost at once, found":       {start: lost(), world: world{found: "vm-1"}, want: lifecycle.Created, result: "vm-1"},
		"lost at once, found later": {start: lost(), world: world{found: "vm-1", after: 1}, want: lifecycle.Created, result: "vm-1", within: 2 * time.Second},
		"lost at once, not found":   {start: lost(), want: lifecycle.LostNotCreated, within: 2 * time.Second},
		"lost at once, theirs":      {start: lost(), world: world{found: "vm-9", theirs: true}, want: lifecycle.LostNotCreated},
		"lost at once, and no look": {start: lost(), world: world{err: refusal(apierr.Internal)}, want: lifecycle.Lost, taskID: lifecycle.UnknownTask},
		"lost at the end, found":    {job: job{ends: failed(lost())}, world: world{found: "vm-1"}, want: lifecycle.Created, result: "vm-1", taskID: "job-1", within: time.Second},
		"forgotten, found":          {job: job{fails: refusal(apierr.NotFound)}, world: world{found: "vm-1"}, want: lifecycle.Created, result: "vm-1", taskID: "job-1"},
		"forgotten, not found":      {job: job{fails: refusal(apierr.NotFound)}, want: lifecycle.LostNotCreated, taskID: "job-1", within: 2 * time.Second},
		"forgotten, and no look":    {job: job{fails: refusal(apierr.NotFound)}, world: world{err: refusal(apierr.Internal)}, want: lifecycle.Lost, taskID: "job-1"},
		"forgotten, nobody there":   {job: job{fails: refusal(apierr.NotFound)}, world: world{err: refusal(apierr.Unavailable)}, want: lifecycle.Lost, taskID: "job-1", within: 90 * time.Second},
		"late, made":                {job: job{runs: 70 * time.Second, ends: made()}, want: lifecycle.Created, result: "vm-1", taskID: "job-1", within: 71 * time.Second},
		"late, cancelled":           {job: job{cancelled: cancelled}, want: lifecycle.Cancelled, taskID: "job-1", within: time.Minute},
		"late, failed by itself":    {job: job{cancelled: failed(refusal(apierr.Insufficient))}, want: lifecycle.NotCreated, taskID: "job-1", within: time.Minute},
		"late, failed, and left something": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, world: world{leaves: true, found: "vm-1"}, want: lifecycle.Partial, result: "vm-1",
			taskID: "job-1", within: time.Minute,
		},
		"late, failed, and no look": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, world: world{leaves: true, err: refusal(apierr.Unavailable)}, want: lifecycle.Unseen,
			taskID: "job-1", within: 90 * time.Second,
		},
		"late, untold":           {want: lifecycle.Pending, taskID: "job-1", within: 90 * time.Second},
		"late, there":            {world: world{found: "vm-1", there: true}, want: lifecycle.Created, result: "vm-1", taskID: "job-1", within: 90 * time.Second},
		"interrupted, made":      {job: job{runs: 11 * time.Second, ends: made()}, interrupt: true, want: lifecycle.Created, result: "vm-1", taskID: "job-1", within: 12 * time.Second},
		"interrupted, cancelled": {job: job{cancelled: cancelled}, interrupt: true, want: lifecycle.Cancelled, taskID: "job-1", within: 10 * time.Second},
		"interrupted, failed by itself": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, interrupt: true, want: lifecycle.Cancelled, taskID: "job-1", within: 10 * time.Second,
		},
		"interrupted, failed, and left something": {
			job: job{cancelled: failed(refusal(apierr.Insufficient))}, world: world{leaves: true, found: "vm-1"}, interrupt: true, want: lifecycle.Partial,
			result: "vm-1", taskID: "job-1", within: 10 * time.Second,
		},
		"interrupted, untold":        {interrupt: true, want: lifecycle.Pending, taskID: "job-1", within: 12 * time.Second},
		"interrupted, there":         {world: world{found: "vm-1", there: true}, interrupt: true, want: lifecycle.Created, result: "vm-1", taskID: "job-1", within: 12 * time.Second},
		"interrupted, while looking": {job: job{fails: refusal(apierr.NotFound)}, world: world{err: refusal(apierr.Unavailable)}, interrupt: true, want: lifecycle.Lost, taskID: "job-1", within: 12 * time.Second},
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
				starts := 0
				making := lifecycle.Making[string]{Search: test.world.search(&test.job), Start: func(context.Context) (task.Handle[string], error) {
					starts++

					return &test.job, test.start
				}}
				got := making.Run(ctx, bounded)
				if got.Kind != test.want || got.Result != test.result || got.TaskID != test.taskID || starts != 1 {
					t.Errorf("%+v after %d starts", got, starts)
				}
				if took := time.Since(began); took > test.within+500*time.Millisecond {
					t.Errorf("took %s", took)
				}
				if claimed := len(test.world.claimed) > 0; claimed != (got.Result != "") && !test.world.there {
					t.Errorf("claimed %v", test.world.claimed)
				}
				if (got.Kind == lifecycle.Lost || got.Kind == lifecycle.Unseen) != (got.SearchErr != nil) || got.Kind != lifecycle.Created && got.Kind != lifecycle.Cancelled && got.Err == nil {
					t.Errorf("the error is %v, that of the search %v", got.Err, got.SearchErr)
				}
			})
		})
	}
}

// TestMakingSlot waits for its turn, and gives it back.
func TestMakingSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var w world
		j := job{ends: made(), began: time.Now()}
		held, full := 0, errors.New("full")
		making := lifecycle.Making[string]{
			Search: w.search(&j), Start: func(context.Context) (task.Handle[string], error) { return &j, nil },
			Slot: func(context.Context) (func(), error) {
				held++

				return func() { held-- }, nil
			},
		}
		if got := making.Run(t.Context(), t.Context()); got.Kind != lifecycle.Created || held != 0 {
			t.Errorf("%+v, %d slots held", got, held)
		}
		making.Slot = func(context.Context) (func(), error) { return nil, full }
		if got := making.Run(t.Context(), t.Context()); got.Kind != lifecycle.NotCreated || !errors.Is(got.Err, full) {
			t.Errorf("%+v", got)
		}
	})
}
