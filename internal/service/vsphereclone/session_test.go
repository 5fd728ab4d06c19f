package vsphereclone

import "testing"

// What a plan has checked is not checked once more when it is applied.
func TestApplyDoesNotCheckAgain(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.offered.session.Apply()
	planned, _ := c.plan(basic(config{"source_vm_id": "vm-9"}))
	planned.clean(t)
	if len(fake.calls) > 0 {
		t.Fatal(fake.calls)
	}
}

// Clones of one source ask for it once.
func TestPlanAsksOnce(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	for _, name := range []string{"web-1", "web-2", "web-3"} {
		planned, _ := c.plan(basic(config{
			"name": name, "placement": config{"resource_pool_id": "resgroup-1"}, "guest_customization_spec": config{"name": "linux"},
		}))
		planned.clean(t)
	}
	for method, want := range map[string]int{"VirtualMachine": 1, "Object": 1, "CustomizationSpecExists": 1, "VMsNamed": 3} {
		if got := fake.made(method); got != want {
			t.Errorf("%s was called %d times, want %d", method, got, want)
		}
	}
}
