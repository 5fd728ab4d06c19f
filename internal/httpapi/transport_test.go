package httpapi

import (
	"testing"
	"time"
)

// TestTransport_way shows that the way is what the quickest answer took.
func TestTransport_way(t *testing.T) {
	t.Parallel()
	var transport Transport
	if way := transport.Way(); way != 0 {
		t.Errorf("%s before any answer", way)
	}
	for _, elapsed := range []time.Duration{3 * time.Second, time.Second, 2 * time.Second} {
		transport.answered(elapsed)
	}
	if way := transport.Way(); way != time.Second {
		t.Errorf("%s, want that of the quickest answer", way)
	}
}
