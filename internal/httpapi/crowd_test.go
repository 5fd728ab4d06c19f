package httpapi

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

func TestCrowd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		most     int // ever noted before
		waiting  int
		late     bool
		want     int // expected from then on
		complete bool
	}{
		{"one alone is nobody's crowd", 0, 1, false, 1, false},
		{"a crowd is everybody", 0, 5, false, 5, true},
		{"as many as ever", 10, 10, false, 10, true},
		{"more than ever", 10, 12, false, 12, true},
		{"fewer than ever, and nobody waited for the others", 10, 4, false, 10, false},
		{"the others did not come", 10, 4, true, 7, false},
		{"nor did anybody", 2, 1, true, 1, false},
		{"late, but complete", 5, 5, true, 5, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var life Lifetime
			life.crowd.most = tt.most
			var waiters []*Waiter
			for range tt.waiting {
				waiters = append(waiters, life.Enter(t.Context()))
			}
			if tt.late {
				life.crowd.note(true)
			} else {
				life.Gathered()
			}
			if most, waiting := life.crowd.size(); most != tt.want || waiting != tt.waiting || life.crowd.complete() != tt.complete {
				t.Errorf("%d of %d, complete: %t; want %d of %d, %t", waiting, most, life.crowd.complete(), tt.waiting, tt.want, tt.complete)
			}
			for _, waiter := range waiters {
				waiter.Leave()
				waiter.Leave()
			}
			if _, waiting := life.crowd.size(); waiting != 0 {
				t.Errorf("%d still wait", waiting)
			}
		})
	}
}

// TestCrowd_goesOnTogether shows that those who are answered together ask together again, in a round that none of them closes
// before the others came.
func TestCrowd_goesOnTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const callers, rounds = 8, 5
		var (
			life  Lifetime
			group sync.WaitGroup
		)
		batch, calls := doubles(&life, nil)
		for caller := range callers {
			group.Go(func() {
				for round := range rounds {
					if _, err := batch.Load(t.Context(), 2*caller+100*round); err != nil {
						t.Error(err)
					}
					backoff.Pause(t.Context(), time.Duration(caller)*time.Millisecond)
				}
			})
		}
		group.Wait()
		if fmt.Sprint(*calls) != "[8 8 8 8 8]" {
			t.Errorf("calls of %v", *calls)
		}
	})
}

// TestCrowd_waitsForNobody shows that a round is closed as soon as the others wait for something else.
func TestCrowd_waitsForNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var (
			life  Lifetime
			group sync.WaitGroup
		)
		life.crowd.most = 4
		batch, calls := doubles(&life, nil)
		begin := time.Now()
		for key := range 2 {
			group.Go(func() {
				if _, err := batch.Load(t.Context(), 2*key); err != nil {
					t.Error(err)
				}
			})
		}
		busy := life.Enter(t.Context())
		backoff.Pause(t.Context(), 10*time.Millisecond)
		another := life.Enter(t.Context())
		another.Leave()
		another.Return()
		group.Wait()
		busy.Leave()
		another.Leave()
		if took := time.Since(begin); took != 10*time.Millisecond+time.Second || fmt.Sprint(*calls) != "[2]" {
			t.Errorf("calls of %v after %s", *calls, took)
		}
	})
}

// TestCrowd_callers shows that one who asks several questions at a time is one.
func TestCrowd_callers(t *testing.T) {
	t.Parallel()
	var life Lifetime
	one, other := Caller(t.Context()), Prompt(t.Context())
	waiters := []*Waiter{life.Enter(one), life.Enter(one), life.Enter(other), life.Enter(t.Context()), life.Enter(t.Context())}
	want := 4
	for i, waiter := range waiters {
		if _, waiting := life.crowd.size(); waiting != want {
			t.Errorf("%d wait, want %d", waiting, want)
		}
		waiter.Leave()
		waiter.Leave()
		if i > 0 {
			want--
		}
	}
	waiters[0].Return()
	if _, waiting := life.crowd.size(); waiting != 1 || len(life.crowd.waits) != 1 {
		t.Errorf("%d wait, %d known, want the one who returned", waiting, len(life.crowd.waits))
	}
}

// TestCrowd_awaited shows that whoever waits for others hears when nobody else can come, and not before he who came last joined.
func TestCrowd_awaited(t *testing.T) {
	t.Parallel()
	var (
		life  Lifetime
		heard []string
	)
	life.crowd.most = 2
	first := life.EnterRound(t.Context(), func() { heard = append(heard, "first") })
	leave := life.Await(func() { heard = append(heard, "nobody else") })
	reader := life.crowd.enterRead(t.Context())
	life.crowd.hurry()
	reader.Leave()
	second := life.EnterRound(t.Context(), func() { heard = append(heard, "second") })
	leave()
	third := life.EnterRound(t.Context(), func() { heard = append(heard, "third") })
	for _, waiter := range []*Waiter{first, second, third} {
		waiter.Leave()
	}
	if want := []string{"first", "second", "nobody else", "third"}; !slices.Equal(heard, want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
}

// TestCrowd_apart shows that the time between callers who come one soon after another is learned, once for each.
func TestCrowd_apart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var life Lifetime
		for range 100 {
			ctx := Caller(t.Context())
			life.Enter(ctx).Leave()
			backoff.Pause(t.Context(), 5*time.Millisecond)
			life.Enter(ctx).Leave()
			backoff.Pause(t.Context(), 5*time.Millisecond)
			life.Enter(t.Context()).Leave()
		}
		known := life.Apart()
		backoff.Pause(t.Context(), time.Minute)
		life.Enter(Caller(t.Context())).Leave()
		if want := 10 * time.Millisecond; (known-want).Abs() > time.Microsecond || life.Apart() != known {
			t.Errorf("%s apart, and %s after a pause, want %s", known, life.Apart(), want)
		}
	})
}
