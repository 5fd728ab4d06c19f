package lifecycle

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestRunWhileBusy tries again what was refused because other work holds the object, and nothing else.
func TestRunWhileBusy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		refusals []error
		want     outcomeKind
		starts   int
	}{
		"busy, then not":  {[]error{refusal(apierr.Busy), refusal(apierr.Busy), nil}, endCreated, 3},
		"denied":          {[]error{refusal(apierr.Denied)}, endNotCreated, 1},
		"busy, then lost": {[]error{refusal(apierr.Busy), lost()}, endLostNotCreated, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				j := job{ends: made(), began: time.Now()}
				starts := 0
				platform := &scripted{task: &j, retry: WhileBusy{}, start: func(context.Context) (task.Handle[string], error) {
					starts++

					return &j, test.refusals[starts-1]
				}}
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				if got := createOn(platform, &Registry{}).run(t.Context(), bounded); got.Kind != test.want || starts != test.starts {
					t.Errorf("%+v after %d starts", got, starts)
				}
			})
		})
	}
}

// TestRunBusyToTheEnd gives up while an attempt would still have time, and reports that other work holds the object: also when the
// last attempt waits in vain for its slot.
func TestRunBusyToTheEnd(t *testing.T) {
	t.Parallel()
	for name, slots := range map[string]int{"a slot each time": 1 << 30, "and no slot in the end": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				starts := 0
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				deadline, _ := bounded.Deadline()
				platform := &scripted{
					retry: WhileBusy{},
					slot: func(ctx context.Context) (func(), error) {
						if starts < slots {
							return func() {}, nil
						}
						<-ctx.Done()

						return nil, ctx.Err()
					},
					start: func(context.Context) (task.Handle[string], error) {
						starts++
						if left := time.Until(deadline); left < backoff.ChangeReserve {
							t.Errorf("starts with %s left", left)
						}

						return nil, refusal(apierr.Busy)
					},
				}
				got := createOn(platform, &Registry{}).run(t.Context(), bounded)
				if got.Kind != endNotCreated || !apierr.Is(got.Err, apierr.Busy) || !errors.Is(got.Err, ErrOutOfTime) {
					t.Errorf("%+v", got)
				}
				if starts < 3 || got.Err.Error() != refusal(apierr.Busy).Error() {
					t.Errorf("%d starts, and says %q", starts, got.Err)
				}
			})
		})
	}
}

// TestAskAgain asks to the end of the time, and returns the last answer.
func TestAskAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer error
		asked  int // at least
		lasts  time.Duration
	}{
		"answered":    {nil, 1, 0},
		"no platform": {refusal(apierr.Unavailable), 6, time.Minute},
		"busy":        {refusal(apierr.Busy), 6, time.Minute},
		"denied":      {refusal(apierr.Denied), 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				began, asked := time.Now(), 0
				err := AskAgain(bounded, func(context.Context) error {
					asked++

					return test.answer
				})
				if !errors.Is(err, test.answer) || asked < test.asked || time.Since(began) != test.lasts {
					t.Errorf("%v after %d questions in %s", err, asked, time.Since(began))
				}
			})
		})
	}
}
