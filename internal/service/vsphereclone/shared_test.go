package vsphereclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
)

// Clones of one source ask for it once, and for a pool and its cluster.
func TestPlanAsksOnce(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	for _, name := range []string{"web-1", "web-2", "web-3"} {
		planned := c.Plan(basic(config{
			"name": name, "placement": config{"resource_pool_id": "resgroup-1"}, "guest_customization_spec": config{"name": "linux"},
		}))
		planned.Clean(t)
	}
	for method, want := range map[string]int{"VirtualMachine": 1, "Object": 2, "CustomizationSpecExists": 1, "NamedIn": 3} {
		if got := fake.Made(method); got != want {
			t.Errorf("%s was called %d times, want %d", method, got, want)
		}
	}
}
