package lifecycle

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestRunTask runs a task that has a minute.
func TestRunTask(t *testing.T) {
	t.Parallel()
	busy, denied := refusal(apierr.Busy), refusal(apierr.Denied)
	ends := func(updates ...*task.Update[string]) []*job {
		jobs := make([]*job, len(updates))
		for i, update := range updates {
			jobs[i] = &job{ends: update}
		}

		return jobs
	}
	tests := map[string]struct {
		jobs    []*job // one for each start; the last goes on
		refuses []error
		want    string
		kind    apierr.Kind
		starts  int
		cancels bool
	}{
		"done":                    {jobs: ends(made()), want: "vm-1", starts: 1},
		"failed":                  {jobs: ends(failed(denied)), kind: apierr.Denied, starts: 1},
		"refused":                 {jobs: ends(made()), refuses: []error{denied}, kind: apierr.Denied, starts: 1},
		"busy":                    {jobs: ends(failed(busy), failed(busy), made()), want: "vm-1", starts: 3},
		"busy at the call":        {jobs: ends(nil, made()), refuses: []error{busy}, want: "vm-1", starts: 2},
		"busy to the end":         {jobs: ends(failed(busy)), kind: apierr.Busy, starts: -1},
		"lost once":               {jobs: ends(failed(lost()), made()), want: "vm-1", starts: 2},
		"lost twice":              {jobs: ends(failed(lost())), kind: apierr.Unavailable, starts: 2},
		"too long":                {jobs: ends(nil), kind: apierr.TimedOut, starts: 1, cancels: true},
		"too long, and done late": {jobs: []*job{{ends: made(), runs: 61 * time.Second}}, want: "vm-1", starts: 1, cancels: true},
		"too long, and cancelled": {jobs: []*job{{cancelled: &task.Update[string]{State: task.StateCancelled}}}, kind: apierr.Internal, starts: 1, cancels: true},
		"too long, and failed":    {jobs: []*job{{cancelled: failed(denied)}}, kind: apierr.Denied, starts: 1, cancels: true},
		"no answer":               {jobs: []*job{{fails: refusal(apierr.Internal)}}, kind: apierr.Internal, starts: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				starts, held := 0, 0
				tasks := Tasks{
					Logger: slog.New(slog.DiscardHandler),
					Slot: func(context.Context) (func(), error) {
						held++

						return func() { held-- }, nil
					},
				}
				var last *job
				got, err := RunTask(bounded, tasks, &BusyOrLostOnce{}, func(context.Context) (task.Handle[string], error) {
					starts++
					last = test.jobs[min(starts, len(test.jobs))-1]
					last.began = time.Now()
					if starts <= len(test.refuses) {
						return nil, test.refuses[starts-1]
					}

					return last, nil
				})
				if got != test.want || (err == nil) != (test.want != "") || err != nil && apierr.KindOf(err) != test.kind {
					t.Errorf("%q, %v", got, err)
				}
				if starts != test.starts && test.starts >= 0 || starts < 5 && test.starts < 0 || held != 0 {
					t.Errorf("%d starts, %d slots held", starts, held)
				}
				if (last.cancels > 0) != test.cancels {
					t.Errorf("asked to cancel %d times", last.cancels)
				}
			})
		})
	}
}
