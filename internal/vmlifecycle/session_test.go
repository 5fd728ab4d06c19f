package vmlifecycle

import "testing"

func TestSessions(t *testing.T) {
	t.Parallel()
	var all Sessions
	first, second := new(int), new(int)
	before := all.Of(first)
	if all.Of(first) != before {
		t.Error("the resources of one configuration do not share a session")
	}
	if all.Of(second) == before {
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
