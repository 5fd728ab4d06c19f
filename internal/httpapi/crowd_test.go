package httpapi

import "testing"

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
			var leaving []func()
			for range tt.waiting {
				leaving = append(leaving, life.Enter())
			}
			if tt.late {
				life.crowd.note(true)
			} else {
				life.Gathered()
			}
			if most, waiting := life.crowd.size(); most != tt.want || waiting != tt.waiting || life.crowd.complete() != tt.complete {
				t.Errorf("%d of %d, complete: %t; want %d of %d, %t", waiting, most, life.crowd.complete(), tt.waiting, tt.want, tt.complete)
			}
			for _, leave := range leaving {
				leave()
			}
			if _, waiting := life.crowd.size(); waiting != 0 {
				t.Errorf("%d still wait", waiting)
			}
		})
	}
}
