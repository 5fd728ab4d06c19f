package lifecycle_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// TestMakingUnlessBusy tries again what was refused since something else works on the object, and nothing else.
func TestMakingUnlessBusy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		refusals []error
		want     lifecycle.FateKind
		starts   int
	}{
		"busy, then not":  {[]error{refusal(apierr.Busy), refusal(apierr.Busy), nil}, lifecycle.Created, 3},
		"denied":          {[]error{refusal(apierr.Denied)}, lifecycle.NotCreated, 1},
		"busy, then lost": {[]error{refusal(apierr.Busy), lost()}, lifecycle.LostNotCreated, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var w world
				j := job{ends: made(), began: time.Now()}
				starts := 0
				making := lifecycle.Making[string]{Search: w.search(&j), Start: func(context.Context) (task.Handle[string], error) {
					starts++

					return &j, test.refusals[starts-1]
				}}
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				if got := making.RunUnlessBusy(t.Context(), bounded); got.Kind != test.want || starts != test.starts {
					t.Errorf("%+v after %d starts", got, starts)
				}
			})
		})
	}
}

// TestMakingBusyForGood gives up while an attempt would still have time, and says that something else works on the object: also when
// the last attempt waits in vain for its slot.
func TestMakingBusyForGood(t *testing.T) {
	t.Parallel()
	for name, slots := range map[string]int{"a slot each time": 1 << 30, "and no slot in the end": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var w world
				starts := 0
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				deadline, _ := bounded.Deadline()
				making := lifecycle.Making[string]{
					Search: w.search(&job{}),
					Slot: func(ctx context.Context) (func(), error) {
						if starts < slots {
							return func() {}, nil
						}
						<-ctx.Done()

						return nil, ctx.Err()
					},
					Start: func(context.Context) (task.Handle[string], error) {
						starts++
						if left := time.Until(deadline); left < backoff.ChangeReserve {
							t.Errorf("starts with %s left", left)
						}

						return nil, refusal(apierr.Busy)
					},
				}
				got := making.RunUnlessBusy(t.Context(), bounded)
				if got.Kind != lifecycle.NotCreated || !apierr.Is(got.Err, apierr.Busy) || !errors.Is(got.Err, lifecycle.ErrOutOfTime) {
					t.Errorf("%+v", got)
				}
				if starts < 3 || got.Err.Error() != refusal(apierr.Busy).Error() {
					t.Errorf("%d starts, and says %q", starts, got.Err)
				}
			})
		})
	}
}

// TestAskAgain asks to the end what harms nobody, and says what came back last.
func TestAskAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer error
		asked  int // at least
		lasts  time.Duration
	}{
		"answered":     {nil, 1, 0},
		"nobody there": {refusal(apierr.Unavailable), 6, time.Minute},
		"busy":         {refusal(apierr.Busy), 6, time.Minute},
		"denied":       {refusal(apierr.Denied), 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				bounded, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				began, asked := time.Now(), 0
				err := lifecycle.AskAgain(bounded, func(context.Context) error {
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
