package httpapi

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
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
				waiters = append(waiters, life.Enter())
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
					Pause(t.Context(), time.Duration(caller)*time.Millisecond)
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
		busy := life.Enter()
		Pause(t.Context(), 10*time.Millisecond)
		another := life.Enter()
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
