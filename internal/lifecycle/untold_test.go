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

// untold is a platform on which the object appears at some time.
type untold struct {
	*scripted

	isThere func() bool
	err     error
}

func (u *untold) Find(context.Context, Lost[object, evidence]) (Finding[string], error) {
	return Finding[string]{Found: u.isThere(), Result: "made"}, u.err
}

// untoldComplete is an untold platform that tells whether an object is complete.
type untoldComplete struct{ *untold }

func (u untoldComplete) Complete(context.Context, Lost[object, evidence]) (string, bool) {
	return "made", u.isThere()
}

// TestUntold has a task end without telling what it made. Only what is found proves anything.
func TestUntold(t *testing.T) {
	t.Parallel()
	notTold := &apierr.Error{Kind: apierr.TimedOut, Code: "SYS.1001", AnswerLost: true, TaskID: "job-1"}
	broken := errors.New("could not search")
	never := time.Hour
	for name, test := range map[string]struct {
		appears   time.Duration // when it is there and complete
		completes bool          // whether what is complete can be told
		err       error         // of a search
		unknown   bool          // the platform has forgotten the task when it is resolved

		end        outcomeKind
		search     error
		resolution resolutionKind
	}{
		"there at once":                 {0, true, nil, false, endCreated, nil, resolved},
		"there at the second search":    {time.Second, true, nil, false, endCreated, nil, resolved},
		"not there":                     {never, true, nil, false, endLost, nil, unresolved},
		"not there, forgotten":          {never, true, nil, true, endLost, nil, resolvedNothing},
		"there later":                   {time.Minute, true, nil, false, endLost, nil, resolved},
		"can't be asked":                {never, true, broken, false, endLost, broken, unresolved},
		"found at once":                 {0, false, nil, false, endCreated, nil, resolved},
		"not found":                     {never, false, nil, false, endLost, nil, unresolved},
		"not found, forgotten":          {never, false, nil, true, endLost, nil, resolvedNothing},
		"not found, and can't be asked": {never, false, broken, false, endLost, broken, unresolved},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				isThere := func() bool { return time.Since(began) >= test.appears }
				platform := &untold{scripted: &scripted{
					found: "made", task: endedTask{err: notTold, unknown: test.unknown},
					start: func(context.Context) (task.Handle[string], error) { return endedTask{err: notTold}, nil },
				}, isThere: isThere, err: test.err}
				var adapter Adapter[object, string, evidence] = platform
				if test.completes {
					adapter = untoldComplete{platform}
				}
				creation := createOn(adapter, &Registry{})
				end := creation.run(t.Context(), t.Context())
				if end.Kind != test.end || end.TaskID != "job-1" || !errors.Is(end.SearchErr, test.search) {
					t.Errorf("outcome %+v, want %d", end, test.end)
				}
				if end.Kind == endCreated && end.Result != "made" || end.Kind == endLost && !errors.Is(end.Err, notTold) {
					t.Errorf("outcome %+v", end)
				}
				time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
				for _, wait := range []bool{false, true} {
					found := creation.resolve(t.Context(), wait)
					if found.kind != test.resolution || (found.err == nil) == (found.kind == unresolved) {
						t.Errorf("waiting %t: resolution %+v, want %d", wait, found, test.resolution)
					}
				}
			})
		})
	}
}
