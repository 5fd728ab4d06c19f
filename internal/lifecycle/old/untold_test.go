package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// endedTask is a task that has ended, or one that the platform does not know.
type endedTask struct {
	err     error
	unknown bool
}

func (endedTask) ID() string                   { return "job-1" }
func (endedTask) Cancel(context.Context) error { return nil }

func (e endedTask) Next(context.Context) (task.Update[string], error) {
	if e.unknown {
		return task.Update[string]{}, &apierr.Error{Kind: apierr.NotFound}
	}

	return task.Update[string]{State: task.StateFailed, Err: e.err}, nil
}

// TestUntold has a task end without telling what it made. Only what is found proves anything.
func TestUntold(t *testing.T) {
	t.Parallel()
	untold := &apierr.Error{Kind: apierr.TimedOut, Code: "SYS.1001", AnswerLost: true, TaskID: "job-1"}
	broken := errors.New("could not look")
	never := time.Hour
	for name, test := range map[string]struct {
		appears   time.Duration // when it is there and complete
		completes bool          // whether what is complete can be told
		err       error         // of a look
		unknown   bool          // the platform has forgotten the task when it is resolved

		fate       FateKind
		search     error
		resolution ResolutionKind
	}{
		"there at once":                 {0, true, nil, false, Created, nil, Resolved},
		"there at the second look":      {time.Second, true, nil, false, Created, nil, Resolved},
		"not there":                     {never, true, nil, false, Lost, nil, Unresolved},
		"not there, forgotten":          {never, true, nil, true, Lost, nil, ResolvedNothing},
		"there later":                   {time.Minute, true, nil, false, Lost, nil, Resolved},
		"can't be asked":                {never, true, broken, false, Lost, broken, Unresolved},
		"found at once":                 {0, false, nil, false, Created, nil, Resolved},
		"not found":                     {never, false, nil, false, Lost, nil, Unresolved},
		"not found, forgotten":          {never, false, nil, true, Lost, nil, ResolvedNothing},
		"not found, and can't be asked": {never, false, broken, false, Lost, broken, Unresolved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				isThere := func() bool { return time.Since(began) >= test.appears }
				known := endedTask{err: untold}
				search := Search[string]{
					Logger: slog.New(slog.DiscardHandler),
					Task: func(string) task.Handle[string] {
						return endedTask{err: untold, unknown: test.unknown}
					},
					Find: func(context.Context, string) (Finding[string], error) {
						return Finding[string]{Found: isThere(), Result: "made"}, test.err
					},
				}
				if test.completes {
					search.There = func(context.Context, string) (string, bool) { return "made", isThere() }
				}
				making := Making[string]{Search: search, Start: func(context.Context) (task.Handle[string], error) { return known, nil }}
				end := making.Run(t.Context(), t.Context())
				if end.Kind != test.fate || end.TaskID != "job-1" || !errors.Is(end.SearchErr, test.search) {
					t.Errorf("fate %+v, want %d", end, test.fate)
				}
				if end.Kind == Created && end.Result != "made" || end.Kind == Lost && !errors.Is(end.Err, untold) {
					t.Errorf("fate %+v", end)
				}
				time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
				for _, wait := range []bool{false, true} {
					found := search.Resolve(t.Context(), "job-1", wait)
					if found.Kind != test.resolution || (found.Err == nil) == (found.Kind == Unresolved) {
						t.Errorf("waiting %t: resolution %+v, want %d", wait, found, test.resolution)
					}
				}
			})
		})
	}
}
