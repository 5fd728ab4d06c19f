package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// secondLook is how long after the first look for something lost the second one is, if the first found nothing.
const secondLook = 2 * time.Second

// Finding is what a look for something found.
type Finding[R any] struct {
	Found  bool
	Result R // what was made, where Found
	// TaskIDs are tasks that run now and that may be the lost one: what is found may still be in the making.
	TaskIDs []string
}

// Search says how to look for one thing that a task of ours makes: by the task, and where that can't tell by what is there.
type Search[R any] struct {
	Logger *slog.Logger
	// Task returns the handle of a task of which only the id is known.
	Task func(id string) task.Handle[R]
	// Find looks once for what came to be. taskID is the task that makes it, empty where nobody was told.
	Find func(ctx context.Context, taskID string) (Finding[R], error)
	// Take claims what was found by looking, and reports false when it is another resource's. Nil where that can't be.
	Take func(found R) bool
	// Own claims what the task itself says it made. Nil where nothing is claimed.
	Own func(made R)
	// There looks once for what may be there and complete although its task has not told so. Nil: only the task is believed.
	There func(ctx context.Context, taskID string) (R, bool)
	// Leaves reports whether a task that failed with err may have left something behind. Nil: it never does.
	Leaves func(err error) bool
}

func (s *Search[R]) own(made R) {
	if s.Own != nil {
		s.Own(made)
	}
}

// claimed is the finding, with nothing found where another resource has it.
func (s *Search[R]) claimed(finding Finding[R]) Finding[R] {
	if finding.Found && s.Take != nil {
		finding.Found = s.Take(finding.Result)
	}

	return finding
}

// there is There on a short time of its own, also when ctx has ended.
func (s *Search[R]) there(ctx context.Context, taskID string) (R, bool) {
	if s.There == nil {
		var none R

		return none, false
	}
	detached, stop := context.WithTimeout(context.WithoutCancel(ctx), InterruptGrace)
	defer stop()

	return s.There(detached, taskID)
}

// look finds what a lost making made. Tasks that run now and that this process does not know are waited for first, since one
// of them may be the lost one.
func (s *Search[R]) look(ctx context.Context, taskID string) (Finding[R], error) {
	finding, err := s.find(ctx, taskID)
	if err != nil || len(finding.TaskIDs) == 0 {
		return finding, err
	}
	for _, id := range finding.TaskIDs {
		_, err := task.Wait(ctx, s.Task(id), task.WithLogger(s.Logger))
		if errors.Is(err, task.ErrUnfinished) && !errors.Is(err, task.ErrUnknown) {
			return Finding[R]{}, fmt.Errorf("waiting for task %s, which may be the lost one: %w", id, err)
		}
	}

	return s.find(ctx, taskID)
}

// lookTwice is look for a request that may still be on its way to becoming a task, or a task that the platform forgot while
// its work went on: that one look finds nothing proves nothing.
func (s *Search[R]) lookTwice(ctx context.Context, taskID string) (Finding[R], error) {
	finding, err := s.look(ctx, taskID)
	if err != nil || finding.Found {
		return finding, err
	}
	if err := Pause(ctx, secondLook); err != nil {
		return Finding[R]{}, err
	}

	return s.look(ctx, taskID)
}

// find asks until there is an answer or ctx ends.
func (s *Search[R]) find(ctx context.Context, taskID string) (Finding[R], error) {
	var finding Finding[R]
	err := AskAgain(ctx, func(ctx context.Context) error {
		var err error
		finding, err = s.Find(ctx, taskID)

		return err
	})

	return finding, err
}
