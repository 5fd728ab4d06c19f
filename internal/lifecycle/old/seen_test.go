package lifecycle_test

import (
	"testing"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
)

// TestSeen knows what is in state by its id, and what is pending there by its name.
func TestSeen(t *testing.T) {
	t.Parallel()
	var seen lifecycle.Seen
	for _, state := range []string{
		`{"id":"vm-1","name":"web"}`, `{"id":null,"name":"db"}`, `{"name":"bare"}`, `{"id":7}`, `no JSON`, `null`, ``,
	} {
		seen.Note("clone", []byte(state))
	}
	for id, want := range map[string]bool{"vm-1": true, "vm-2": false, "": false, "7": false} {
		if got := seen.Has(id); got != want {
			t.Errorf("has %q: %t", id, got)
		}
	}
	for name, want := range map[string]bool{"db": true, "bare": true, "web": false, "mail": false} {
		if got := seen.Awaits("clone", name); got != want {
			t.Errorf("awaits %q: %t", name, got)
		}
	}
	if seen.Awaits("fork", "db") {
		t.Error("awaits one of another type")
	}
	var none *lifecycle.Seen
	none.Note("clone", []byte(`{"id":"vm-1"}`))
	if none.Has("vm-1") || none.Awaits("clone", "db") {
		t.Error("nothing has seen something")
	}
}
