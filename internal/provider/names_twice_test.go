package provider_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestProcess_nameTwice gives one name to two machines: a plan is an error, an apply warns, makes one of them, and says why the other one is
// not made.
func TestProcess_nameTwice(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "0s")
	twice := acctest.Says("is in the configuration twice")
	plan := func(names namings, exitCode int, args ...string) {
		t.Helper()
		n.configure(names)
		said := acctest.MustRunCLI(t, n.workspace, exitCode, append([]string{"plan", "-detailed-exitcode", "-no-color"}, args...)...)
		if told := twice.MatchString(said.Output); told != (exitCode == 1) {
			t.Errorf("the plan says it: %t\n%s", told, said.Output)
		}
	}
	for _, names := range []namings{
		{clones: {"a": "v-1", "b": "v-1"}},
		{instants: {"a": "v-1", "b": "v-1"}},
		{clones: {"a": "v-1"}, instants: {"a": "v-1"}},
		{onZStack: {"a": "z-1", "b": "z-1"}},
	} {
		plan(names, 1)
	}

	said := n.apply(namings{clones: {"a": "v-1"}, instants: {"a": "v-1"}, onZStack: {"a": "z-1", "b": "z-1"}}, 1, "-parallelism=1")
	if !twice.MatchString(said) || !acctest.Says("This is a warning as long as nothing is created").MatchString(said) {
		t.Errorf("the apply does not warn:\n%s", said)
	}
	if made := n.inventory(); len(made) != 2 || len(n.state()) != 2 {
		t.Errorf("the platforms have %v, the state has %v: one of each name", made, n.state())
	}

	// What is in state keeps its name, or gets the same as another one. What frees its name is none that has it.
	fine := namings{clones: {"a": "v-1", "c": "v-3"}, instants: {"a": "v-2"}, onZStack: {"a": "z-1", "b": "z-2"}}
	n.waits("20s") // whichever was made first may have to give up its name
	n.apply(fine, 0)
	n.is(fine)
	plan(namings{clones: {"a": "v-1", "c": "v-3", "d": "v-2"}, instants: {"a": "v-2"}, onZStack: fine[onZStack]}, 1)
	plan(namings{clones: {"a": "v-1", "c": "v-3"}, instants: {"a": "v-1"}, onZStack: fine[onZStack]}, 1)
	plan(namings{clones: {"a": "v-9", "c": "v-9"}, instants: {"a": "v-2"}, onZStack: fine[onZStack]}, 1)
	plan(namings{clones: fine[clones], instants: fine[instants], onZStack: {"a": "z-1", "b": "z-1"}}, 1)
	plan(fine, 2, `-replace=vmfork_vsphere_clone.each["a"]`, `-replace=vmfork_vsphere_instant_clone.each["a"]`,
		`-replace=vmfork_zstack_clone.each["a"]`)
	acctest.MustRunCLI(t, n.workspace, 0, "taint", `vmfork_vsphere_clone.each["a"]`)
	plan(fine, 2)
	acctest.MustRunCLI(t, n.workspace, 0, "untaint", `vmfork_vsphere_clone.each["a"]`)
	freed := namings{clones: {"a": "v-4", "b": "v-1", "c": "v-2"}, instants: {"a": "v-3"}, onZStack: {"a": "z-2", "c": "z-1"}}
	plan(freed, 2)
	if said := n.apply(freed, 0); twice.MatchString(said) {
		t.Errorf("the apply warns of names that it frees:\n%s", said)
	}
	n.is(freed)
}
