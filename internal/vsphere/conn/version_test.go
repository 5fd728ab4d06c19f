package conn

import "testing"

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int // its sign
	}{
		{"8.0.2.0", "8.0.1", 1},
		{"8.0.1.0", "8.0.1", 0},
		{"8.0.0.1", "8.0.1", -1},
		{"6.7", "6.7.0.0", 0},
		{"10.0", "9.1", 1},
		{"6.5", "6.7", -1},
		{"", "6.0", -1},
		{"8.x", "8", 0},
	} {
		if got := compareVersions(tt.a, tt.b); min(1, max(-1, got)) != tt.want {
			t.Errorf("compareVersions(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
