package task_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

func TestSettle(t *testing.T) {
	t.Parallel()
	const grace = 2 * time.Second
	tests := map[string]struct {
		handle  scripted
		outcome task.Outcome
		want    end
	}{
		"cancelled": {
			handle:  scripted{onCancel: []answer{{time.Second, cancelled(nil), nil}}},
			outcome: task.Cancelled,
			want:    end{elapsed: time.Second},
		},
		"cancelled, told as a failure": {
			handle:  scripted{onCancel: []answer{{0, failed(&apierr.Error{Kind: apierr.Cancelled, Code: "RequestCanceled"}), nil}}},
			outcome: task.Cancelled,
		},
		"failed by itself": {
			handle:  scripted{onCancel: []answer{{0, failed(&apierr.Error{Kind: apierr.Insufficient, Code: "NoDiskSpace"}), nil}}},
			outcome: task.Cancelled,
			want:    end{kind: apierr.Insufficient, code: "NoDiskSpace", taskID: "task-7", text: "Insufficient (NoDiskSpace)"},
		},
		"succeeded after all": {
			handle:  scripted{onCancel: []answer{{time.Second, running(99), nil}, {500 * time.Millisecond, succeeded("vm-42"), nil}}},
			outcome: task.Adopted,
			want:    end{result: "vm-42", elapsed: 1500 * time.Millisecond},
		},
		"can't be cancelled but ends": {
			handle:  scripted{cancelError: &apierr.Error{Kind: apierr.Denied}, script: []answer{{time.Second, succeeded("vm-42"), nil}}},
			outcome: task.Adopted,
			want:    end{result: "vm-42", elapsed: time.Second},
		},
		"the request to cancel hangs, the task ends": {
			handle:  scripted{cancelHangs: true, script: []answer{{500 * time.Millisecond, cancelled(nil), nil}}},
			outcome: task.Cancelled,
			want:    end{elapsed: 1500 * time.Millisecond},
		},
		"goes on": {
			handle: scripted{onCancel: repeated(100, answer{100 * time.Millisecond, running(60), nil})},
			want: end{
				kind: apierr.TimedOut, code: "DeadlineExceeded", taskID: "task-7", unfinished: true, deadline: true, elapsed: grace,
				text: "TimedOut (DeadlineExceeded): task task-7 had not ended after 2s, 60 % done (Copying disks): " +
					"the task's end was not seen: context deadline exceeded",
			},
		},
		"the server hangs": {
			handle: scripted{cancelHangs: true},
			want: end{
				kind: apierr.TimedOut, code: "DeadlineExceeded", taskID: "task-7", unfinished: true, deadline: true, elapsed: grace,
				text: "TimedOut (DeadlineExceeded): task task-7 had not ended after 1s: " +
					"the task's end was not seen: context deadline exceeded",
			},
		},
		"unknown": {
			handle: scripted{cancelError: &apierr.Error{Kind: apierr.NotFound}, script: []answer{{err: &apierr.Error{Kind: apierr.NotFound}}}},
			want: end{
				kind: apierr.Internal, code: "TaskUnknown", taskID: "task-7", unfinished: true, unknown: true,
				text: "Internal (TaskUnknown): the platform does not know task task-7: the task's end was not seen: " +
					"the platform does not know the task: NotFound",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				interrupted, interrupt := context.WithCancel(t.Context())
				interrupt()
				begin := time.Now()
				result, outcome, err := task.Settle(interrupted, &test.handle, grace)
				if outcome != test.outcome {
					t.Errorf("the outcome is %s, want %s", outcome, test.outcome)
				}
				if got := endOf(result, err, time.Since(begin)); got != test.want {
					t.Errorf("got  %+v\nwant %+v", got, test.want)
				}
				if test.handle.cancels != 1 {
					t.Errorf("asked to cancel %d times", test.handle.cancels)
				}
			})
		})
	}
}

// TestSettleSurvivesAnOutage has the platform come back within the grace.
func TestSettleSurvivesAnOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logger, log := textLogger()
		h := &scripted{
			cancelError: unavailable(),
			script:      []answer{{err: unavailable()}, {err: unavailable()}, {update: succeeded("vm-42")}},
		}
		result, outcome, err := task.Settle(t.Context(), h, 2*time.Second, task.WithLogger(logger))
		if result != "vm-42" || outcome != task.Adopted || err != nil {
			t.Errorf("got %q, %s, %v", result, outcome, err)
		}
		if log.Len() == 0 {
			t.Error("nothing says that the request to cancel failed")
		}
	})
}

// TestSettleEndsWithAnErrorWhenUnsettled is the rule that callers build on: no proof, no nil.
func TestSettleEndsWithAnErrorWhenUnsettled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, outcome, err := task.Settle(t.Context(), &scripted{script: repeated(1000, answer{err: unavailable()})}, 2*time.Second)
		if outcome != task.Unsettled || !errors.Is(err, task.ErrUnfinished) {
			t.Errorf("got %s, %v", outcome, err)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for state, want := range map[task.State]string{
		task.StateQueued: "queued", task.StateRunning: "running", task.StateSucceeded: "succeeded",
		task.StateFailed: "failed", task.StateCancelled: "cancelled", 9: "State(9)",
	} {
		if got := state.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if done := state == task.StateSucceeded || state == task.StateFailed || state == task.StateCancelled; state < 9 && state.Done() != done {
			t.Errorf("%s: Done() = %t", state, state.Done())
		}
	}
	for outcome, want := range map[task.Outcome]string{
		task.Unsettled: "unsettled", task.Adopted: "adopted", task.Cancelled: "cancelled", 9: "Outcome(9)",
	} {
		if got := outcome.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
