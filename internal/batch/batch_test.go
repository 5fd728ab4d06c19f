package batch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/batch"
)

// question is one question: when it comes, and for which key.
type question struct {
	after time.Duration
	key   int
}

// questions are n questions for different keys, apart from each other.
func questions(n int, apart time.Duration) []question {
	all := make([]question, n)
	for i := range all {
		all[i] = question{time.Duration(i) * apart, i}
	}

	return all
}

// start runs work in a goroutine of its own.
func start(ctx context.Context, work func(context.Context)) bool {
	go work(context.WithoutCancel(ctx))

	return true
}

func TestBatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		questions []question
		want      []int // keys of each call
		lasts     time.Duration
	}{
		{"one alone", questions(1, 0), []int{1}, batch.Window},
		{"ten within a window", questions(10, batch.Window/20), []int{10}, batch.Window},
		{"two further apart than a window", questions(2, 2*batch.Window), []int{1, 1}, 3 * batch.Window},
		{"the same key is asked for once", []question{{0, 7}, {1, 7}, {2, 8}}, []int{2}, batch.Window},
		{"a full batch does not wait", questions(batch.Max, 0), []int{batch.Max}, 0},
		{"what a full batch does not take", questions(batch.Max+1, 0), []int{batch.Max, 1}, batch.Window},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var (
					mu    sync.Mutex
					calls []int
					group sync.WaitGroup
				)
				double := batch.New(start, func(_ context.Context, keys []int) func(int) (int, error) {
					mu.Lock()
					defer mu.Unlock()
					calls = append(calls, len(keys))

					return func(key int) (int, error) { return 2 * key, nil }
				})
				begin := time.Now()
				for _, one := range tt.questions {
					group.Go(func() {
						<-time.After(one.after)
						if got, err := double.Ask(t.Context(), one.key); got != 2*one.key || err != nil {
							t.Errorf("%d: %d, %v", one.key, got, err)
						}
					})
				}
				group.Wait()
				if fmt.Sprint(calls) != fmt.Sprint(tt.want) || time.Since(begin) != tt.lasts {
					t.Errorf("calls of %v after %s, want %v after %s", calls, time.Since(begin), tt.want, tt.lasts)
				}
			})
		})
	}
}

func TestBatch_callersContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := batch.New(start, func(context.Context, []int) func(int) (int, error) {
			<-time.After(time.Minute)

			return func(key int) (int, error) { return key, nil }
		})
		bounded, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := slow.Ask(bounded, 1); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the caller whose time is over: %v", err)
			}
		})
		group.Go(func() {
			if got, err := slow.Ask(t.Context(), 2); got != 2 || err != nil {
				t.Errorf("the other caller: %d, %v", got, err)
			}
		})
		group.Wait()
	})
}

func TestBatch_closed(t *testing.T) {
	t.Parallel()
	never := func(context.Context, func(context.Context)) bool { return false }
	none := batch.New(never, func(context.Context, []int) func(int) (int, error) { return nil })
	if _, err := none.Ask(t.Context(), 1); !errors.Is(err, batch.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}
