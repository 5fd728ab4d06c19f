package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestProcess_namesFreed renames machines in chains, swaps and circles, also instant clones among clones, and then gives them all other
// keys: one apply each.
func TestProcess_namesFreed(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "20s")
	made := namings{
		clones:   {"a": "v-1", "b": "v-2", "c": "v-3"},
		instants: {"a": "v-4"},
		onZStack: {"a": "z-1", "b": "z-2", "c": "z-3"},
	}
	n.apply(made, 0)
	ids := n.is(made)
	for what, names := range []namings{
		{clones: {"a": "v-2", "b": "v-3", "c": "v-4"}, instants: {"a": "v-5"}, onZStack: {"a": "z-2", "b": "z-3", "c": "z-4"}}, // a chain
		{clones: {"a": "v-3", "b": "v-2", "c": "v-4"}, instants: {"a": "v-5"}, onZStack: {"a": "z-3", "b": "z-2", "c": "z-4"}}, // a swap
		{clones: {"a": "v-2", "b": "v-4", "c": "v-5"}, instants: {"a": "v-3"}, onZStack: {"a": "z-2", "b": "z-4", "c": "z-3"}}, // circles
	} {
		n.apply(names, 0)
		if after := n.is(names); !maps.Equal(after, ids) {
			t.Errorf("step %d: the machines are %v, and were %v", what, after, ids)
		}
	}
	keys := namings{
		clones: {"x": "v-4", "y": "v-5", "z": "v-2"}, instants: {"x": "v-3"}, onZStack: {"x": "z-2", "y": "z-3", "z": "z-4"},
	}
	n.apply(keys, 0)
	n.is(keys)
}

// TestProcess_nameNotFreed tells why a machine that is destroyed in the same apply keeps its name, sends nothing, and goes on when that is
// mended.
func TestProcess_nameNotFreed(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "20s")
	names := namings{clones: {"old": "v-1"}, instants: {"old": "v-2"}, onZStack: {"old": "z-1"}}
	n.apply(names, 0)
	ids := n.is(names)

	n.vcenter.Inject(vcenter.Fault{Method: "Destroy_Task", Code: "NoPermission", Where: vcenter.FaultInTask, Times: -1})
	n.node.Inject(zstacksim.Fault{Method: "DestroyVmInstance", Code: "VM.1004", Where: zstacksim.FaultInTask, Times: -1})
	n.vcenter.ResetRequests()
	n.node.ResetRequests()
	renamed := namings{clones: {"new": "v-1"}, instants: {"new": "v-2"}, onZStack: {"new": "z-1"}}
	said := n.apply(renamed, 1)
	told := strings.Count(strings.Join(strings.FieldsFunc(said, func(r rune) bool { return strings.ContainsRune(" \n│", r) }), " "),
		"It is managed here, and this apply was to free its name, but that failed")
	if told != 3 {
		t.Errorf("%d of 3 machines are told why they are not made:\n%s", told, said)
	}
	sent := n.vcenter.Requests().ByMethod
	if made := sent["POST /api/vcenter/vm?action=clone"] + sent["CloneVM_Task"] + sent["InstantClone_Task"] +
		n.node.Requests().ByMethod["CloneVmInstance"]; made != 0 {
		t.Errorf("%d machines were asked for", made)
	}
	if inventory := n.inventory(); len(inventory) != len(ids) {
		t.Errorf("the platforms have %v", inventory)
	}

	n.vcenter.ClearFaults()
	n.node.ClearFaults()
	n.apply(renamed, 0)
	n.is(renamed)
}

// TestProcess_namesInterrupted leaves a machine with its temporary name when a swap breaks in between: the state tells it, and the next apply
// ends as configured.
func TestProcess_namesInterrupted(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "20s")
	names := namings{clones: {"a": "v-1", "b": "v-2"}, onZStack: {"a": "z-1", "b": "z-2"}}
	n.apply(names, 0)
	ids := n.is(names)
	n.vcenter.Inject(vcenter.Fault{Method: "Rename_Task", Code: "InvalidState", Where: vcenter.FaultInTask, Skip: 1, Times: -1})
	n.node.Inject(zstacksim.Fault{Method: "UpdateVmInstance", Code: "SYS.1000", Where: zstacksim.FaultInTask, Skip: 1, Times: -1})
	swapped := namings{clones: {"a": "v-2", "b": "v-1"}, onZStack: {"a": "z-2", "b": "z-1"}}
	n.apply(swapped, 1)
	temporary, inventory := 0, n.inventory()
	for key, known := range n.state() {
		if strings.HasPrefix(known.name, "vmfork-renaming-") {
			temporary++
		}
		if known.id != ids[key] || known.name != inventory[known.id] {
			t.Errorf("%s is %v in state, %q on the platform", key, known, inventory[known.id])
		}
	}
	if temporary != 2 {
		t.Errorf("%d machines have a temporary name, want 2: %v", temporary, inventory)
	}
	n.vcenter.ClearFaults()
	n.node.ClearFaults()
	n.apply(swapped, 0)
	if after := n.is(swapped); !maps.Equal(after, ids) {
		t.Errorf("the machines are %v, and were %v", after, ids)
	}
}

// TestProcess_namesOneAtATime gives machines other keys in an apply that does one thing at a time, so that a creation may come before the
// destroy that frees its name: nothing is lost, and the second apply ends as configured at the latest.
func TestProcess_namesOneAtATime(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "0s")
	n.apply(namings{clones: {"old": "v-1"}, instants: {"old": "v-2"}, onZStack: {"old": "z-1"}}, 0)
	renamed := namings{clones: {"new": "v-1"}, instants: {"new": "v-2"}, onZStack: {"new": "z-1"}}
	n.apply(renamed, -1, "-parallelism=1")
	n.apply(renamed, 0, "-parallelism=1")
	n.is(renamed)
}

// TestProcess_namesOfForty gives forty machines other keys at once. Where a creation gives up because the CLI has no room for the destroy, the
// next apply ends as configured.
func TestProcess_namesOfForty(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "50ms")
	before, after := namings{clones: {}, onZStack: {}}, namings{clones: {}, onZStack: {}}
	for i := range 20 {
		for kind, prefix := range map[string]string{clones: "v", onZStack: "z"} {
			name := fmt.Sprintf("%s-%d", prefix, i)
			before[kind][fmt.Sprintf("old-%d", i)] = name
			after[kind][fmt.Sprintf("new-%d", i)] = name
		}
	}
	n.apply(before, 0)
	n.configure(after)
	n.waits("20s")
	acctest.MustRunCLI(t, n.workspace, 2, "plan", "-detailed-exitcode") // whatever it plans first
	n.waits("50ms")
	n.apply(after, -1)
	n.waits("20s")
	n.apply(after, 0)
	n.is(after)
}

// TestProcess_nameOfUntargeted tells that a machine which -target leaves alone keeps its name, and sends nothing.
func TestProcess_nameOfUntargeted(t *testing.T) {
	t.Parallel()
	n := newNaming(t, "0s")
	n.apply(namings{clones: {"old": "v-1"}, onZStack: {"old": "z-1"}}, 0)
	renamed := namings{clones: {"new": "v-1"}, onZStack: {"new": "z-1"}}
	n.vcenter.ResetRequests()
	n.node.ResetRequests()
	for _, kind := range []string{clones, onZStack} {
		said := n.apply(renamed, 1, fmt.Sprintf("-target=%s.each[\"new\"]", kind))
		if !acctest.Says("Nothing was sent").MatchString(said) || !acctest.Says("apply again").MatchString(said) {
			t.Errorf("the apply does not say what to do:\n%s", said)
		}
	}
	if made := n.vcenter.Requests().ByMethod["POST /api/vcenter/vm?action=clone"] + n.node.Requests().ByMethod["CloneVmInstance"]; made != 0 {
		t.Errorf("%d machines were asked for", made)
	}
	n.waits("20s")
	n.apply(renamed, 0)
	n.is(renamed)
}
