package conn

import (
	"testing"

	"github.com/vmware/govmomi/vim25"
)

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

func TestKnownVersion(t *testing.T) {
	t.Parallel()
	for there, want := range map[string]string{
		"6.7": "6.7", "6.7.3": "6.7.3", "7.0.3.0": "7.0.3.0", vim25.Version: vim25.Version, "99.0": vim25.Version, "": vim25.Version,
	} {
		if got := knownVersion(there); got != want {
			t.Errorf("with a vCenter of %q: %q, want %q", there, got, want)
		}
	}
}
