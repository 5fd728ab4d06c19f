package task_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script []answer
		want   []string
	}{
		"news every second": {
			script: append(repeated(12, answer{time.Second, running(40), nil}), answer{time.Second, succeeded("vm-42"), nil}),
			want: []string{
				`level=INFO msg="Waiting for the task" task_id=task-7 state=running percent=40 elapsed=1s note="Copying disks"`,
				`level=INFO msg="Waiting for the task" task_id=task-7 state=running percent=40 elapsed=6s note="Copying disks"`,
				`level=INFO msg="Waiting for the task" task_id=task-7 state=running percent=40 elapsed=11s note="Copying disks"`,
				`level=INFO msg="Done waiting for the task" task_id=task-7 state=succeeded percent=40 elapsed=13s note="Copying disks"`,
			},
		},
		"no news": {
			script: []answer{{12 * time.Second, succeeded("vm-42"), nil}},
			want: []string{
				`level=INFO msg="Waiting for the task" task_id=task-7 state=queued elapsed=5s`,
				`level=INFO msg="Waiting for the task" task_id=task-7 state=queued elapsed=10s`,
				`level=INFO msg="Done waiting for the task" task_id=task-7 state=succeeded elapsed=12s`,
			},
		},
		"quick": {
			script: []answer{{300 * time.Millisecond, succeeded("vm-42"), nil}},
			want:   []string{`level=INFO msg="Done waiting for the task" task_id=task-7 state=succeeded elapsed=300ms`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				logger, log := textLogger()
				if _, err := task.Wait(t.Context(), &scripted{script: test.script}, task.WithLogger(logger)); err != nil {
					t.Fatal(err)
				}
				checkLines(t, log, test.want...)
			})
		})
	}
}

// TestProgressTellsOfTrouble warns of each question that failed and is asked again.
func TestProgressTellsOfTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logger, log := textLogger()
		h := &scripted{script: []answer{{err: unavailable()}, {after: time.Second, update: succeeded("vm-42")}}}
		begin := time.Now()
		if _, err := task.Wait(t.Context(), h, task.WithLogger(logger)); err != nil {
			t.Fatal(err)
		}
		checkLines(t, log,
			`level=WARN msg="Could not ask for the task, asking again" task_id=task-7 `+
				`error="GET /api/cis/tasks: Unavailable (HTTP 503): starting"`,
			`level=INFO msg="Done waiting for the task" task_id=task-7 state=succeeded elapsed=`+
				time.Since(begin).Round(time.Millisecond).String())
	})
}

// TestProgressEndsWithTheWait has no line after the wait was interrupted.
func TestProgressEndsWithTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logger, log := textLogger()
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		if _, err := task.Wait(ctx, &scripted{}, task.WithLogger(logger)); err == nil {
			t.Fatal("a task that never ends ended")
		}
		<-time.After(time.Minute)
		checkLines(t, log,
			`level=INFO msg="Waiting for the task" task_id=task-7 state=queued elapsed=5s`,
			`level=INFO msg="Done waiting for the task" task_id=task-7 state=unfinished elapsed=7s`)
	})
}
