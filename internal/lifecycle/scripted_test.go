package lifecycle

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"go.uber.org/goleak"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// job is a task that runs for a while and then ends as scripted; without an end it runs for ever.
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

// lost is an error that does not tell whether the request had an effect.
func lost() *apierr.Error {
	failure := refusal(apierr.Unavailable)
	failure.AnswerLost = true

	return failure
}

// object is a model that has no more than what a creation and a search need of it.
type object struct{ id, pendingTask string }

func (o object) ObjectID() string                  { return o.id }
func (o object) ObjectName() string                { return "web" }
func (o object) Pending() bool                     { return o.id == "" }
func (o object) PendingTask() string               { return o.pendingTask }
func (o object) Identity(string) any               { return nil }
func (o object) OperationTimeouts() timeouts.Value { return timeouts.Value{} }
func (o object) Forecast(object, object) object    { return o }
func (o object) Bare(id, taskID string) object     { return object{id: id, pendingTask: taskID} }
func (o object) Keeping(object) object             { return o }
func (o object) Complete() bool                    { return true }
func (o object) Creation() tfdiag.Creation         { return tfdiag.Creation{Object: "VM web"} }
func (o object) Operation(action string, _ path.Path) tfdiag.Operation {
	return tfdiag.Operation{Action: action + " VM web"}
}

func (o object) Replaces(object, Notes) (path.Paths, diag.Diagnostics) { return nil, nil }

type evidence struct {
	Name string `json:"name"`
}

// scripted is an adapter whose platform does as it is told. A method that a test does not expect panics.
type scripted struct {
	Adapter[object, string, evidence]

	start func(ctx context.Context) (task.Handle[string], error)
	slot  func(ctx context.Context) (func(), error) // nil: there is no limit
	task  task.Handle[string]
	retry Retry

	found           string   // what a search finds; empty: nothing
	after           int      // searches that find nothing before
	err             error    // of a search
	unproved        bool     // nothing proves whose what is found is
	other           bool     // another resource has what is found
	leaves          Leftover // of a task that failed
	leavesCancelled Leftover
	looks           int
}

func (s *scripted) Slot(ctx context.Context) (func(), error) {
	if s.slot == nil {
		return func() {}, nil
	}

	return s.slot(ctx)
}

func (s *scripted) Start(ctx context.Context, _ Change[object], _ *evidence) (task.Handle[string], error) {
	return s.start(ctx)
}

func (s *scripted) Retries(object) Retry                            { return s.retry }
func (s *scripted) Task(Lost[object, evidence]) task.Handle[string] { return s.task }
func (s *scripted) ID(made string) string                           { return made }
func (s *scripted) Leaves(_ object, err error) Leftover {
	if err == nil {
		return s.leavesCancelled
	}

	return s.leaves
}

func (s *scripted) Find(context.Context, Lost[object, evidence]) (Finding[string], error) {
	s.looks++
	if s.err != nil {
		return Finding[string]{}, s.err
	}

	if s.unproved {
		return Finding[string]{Candidate: &Candidate{Key: s.found, Existing: tfdiag.Existing{ID: s.found}}}, nil
	}

	return Finding[string]{Found: s.found != "" && s.looks > s.after, Result: s.found}, nil
}

// completing is a platform on which a complete object can be told from its task's state.
type completing struct {
	*scripted

	complete func() bool
}

func (c completing) Complete(ctx context.Context, lost Lost[object, evidence]) Finding[string] {
	if !c.complete() {
		return Finding[string]{}
	}
	finding, err := c.Find(ctx, lost)
	if err != nil {
		return Finding[string]{}
	}

	return finding
}

// searchOn returns the search of a pending object whose task is job-1.
func searchOn(adapter Adapter[object, string, evidence], registry *Registry) search[object, string, evidence] {
	return search[object, string, evidence]{
		adapter: adapter, registry: registry, logger: slog.New(slog.DiscardHandler),
		model: object{pendingTask: "job-1"}, evidence: &evidence{Name: "web"},
	}
}

// createOn returns a creation that no resource has begun.
func createOn(adapter Adapter[object, string, evidence], registry *Registry) *creation[object, string, evidence] {
	resource := &Resource[object, string, evidence]{kind: Kind{Unfinished: "finish it"}}

	return &creation[object, string, evidence]{search: searchOn(adapter, registry), resource: resource, timeout: time.Minute}
}

// script returns the adapter of a platform as a test's case describes it, and what is in state there.
func (s scripted) script(j *job, complete bool) (*scripted, Adapter[object, string, evidence], *Registry) {
	registry := &Registry{}
	if s.other {
		registry.Add(s.found)
	}
	s.task = j
	if complete {
		return &s, completing{&s, func() bool { return true }}, registry
	}

	return &s, &s, registry
}
