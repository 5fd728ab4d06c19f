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

// end is how Wait ended, in what a caller can tell apart.
type end struct {
	result     string
	kind       apierr.Kind
	code       string
	taskID     string
	text       string
	unfinished bool
	unknown    bool
	deadline   bool
	canceled   bool
	elapsed    time.Duration
}

func endOf(result string, err error, elapsed time.Duration) end {
	e := end{result: result, elapsed: elapsed}
	if err == nil {
		return e
	}
	e.text = err.Error()
	e.kind = apierr.KindOf(err)
	if failure, ok := errors.AsType[*apierr.Error](err); ok {
		e.code, e.taskID = failure.Code, failure.TaskID
	}
	e.unfinished, e.unknown = errors.Is(err, task.ErrUnfinished), errors.Is(err, task.ErrUnknown)
	e.deadline, e.canceled = errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled)

	return e
}

func TestWait(t *testing.T) {
	t.Parallel()
	noRoom := &apierr.Error{Kind: apierr.Insufficient, Op: "CloneVM_Task", Code: "NoDiskSpace", Messages: []string{"full"}}
	tests := map[string]struct {
		script []answer
		want   end
	}{
		"succeeds": {
			script: []answer{{time.Second, running(50), nil}, {time.Second, succeeded("vm-42"), nil}},
			want:   end{result: "vm-42", elapsed: 2 * time.Second},
		},
		"fails": {
			script: []answer{{time.Second, failed(noRoom), nil}},
			want: end{
				kind: apierr.Insufficient, code: "NoDiskSpace", taskID: "task-7", elapsed: time.Second,
				text: "CloneVM_Task: Insufficient (NoDiskSpace): full",
			},
		},
		"fails with an error of another type": {
			script: []answer{{0, failed(errors.New("odd")), nil}},
			want:   end{kind: apierr.Internal, taskID: "task-7", text: "Internal: odd"},
		},
		"fails without saying why": {
			script: []answer{{0, failed(nil), nil}},
			want:   end{kind: apierr.Internal, taskID: "task-7", text: "Internal: the platform did not say why the task failed"},
		},
		"is cancelled by another client": {
			script: []answer{{0, cancelled(nil), nil}},
			want:   end{kind: apierr.Cancelled, taskID: "task-7", text: "Cancelled: the task was cancelled"},
		},
		"runs for ever": {
			script: repeated(100, answer{time.Minute, running(60), nil}),
			want: end{
				kind: apierr.TimedOut, code: "DeadlineExceeded", taskID: "task-7", unfinished: true, deadline: true,
				elapsed: 30 * time.Minute,
				text: "TimedOut (DeadlineExceeded): task task-7 had not ended after 30m0s, 60 % done (Copying disks): " +
					"the task's end was not seen: context deadline exceeded",
			},
		},
		"is on a server that never answers": {
			want: end{
				kind: apierr.TimedOut, code: "DeadlineExceeded", taskID: "task-7", unfinished: true, deadline: true,
				elapsed: 30 * time.Minute,
				text: "TimedOut (DeadlineExceeded): task task-7 had not ended after 30m0s: " +
					"the task's end was not seen: context deadline exceeded",
			},
		},
		"vanishes": {
			script: []answer{{time.Second, running(10), nil}, {time.Second, task.Update[string]{}, &apierr.Error{Kind: apierr.NotFound, Code: "NOT_FOUND"}}},
			want: end{
				kind: apierr.Internal, code: "TaskUnknown", taskID: "task-7", unfinished: true, unknown: true, elapsed: 2 * time.Second,
				text: "Internal (TaskUnknown): the platform does not know task task-7: the task's end was not seen: " +
					"the platform does not know the task: NotFound (NOT_FOUND)",
			},
		},
		"is asked for by a client that closes": {
			script: []answer{{0, task.Update[string]{}, &apierr.Error{Kind: apierr.Cancelled, Code: "Interrupted"}}},
			want: end{
				kind: apierr.Unavailable, code: "Interrupted", taskID: "task-7", unfinished: true,
				text: "Unavailable (Interrupted): the platform could not be asked about task task-7: " +
					"the task's end was not seen: Cancelled (Interrupted)",
			},
		},
		"may not be looked at": {
			script: []answer{{0, task.Update[string]{}, &apierr.Error{Kind: apierr.Denied, Code: "UNAUTHORIZED", Messages: []string{"no"}}}},
			want: end{
				kind: apierr.Denied, code: "UNAUTHORIZED", taskID: "task-7", unfinished: true,
				text: "Denied (UNAUTHORIZED): the platform could not be asked about task task-7: no: " +
					"the task's end was not seen: Denied (UNAUTHORIZED): no",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
				defer cancel()
				begin := time.Now()
				result, err := task.Wait(ctx, &scripted{script: test.script})
				if got := endOf(result, err, time.Since(begin)); got != test.want {
					t.Errorf("got  %+v\nwant %+v", got, test.want)
				}
			})
		})
	}
	if noRoom.TaskID != "" {
		t.Error("Wait changed an error that belongs to the handle")
	}
}

// TestWaitOnADeadPlatform asks for a bounded time, more and more seldom, then says what it could not do.
func TestWaitOnADeadPlatform(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]task.Option{"default": nil, "short": {task.WithPatience(20 * time.Second)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				patience := 3 * time.Minute
				if opts != nil {
					patience = 20 * time.Second
				}
				h := &scripted{script: repeated(1000, answer{err: unavailable()})}
				begin := time.Now()
				_, err := task.Wait(t.Context(), h, opts...)
				elapsed := time.Since(begin)
				if elapsed < patience || elapsed > patience+15*time.Second {
					t.Errorf("it took %s, want %s and not much more", elapsed, patience)
				}
				got := endOf("", err, 0)
				if got.kind != apierr.Unavailable || got.code != "HTTP 503" || got.taskID != "task-7" || !got.unfinished || got.unknown {
					t.Errorf("got %+v", got)
				}
				if h.asked > 40 {
					t.Errorf("asked %d times in %s", h.asked, elapsed)
				}
			})
		})
	}
}

// TestWaitSurvivesOutages shows that patience begins anew with each answer: three outages of more than a minute each.
func TestWaitSurvivesOutages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var script []answer
		for range 3 {
			script = append(script, repeated(12, answer{err: unavailable()})...)
			script = append(script, answer{update: running(30)})
		}
		h := &scripted{script: append(script, answer{update: succeeded("vm-42")})}
		result, err := task.Wait(t.Context(), h)
		if result != "vm-42" || err != nil {
			t.Errorf("got %q, %v", result, err)
		}
	})
}

// TestWaitBacksOff shows that waiters which lost the platform together do not come back together.
func TestWaitBacksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pauses [2][]time.Duration
		for i := range pauses {
			h := &scripted{script: append(repeated(8, answer{err: unavailable()}), answer{update: succeeded("vm-42")})}
			if _, err := task.Wait(t.Context(), h); err != nil {
				t.Fatal(err)
			}
			longest := 250 * time.Millisecond
			for n := range h.askedAt[1:] {
				pause := h.askedAt[n+1].Sub(h.askedAt[n])
				if pause < longest/2 || pause > longest {
					t.Errorf("pause %d is %s, want %s to %s", n, pause, longest/2, longest)
				}
				pauses[i] = append(pauses[i], pause)
				longest = min(2*longest, 15*time.Second)
			}
		}
		for n := range pauses[0] {
			if pauses[0][n] == pauses[1][n] {
				t.Errorf("both waiters paused %s", pauses[0][n])
			}
		}
	})
}

func TestWaitInterrupted(t *testing.T) {
	t.Parallel()
	stop := errors.New("the CLI said Stop")
	tests := map[string][]answer{
		"while the server says nothing":   nil,
		"while the task runs":             repeated(100, answer{time.Second, running(60), nil}),
		"while the platform is not there": repeated(100, answer{err: unavailable()}),
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(10500*time.Millisecond, func() { cancel(stop) })
				begin := time.Now()
				result, err := task.Wait(ctx, &scripted{script: script})
				want := end{
					unfinished: true, canceled: true, elapsed: 10500 * time.Millisecond,
					text: "waiting for task task-7: the task's end was not seen: context canceled: the CLI said Stop",
				}
				if got := endOf(result, err, time.Since(begin)); got != want {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
				if !errors.Is(err, stop) {
					t.Error("the cause is lost")
				}
			})
		})
	}
}

// TestWaitAlreadyEnded asks nothing of the platform when there is no time to.
func TestWaitAlreadyEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := &scripted{script: []answer{{update: succeeded("vm-42")}}}
	if _, err := task.Wait(ctx, h); !errors.Is(err, context.Canceled) || len(h.askedAt) != 0 {
		t.Errorf("got %v after %d questions", err, len(h.askedAt))
	}
}

// late is a handle whose result arrives together with the end of ctx.
type late struct{ scripted }

func (l *late) Next(ctx context.Context) (task.Update[string], error) {
	<-ctx.Done()

	return succeeded("vm-42"), nil
}

func TestWaitKeepsALateResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if result, err := task.Wait(ctx, &late{}); result != "vm-42" || err != nil {
			t.Errorf("got %q, %v", result, err)
		}
	})
}

// TestWaitKeepsWrappers keeps what a client wrapped around its error.
func TestWaitKeepsWrappers(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	wrapped := errors.Join(odd, &apierr.Error{Kind: apierr.InUse})
	_, err := task.Wait(t.Context(), &scripted{script: []answer{{update: failed(wrapped)}}})
	var failure *apierr.Error
	if !errors.As(err, &failure) || failure.TaskID != "task-7" || failure.Kind != apierr.InUse || !errors.Is(err, odd) {
		t.Errorf("got %v", err)
	}
	named := &apierr.Error{Kind: apierr.InUse, TaskID: "task-6"}
	if _, err := task.Wait(t.Context(), &scripted{script: []answer{{update: failed(named)}}}); !errors.Is(err, named) {
		t.Errorf("a task id that was there is gone: %v", err)
	}
}
