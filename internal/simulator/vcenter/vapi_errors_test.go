package vcenter

import (
	"testing"
)

// TestEveryErrorTypeHasAStatus keeps the list of the specification complete: 25 error types.
func TestEveryErrorTypeHasAStatus(t *testing.T) {
	t.Parallel()
	if len(statuses) != 25 {
		t.Errorf("%d error types, want 25", len(statuses))
	}
	for fault, errorType := range faultErrorTypes {
		if _, ok := newFault(fault); !ok {
			t.Errorf("%s is no vim25 fault", fault)
		}
		if statuses[errorType] == 0 {
			t.Errorf("%s: %s has no status", fault, errorType)
		}
	}
}
