package lifecycle

import "testing"

// TestRegistryNote knows what is in state by its id, and what is pending there by its name.
func TestRegistryNote(t *testing.T) {
	t.Parallel()
	var registry Registry
	for _, state := range []string{
		`{"id":"vm-1","name":"web"}`, `{"id":null,"name":"db"}`, `{"name":"bare"}`, `{"id":7}`, `no JSON`, `null`, ``,
	} {
		registry.Note("clone", []byte(state))
	}
	for id, want := range map[string]bool{"vm-1": true, "vm-2": false, "": false, "7": false} {
		if got := registry.Has(id); got != want {
			t.Errorf("has %q: %t", id, got)
		}
	}
	for name, want := range map[string]bool{"db": true, "bare": true, "web": false, "mail": false} {
		if got := registry.Pending("clone", name); got != want {
			t.Errorf("%q is pending: %t", name, got)
		}
	}
	if registry.Pending("fork", "db") {
		t.Error("a resource of another type is pending")
	}
	var none Registry
	if none.Has("vm-1") || none.Pending("clone", "db") {
		t.Error("an empty registry knows something")
	}
}

// TestRegistryTake gives an object that was found to one resource alone.
func TestRegistryTake(t *testing.T) {
	t.Parallel()
	var registry Registry
	registry.Add("vm-1")
	registry.Add("")
	if registry.Has("") || !registry.Has("vm-1") || registry.Free("vm-1", "web") || registry.Take("vm-1", "web") {
		t.Error("a VM in state can be taken")
	}
	for range 2 {
		if !registry.Free("vm-2", "web") || !registry.Take("vm-2", "web") {
			t.Error("a VM that was found can't be found again")
		}
	}
	if registry.Free("vm-2", "db") || registry.Take("vm-2", "db") {
		t.Error("a VM that was found is not its finder's alone")
	}
	// The state from before a refresh may hold a resource as pending that the refresh has found.
	registry.Note("clone", []byte(`{"id":"vm-3","name":"web"}`))
	if !registry.Has("vm-3") || !registry.Free("vm-3", "web") || !registry.Take("vm-3", "web") || registry.Take("vm-3", "db") {
		t.Error("a VM that the CLI told of is not one finder's alone")
	}
	registry.Add("vm-2")
	if !registry.Take("vm-2", "web") {
		t.Error("a VM in state is not its finder's any more")
	}
}
