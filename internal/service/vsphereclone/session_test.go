package vsphereclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/clients"
)

// What a plan has checked is not checked once more when it is applied.
func TestApplyDoesNotCheckAgain(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.offered.session.applying.Store(true)
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

func TestSessions(t *testing.T) {
	t.Parallel()
	var all sessions
	first, second := &clients.Clients{}, &clients.Clients{VSphereDeferred: true}
	before := all.session(first)
	if all.session(first) != before {
		t.Error("the resources of one configuration do not share a session")
	}
	if all.session(second) == before {
		t.Error("a new configuration has the old session")
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	c := newClaims()
	c.add("vm-1")
	c.add("")
	if c.has("") || !c.has("vm-1") || c.take("vm-1", "web") {
		t.Error("a VM in state can be taken")
	}
	for range 2 {
		if !c.take("vm-2", "web") {
			t.Error("a VM that was found can't be found again")
		}
	}
	if c.take("vm-2", "db") {
		t.Error("a VM that was found is not its finder's alone")
	}
}
