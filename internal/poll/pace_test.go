package poll

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
)

// follow asks for a task that lasts so long until it has ended, and returns how often and how late after its end that was.
func follow(t *testing.T, pace *Pace, lasts time.Duration) (polls int, late time.Duration) {
	t.Helper()
	begin := time.Now()
	for {
		backoff.Pause(t.Context(), time.Until(pace.Due()))
		polls++
		if over := time.Since(begin) - lasts; over >= 0 {
			pace.Ended(time.Now())

			return polls, over
		}
		pace.Asked(time.Now())
	}
}

func TestPaces_learn(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	tests := []struct {
		name  string
		lasts []time.Duration // in turn
		first int             // polls for the first one
		each  float64         // polls at most for one of many, once they are known
		late  float64         // at most how much later than its end one is seen, in parts of how long they last
	}{
		{"quick", []time.Duration{30 * ms}, 1, 1, 1},
		{"as quick as the first question", []time.Duration{150 * ms}, 1, 1.3, 0.2},
		{"a third of a second", []time.Duration{300 * ms}, 2, 1.3, 0.2},
		{"a second and a half", []time.Duration{1500 * ms}, 6, 1.3, 0.2},
		{"now shorter, now longer", []time.Duration{400 * ms, 500 * ms, 450 * ms, 550 * ms}, 3, 1.5, 0.25},
		{"one of ten is slow", slices.Concat(slices.Repeat([]time.Duration{400 * ms}, 9), []time.Duration{900 * ms}), 3, 1.5, 0.5},
		{"longer than the slowest pace", []time.Duration{7 * time.Second}, 10, 5, 0.2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const many = 200
				var (
					paces Paces
					polls int
					late  time.Duration
					sum   time.Duration
				)
				if first, _ := follow(t, paces.Started("Do"), tt.lasts[0]); first != tt.first {
					t.Errorf("%d polls for the first one, want %d", first, tt.first)
				}
				for range 100 {
					follow(t, paces.Started("Do"), tt.lasts[0])
				}
				for i := range many {
					lasts := tt.lasts[i%len(tt.lasts)]
					n, after := follow(t, paces.Started("Do"), lasts)
					polls, late, sum = polls+n, late+after, sum+lasts
				}
				if each := float64(polls) / many; each > tt.each {
					t.Errorf("%.2f polls each, at most %.2f are allowed", each, tt.each)
				}
				if part := float64(late) / float64(sum); part > tt.late {
					t.Errorf("seen %.2f of their time late, at most %.2f is allowed", part, tt.late)
				}
				if first, _ := follow(t, paces.Started("Another"), tt.lasts[0]); first != tt.first {
					t.Errorf("%d polls for one of another kind, want %d", first, tt.first)
				}
			})
		})
	}
}

// TestPaces_waves shows that tasks which start together teach no more than one would.
func TestPaces_waves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const waves, together, lasts = 20, 10, 300 * time.Millisecond
		var (
			paces Paces
			polls int
			late  time.Duration
		)
		for range waves {
			wave := make([]*Pace, together)
			for i := range wave {
				wave[i] = paces.Started("Do")
			}
			begin := time.Now()
			for len(wave) > 0 {
				backoff.Pause(t.Context(), time.Until(wave[0].Due()))
				polls += len(wave)
				wave = slices.DeleteFunc(wave, func(pace *Pace) bool {
					if time.Since(begin) < lasts {
						pace.Asked(time.Now())

						return false
					}
					pace.Ended(time.Now())

					return true
				})
			}
			late += time.Since(begin) - lasts
		}
		if each := float64(polls) / (waves * together); each > 1.35 {
			t.Errorf("%.2f polls each", each)
		}
		if late /= waves; late > lasts/4 {
			t.Errorf("seen %s late", late)
		}
	})
}

// TestPaces_told shows that a platform which tells how long tasks took is asked right after the next one's end.
func TestPaces_told(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const lasts = 300 * time.Millisecond
		var paces Paces
		for range 10 {
			pace := paces.Started("Do")
			backoff.Pause(t.Context(), 5*lasts)
			pace.Lasted(lasts)
			pace.Lasted(time.Hour)
		}
		if polls, late := follow(t, paces.Started("Do"), lasts); polls != 1 || late != endsLater {
			t.Errorf("%d polls, seen %s late, want 1 and %s", polls, late, endsLater)
		}
		if polls, _ := follow(t, paces.Started("Another"), lasts); polls != 2 {
			t.Errorf("%d polls for one of another kind, want 2", polls)
		}
	})
}

// TestPaces_way shows that a platform which is far away is asked so much sooner: what it tells of a task began before the answer
// that tells of its start came.
func TestPaces_way(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const lasts, way = 300 * time.Millisecond, 40 * time.Millisecond
		paces := Paces{Way: func() time.Duration { return way }}
		for range 10 {
			paces.Started("Do").Lasted(lasts)
		}
		if due := time.Until(paces.Started("Do").Due()); due != lasts+endsLater-way {
			t.Errorf("due after %s, want %s", due, lasts+endsLater-way)
		}
	})
}

// TestPaces_becomeQuicker shows that tasks which take less time than they used to are asked for sooner after a while.
func TestPaces_becomeQuicker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var paces Paces
		for range 200 {
			follow(t, paces.Started("Do"), time.Second)
		}
		for range 500 {
			follow(t, paces.Started("Do"), 300*time.Millisecond)
		}
		if _, late := follow(t, paces.Started("Do"), 300*time.Millisecond); late > 100*time.Millisecond {
			t.Errorf("seen %s late", late)
		}
	})
}

// TestPace_askedAlong shows that being asked for along with others does not put off when a task is expected to end.
func TestPace_askedAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var paces Paces
		follow(t, paces.Started("Do"), time.Second)
		pace := paces.Started("Do")
		due := pace.Due()
		backoff.Pause(t.Context(), 100*time.Millisecond)
		pace.Asked(time.Now())
		if pace.Due() != due {
			t.Errorf("due %s later than expected", pace.Due().Sub(due))
		}
		pace.Ended(time.Now())
		pace.Ended(time.Now().Add(time.Hour))
		if again := time.Until(paces.Started("Do").Due()); again > 1300*time.Millisecond {
			t.Errorf("the next one is due after %s", again)
		}
	})
}
