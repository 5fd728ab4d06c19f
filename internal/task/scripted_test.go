package task_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is one thing that a scripted platform says, after a while.
type answer struct {
	after  time.Duration
	update task.Update[string]
	err    error
}

// scripted is a task that follows a script. When the script is over it says nothing more, as a server that hangs.
type scripted struct {
	script      []answer
	asked       int
	askedAt     []time.Time
	cancels     int
	cancelError error
	cancelHangs bool
	onCancel    []answer // what the script becomes when the platform is asked to cancel
}

func (s *scripted) ID() string { return "task-7" }

func (s *scripted) Next(ctx context.Context) (task.Update[string], error) {
	s.askedAt = append(s.askedAt, time.Now())
	if s.asked == len(s.script) {
		<-ctx.Done()

		return task.Update[string]{}, ctx.Err()
	}
	next := s.script[s.asked]
	select {
	case <-ctx.Done():
		return task.Update[string]{}, ctx.Err()
	case <-time.After(next.after):
		s.asked++

		return next.update, next.err
	}
}

func (s *scripted) Cancel(ctx context.Context) error {
	s.cancels++
	if s.cancelHangs {
		<-ctx.Done()

		return ctx.Err()
	}
	if s.onCancel != nil {
		s.script, s.asked = s.onCancel, 0
	}

	return s.cancelError
}

func running(percent int) task.Update[string] {
	return task.Update[string]{State: task.StateRunning, Percent: percent, Note: "Copying disks"}
}

func succeeded(result string) task.Update[string] {
	return task.Update[string]{State: task.StateSucceeded, Percent: 100, Result: result}
}

func failed(err error) task.Update[string] {
	return task.Update[string]{State: task.StateFailed, Err: err}
}

func cancelled(err error) task.Update[string] {
	return task.Update[string]{State: task.StateCancelled, Err: err}
}

func unavailable() error {
	return &apierr.Error{Kind: apierr.Unavailable, Op: "GET /api/cis/tasks", Code: "HTTP 503", Messages: []string{"starting"}}
}

// repeated is the same answer many times over.
func repeated(times int, a answer) []answer {
	script := make([]answer, times)
	for i := range script {
		script[i] = a
	}

	return script
}

// textLogger logs to the returned buffer, a line a record, without the time.
func textLogger() (*slog.Logger, *bytes.Buffer) {
	var log bytes.Buffer
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}

		return a
	}})

	return slog.New(handler), &log
}

// checkLines compares a log with the lines that are wanted.
func checkLines(t *testing.T, log *bytes.Buffer, want ...string) {
	t.Helper()
	if got := strings.TrimSpace(log.String()); got != strings.Join(want, "\n") {
		t.Errorf("the log is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
