package httpapi

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// ask is one question of a gathering: when it comes, and what for.
type ask struct {
	after  time.Duration
	key    int
	prompt bool
}

// promptly makes questions prompt.
func promptly(all []ask) []ask {
	for i := range all {
		all[i].prompt = true
	}

	return all
}

// asks are n questions of different keys, that far apart from each other.
func asks(n int, first, apart time.Duration) []ask {
	all := make([]ask, n)
	for i := range all {
		all[i] = ask{after: first + time.Duration(i)*apart, key: i}
	}

	return all
}

func TestGather_rounds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		largest int
		asks    []ask
		want    []int // keys of each round
		lasts   time.Duration
	}{
		{"one alone", 500, asks(1, 0, 0), []int{1}, quietAlone},
		{"one after another", 500, slices.Concat(asks(1, 0, 0), asks(1, time.Second, 0)), []int{1, 1}, time.Second + quietAlone},
		{"ten, with pauses", 500, asks(10, 0, 10*time.Millisecond), []int{10}, 90*time.Millisecond + quietGather},
		{"the same key is asked for once", 500, []ask{{0, 7, false}, {time.Millisecond, 7, false}, {2 * time.Millisecond, 8, false}}, []int{2}, 2*time.Millisecond + quietGather},
		{"a call has its bounds", 4, asks(10, 0, time.Millisecond), []int{4, 4, 2}, 9*time.Millisecond + quietLacking},
		{"nobody waits for ever", 500, asks(25, 0, 19*time.Millisecond), []int{22, 3}, 456*time.Millisecond + quietLacking},
		{
			"as many as ever waited at once are everybody", 500,
			slices.Concat(asks(5, 0, time.Millisecond), asks(5, time.Second, time.Millisecond)),
			[]int{5, 5},
			time.Second + 4*time.Millisecond,
		},
		{
			"fewer than ever wait for others", 500,
			slices.Concat(asks(5, 0, time.Millisecond), asks(4, time.Second, time.Millisecond)),
			[]int{5, 4},
			time.Second + 3*time.Millisecond + quietLacking,
		},
		{
			"one of a pair who is left alone waits a moment only", 500,
			slices.Concat(asks(2, 0, 0), asks(1, time.Second, 0)),
			[]int{2, 1},
			time.Second + quietAlone,
		},
		{
			"one of a crowd waits for each of the others", 500,
			slices.Concat(asks(8, 0, 0), asks(1, time.Second, 0)),
			[]int{8, 1},
			time.Second + min(quietLacking, 7*quietAlone),
		},
		{
			"and ever less", 500,
			slices.Concat(asks(8, 0, 0), asks(1, time.Second, 0), asks(1, 2*time.Second, 0), asks(1, 3*time.Second, 0), asks(1, 4*time.Second, 0)),
			[]int{8, 1, 1, 1, 1},
			4*time.Second + quietAlone,
		},
		{"one who is prompt", 500, promptly(asks(1, 0, 0)), []int{1}, quietPrompt},
		{"some who are prompt, at the same moment", 500, promptly(asks(10, 0, time.Millisecond)), []int{10}, 9*time.Millisecond + quietPrompt},
		{
			"who is prompt waits for nobody else for long", 500,
			promptly(asks(10, 0, quietPrompt-time.Millisecond)),
			[]int{5, 5},
			9 * (quietPrompt - time.Millisecond),
		},
		{
			"who is prompt hastens the others", 500,
			slices.Concat(asks(3, 0, time.Millisecond), promptly(asks(1, 10*time.Millisecond, 0))),
			[]int{3},
			10*time.Millisecond + quietPrompt,
		},
		{
			"who is prompt lets nobody expect fewer", 500,
			slices.Concat(asks(8, 0, 0), promptly(asks(1, time.Second, 0)), asks(8, 2*time.Second, 0)),
			[]int{8, 1, 8},
			2 * time.Second,
		},
		{
			"half of a large crowd is enough", 500,
			slices.Concat(asks(40, 0, 0), asks(40, time.Second, time.Millisecond)),
			[]int{40, 20, 20},
			time.Second + 39*time.Millisecond,
		},
		{
			"but not for ever", 500,
			slices.Concat(asks(5, 0, 0), asks(4, time.Second, 0), asks(4, 2*time.Second, 0)),
			[]int{5, 4, 4},
			2 * time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var (
					life   Lifetime
					rounds []int
				)
				double := func(_ context.Context, keys []int) func(int) (int, error) {
					rounds = append(rounds, len(keys))

					return func(key int) (int, error) { return 2 * key, nil }
				}
				g := &gather[int, int]{life: &life, largest: tt.largest, fetch: double}
				begin := time.Now()
				var group sync.WaitGroup
				for _, one := range tt.asks {
					group.Go(func() {
						backoff.Pause(t.Context(), one.after)
						ctx := t.Context()
						if one.prompt {
							ctx = Prompt(ctx)
						}
						caller := life.crowd.enter(ctx)
						defer caller.Leave()
						r := g.ask(ctx, one.key, caller)
						<-r.done
						if got, err := r.answer(one.key); got != 2*one.key || err != nil {
							t.Errorf("%d: %d, %v", one.key, got, err)
						}
					})
				}
				group.Wait()
				if fmt.Sprint(rounds) != fmt.Sprint(tt.want) || time.Since(begin) != tt.lasts {
					t.Errorf("rounds of %v after %s, want %v after %s", rounds, time.Since(begin), tt.want, tt.lasts)
				}
			})
		})
	}
}

func TestGather_theEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var life Lifetime
		asked := make(chan error, 1)
		g := &gather[int, int]{life: &life, largest: 1, fetch: func(ctx context.Context, _ []int) func(int) (int, error) {
			<-ctx.Done()
			asked <- context.Cause(ctx)

			return func(int) (int, error) { return 0, context.Cause(ctx) }
		}}
		r := g.ask(t.Context(), 1, life.crowd.enter(t.Context()))
		synctest.Wait()
		if err := life.End(t.Context()); err != nil {
			t.Errorf("end: %v", err)
		}
		if err := <-asked; err != ErrClosed { //nolint:errorlint // the cause itself
			t.Errorf("the call ended with %v", err)
		}
		<-r.done
		if g.ask(t.Context(), 2, life.crowd.enter(t.Context())) != nil {
			t.Error("somebody could ask after the end")
		}
	})
}
