package lifecycle_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// job is a task that runs for a while and then ends in a way; without an end it runs for ever.
type job struct {
	runs      time.Duration
	ends      *task.Update[string]
	fails     error // of every question, instead
	cancelled *task.Update[string]
	cancels   int
	began     time.Time
}

func (j *job) ID() string { return "job-1" }

func (j *job) Cancel(context.Context) error {
	j.cancels++

	return nil
}

func (j *job) Next(ctx context.Context) (task.Update[string], error) {
	if j.fails != nil {
		return task.Update[string]{}, j.fails
	}
	if j.cancels > 0 && j.cancelled != nil {
		return *j.cancelled, nil
	}
	select {
	case <-time.After(100 * time.Millisecond):
	case <-ctx.Done():
		return task.Update[string]{}, ctx.Err()
	}
	if j.ends != nil && time.Since(j.began) >= j.runs {
		return *j.ends, nil
	}

	return task.Update[string]{State: task.StateRunning, Percent: 40}, nil
}

func made() *task.Update[string] {
	return &task.Update[string]{State: task.StateSucceeded, Result: "vm-1"}
}

func failed(err error) *task.Update[string] {
	return &task.Update[string]{State: task.StateFailed, Err: err}
}

func refusal(kind apierr.Kind) *apierr.Error { return &apierr.Error{Kind: kind, Code: kind.String()} }

// lost is an error after which nobody knows whether the request had an effect.
func lost() *apierr.Error {
	failure := refusal(apierr.Unavailable)
	failure.AnswerLost = true

	return failure
}

// world is what a look finds.
type world struct {
	found   string // what is there; empty: nothing
	after   int    // looks that find nothing before
	err     error
	there   bool // it is complete, whatever its task says
	theirs  bool // another resource has it
	leaves  bool // a task that failed may leave something
	looks   int
	claimed []string
}

func (w *world) search(j *job) lifecycle.Search[string] {
	s := lifecycle.Search[string]{
		Logger: slog.New(slog.DiscardHandler),
		Task:   func(string) task.Handle[string] { return j },
		Find: func(context.Context, string) (lifecycle.Finding[string], error) {
			w.looks++
			if w.err != nil {
				return lifecycle.Finding[string]{}, w.err
			}

			return lifecycle.Finding[string]{Found: w.found != "" && w.looks > w.after, Result: w.found}, nil
		},
		Take: func(found string) bool {
			if !w.theirs {
				w.claimed = append(w.claimed, found)
			}

			return !w.theirs
		},
		Own:    func(made string) { w.claimed = append(w.claimed, made) },
		Leaves: func(error) bool { return w.leaves },
	}
	if w.there {
		s.There = func(context.Context, string) (string, bool) { return w.found, true }
	}

	return s
}
