package lifecycle_test

import (
	"testing"

	lifecycle "github.com/vmfork/terraform-provider-vmfork/internal/lifecycle/old"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	var all lifecycle.Sessions[int]
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
	var c lifecycle.Claims
	c.Add("vm-1")
	c.Add("")
	if c.Has("") || !c.Has("vm-1") || c.Take("vm-1", "web") {
		t.Error("a VM in state can be taken")
	}
	for range 2 {
		if !c.Take("vm-2", "web") {
			t.Error("a VM that was found can't be found again")
		}
	}
	if c.Take("vm-2", "db") {
		t.Error("a VM that was found is not its finder's alone")
	}
}
