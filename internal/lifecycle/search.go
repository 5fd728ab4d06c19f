package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// search looks for one object that a task creates: by the task, and where that can't tell by what is there.
type search[M Model[M], R, E any] struct {
	adapter  Adapter[M, R, E]
	registry *Registry
	logger   *slog.Logger
	model    M  // the plan, or the state of a pending object
	evidence *E // nil where it is not known any more
}

// lost returns the object as the adapter searches for it.
func (s *search[M, R, E]) lost(taskID string) Lost[M, E] {
	return Lost[M, E]{Model: s.model, Evidence: s.evidence, TaskID: taskID}
}

// own notes that what the task itself says it created is in state.
func (s *search[M, R, E]) own(made R) { s.registry.Add(s.adapter.ID(made)) }

// claimed returns the finding, with nothing found where another resource has it.
func (s *search[M, R, E]) claimed(finding Finding[R]) Finding[R] {
	if finding.Found {
		finding.Found = s.take(finding.Result)
	}
	if finding.Candidate != nil && !s.registry.Free(finding.Candidate.Key, s.owner()) {
		finding.Candidate = nil
	}

	return finding
}

// take claims what a search found, and reports false where another resource has it. An id that the provider chose itself is its own.
func (s *search[M, R, E]) take(made R) bool {
	id := s.adapter.ID(made)

	return id == s.model.ObjectID() || s.registry.Take(id, s.owner())
}

// owner names the creation among those that search for an object: its evidence holds a time or a UUID.
func (s *search[M, R, E]) owner() string { return Owner(s.evidence) }

// Owner returns the name by which [Registry] knows the creation that left the evidence.
func Owner[E any](evidence *E) string {
	text, err := json.Marshal(evidence)
	if err != nil {
		return fmt.Sprint(evidence)
	}

	return string(text)
}

// complete searches for an object that is complete whatever its task says, within a short time of its own, also when ctx has
// ended. It finds nothing on a platform whose tasks always end.
func (s *search[M, R, E]) complete(ctx context.Context, taskID string) Finding[R] {
	completer, ok := s.adapter.(Completer[M, R, E])
	if !ok {
		return Finding[R]{}
	}
	detached, stop := context.WithTimeout(context.WithoutCancel(ctx), interruptGrace)
	defer stop()

	return s.claimed(completer.Complete(detached, s.lost(taskID)))
}

// completes reports whether the platform's tasks may stay running although their work is done.
func (s *search[M, R, E]) completes() bool {
	_, ok := s.adapter.(Completer[M, R, E])

	return ok
}

// goesOn reports whether a task that ended without telling what it made counts as one that still runs: the platform, whose tasks may stay
// running, stopped waiting for it. One whose result can't be read does not.
func (s *search[M, R, E]) goesOn(untold error) bool {
	return s.completes() && apierr.Is(untold, apierr.TimedOut)
}

// look searches for what a lost creation made. It waits for running tasks that may be the lost one first: what is found may not be
// complete before they end.
func (s *search[M, R, E]) look(ctx context.Context, taskID string) (Finding[R], error) {
	finding, err := s.find(ctx, taskID)
	if err != nil || len(finding.TaskIDs) == 0 {
		return finding, err
	}
	for _, id := range finding.TaskIDs {
		_, err := task.Wait(ctx, s.adapter.Task(s.lost(id)), task.WithLogger(s.logger))
		if errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown) {
			return Finding[R]{}, fmt.Errorf("waiting for task %s, which may be the lost one: %w", id, err)
		}
	}

	return s.find(ctx, taskID)
}

// lookTwice is look for a request that may not have become a task yet, or a task that the platform forgot while its work went
// on: a single search that finds nothing proves nothing.
func (s *search[M, R, E]) lookTwice(ctx context.Context, taskID string) (Finding[R], error) {
	finding, err := s.look(ctx, taskID)
	if err != nil || finding.Found || finding.Candidate != nil {
		return finding, err
	}
	if err := Pause(ctx, secondLook); err != nil {
		return Finding[R]{}, err
	}

	return s.look(ctx, taskID)
}

// find asks until there is an answer or ctx ends.
func (s *search[M, R, E]) find(ctx context.Context, taskID string) (Finding[R], error) {
	var finding Finding[R]
	err := AskAgain(ctx, func(ctx context.Context) error {
		var err error
		finding, err = s.adapter.Find(ctx, s.lost(taskID))

		return err
	})

	return finding, err
}
