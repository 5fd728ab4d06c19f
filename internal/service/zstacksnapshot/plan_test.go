package zstacksnapshot

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestPlanChecks compares whole diagnostics of plans of a new group.
func TestPlanChecks(t *testing.T) {
	t.Parallel()
	inState := func(state zstack.VMState) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.vm.State = state }
	}
	tests := []struct {
		name    string
		prepare func(f *fakeZStack)
		config  config
		quiet   bool
	}{
		{"running", inState(zstack.VMRunning), config{"with_memory": true}, true},
		{"paused", inState(zstack.VMPaused), config{"with_memory": true}, true},
		{"stopped", inState(zstack.VMStopped), nil, true},
		{"stopping", inState(zstack.VMStopping), config{"with_memory": true}, true},
		{"memory that is not known yet", inState(zstack.VMStopped), config{"with_memory": playedcli.Unknown{}}, true},
		{"a VM that is not known yet", func(f *fakeZStack) { f.vm = nil }, config{"vm_uuid": playedcli.Unknown{}}, true},
		{"stopped, with memory", inState(zstack.VMStopped), config{"with_memory": true}, false},
		{"missing", func(f *fakeZStack) { f.vm = nil }, nil, false},
		{"destroyed", inState(zstack.VMDestroyed), nil, false},
		{"on the way to be destroyed", inState(zstack.VMDestroying), nil, false},
		{"a record", inState(zstack.VMCreated), nil, false},
		{"in a state of error", inState(zstack.VMError), nil, false},
		{"of a name that is taken", func(f *fakeZStack) {
			f.add(zstack.SnapshotGroupSpec{ResourceUUID: "cccccccccccccccccccccccccccccccc", Name: "before/after"})
			f.add(zstack.SnapshotGroupSpec{ResourceUUID: "dddddddddddddddddddddddddddddddd", Name: "before"})
		}, nil, false},
		{"of a name that is not known yet", func(f *fakeZStack) {
			f.add(zstack.SnapshotGroupSpec{ResourceUUID: "cccccccccccccccccccccccccccccccc", Name: "before/after"})
		}, config{"name": playedcli.Unknown{}}, true},
		{"names without an answer", failing("SnapshotGroupsNamed", fault(apierr.Unavailable, "SYS.1011")), nil, false},
		{"no answer", failing("VirtualMachine", fault(apierr.Unavailable, "SYS.1011")), nil, false},
		{"no login", failing("VirtualMachine", fault(apierr.Unauthenticated, "ID.1000")), nil, false},
		{"no ZStack", failing("VirtualMachine", fault(apierr.Unsupported, apierr.CodeNotZStack)), nil, false},
		{"no ZStack, asked for names", failing("SnapshotGroupsNamed", fault(apierr.Unsupported, apierr.CodeNotZStack)), nil, false},
		{"a proxy that forbids it", failing("VirtualMachine", fault(apierr.Denied, "HTTP 403")), nil, false},
		{"no time", func(*fakeZStack) {}, config{"timeouts": config{"create": "-1m"}}, false},
	}
	var all strings.Builder
	for _, test := range tests {
		inBubble(t, func(c core, f *fakeZStack) {
			t := c.T
			test.prepare(f)
			said := c.Plan(basic(test.config))
			if test.quiet {
				said.Clean(t)
			} else {
				all.WriteString("=== " + test.name + "\n" + said.String() + "\n")
			}
		})
	}
	compareGolden(t, all.String())
}

// TestPlanKeepsWhatIsKnown has a rename leave every computed value as it is, and reads the VM of a new group only.
func TestPlanKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		c.taken(t)
		reads := f.Made("VirtualMachine")
		planned := c.Plan(basic(config{"name": "renamed"})).Clean(t)
		if planned.Action != "update" || !planned.Planned.IsFullyKnown() || f.Made("VirtualMachine") != reads {
			t.Errorf("%s: %s", planned.Action, planned.Planned)
		}
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	const group, other = "cccccccccccccccccccccccccccccccc", "dddddddddddddddddddddddddddddddd"
	tests := map[string]struct {
		id       string
		identity map[string]string
		memory   bool
		prepare  func(f *fakeZStack)
		says     string
	}{
		"by uuid":     {id: group},
		"by name":     {id: vmUUID + "/before/after"},
		"by identity": {identity: map[string]string{"uuid": group}},
		"with memory": {id: group, memory: true},
		"no such uuid": {
			id: other, says: `No snapshot group has the uuid "` + other + `"`,
		},
		"no such name": {id: vmUUID + "/after", says: `No snapshot group has the name "after" in the VM ` + vmUUID},
		"of another case": {
			id: vmUUID + "/before/after", prepare: func(f *fakeZStack) { f.groups[0].Name = "Before/after" }, says: "No snapshot group has",
		},
		"several": {id: vmUUID + "/before/after", prepare: func(f *fakeZStack) {
			f.add(zstack.SnapshotGroupSpec{ResourceUUID: other, Name: "before/after"})
		}, says: "Several snapshot groups have"},
		"no id":     {id: "before", says: `Cannot import "before"`},
		"no answer": {id: group, prepare: failing("SnapshotGroup", fault(apierr.Unavailable, "SYS.1011")), says: "Could not look up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				f.add(zstack.SnapshotGroupSpec{ResourceUUID: group, Name: "before/after", Description: "d", WithMemory: test.memory})
				if test.prepare != nil {
					test.prepare(f)
				}
				said := c.ImportBy(test.id, test.identity)
				if test.says != "" {
					said.Failed(t, test.says)

					return
				}
				said.Clean(t)
				wanted := basic(config{"name": "before/after", "description": "d", "with_memory": test.memory})
				c.Settled(wanted)
				if c.Identified("uuid") != group {
					t.Errorf("the identity is %s", c.Identified("uuid"))
				}
				// What the group was taken with is written down, and nothing is replaced.
				wanted["with_memory"] = !test.memory
				if said := c.Apply(t.Context(), wanted).Clean(t); said.Action != "update" || len(f.groups) != 1 {
					t.Errorf("%s: %+v", said.Action, f.groups)
				}
			})
		})
	}
}
