package vspheresnapshot

import (
	"slices"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// taken applies the smallest configuration.
func (c core) taken(changes ...config) {
	c.T.Helper()
	c.Apply(c.T.Context(), basic(changes...)).Clean(c.T)
}

func TestRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change  func(f *fakeVSphere)
		dropped bool
		says    string
	}{
		"there":             {change: func(*fakeVSphere) {}},
		"removed":           {change: func(f *fakeVSphere) { f.snapshots = nil }, dropped: true},
		"the VM is gone":    {change: func(f *fakeVSphere) { f.vm = nil }, dropped: true},
		"not to be read":    {change: failing("Snapshots", fault(apierr.Denied, "NoPermission")), says: "Could not read snapshot"},
		"no vCenter":        {change: failing("About", fault(apierr.Unavailable, "Unreachable")), says: "Could not connect to vCenter"},
		"another vCenter":   {change: func(f *fakeVSphere) { f.vcenter = "other" }, says: "belongs to another vCenter"},
		"described anew":    {change: func(f *fakeVSphere) { f.snapshots[0].Description = "theirs" }},
		"current no more":   {change: func(f *fakeVSphere) { f.snapshots[0].Current = false }},
		"parent is another": {change: func(f *fakeVSphere) { f.snapshots[0].ParentID = "snapshot-7" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				c.taken()
				test.change(f)
				said := c.Refresh()
				switch {
				case test.says != "":
					said.Failed(t, test.says)
				case c.State.IsNull() != test.dropped:
					t.Errorf("dropped: %t, want %t", c.State.IsNull(), test.dropped)
				default:
					said.Clean(t)
				}
				if test.says == "" && !test.dropped {
					c.Is(f.snapshots[0].Description, "description")
					c.Settled(basic())
				}
			})
		})
	}
}

// TestReadWithoutClient keeps the state while the provider's configuration is not known.
func TestReadWithoutClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeVSphere) {
		t := c.T
		c.taken()
		id := c.Get("id")
		c.Serve(serve(nil))
		c.Refresh().Clean(t)
		c.Is(id, "id")
		if got := c.identified(); got != vmID+"/"+id {
			t.Errorf("the identity is %s", got)
		}
		if said := c.Plan(basic()).Clean(t); said.Action != "none" {
			t.Errorf("the plan is to %s", said.Action)
		}
		c.Destroy(t.Context()).Failed(t, "is not known yet")
		c.Apply(t.Context(), basic(config{"name": "renamed"})).Failed(t, "is not known yet")
		c.Forget()
		c.ImportBy("vm-1/snapshot-7", nil).Failed(t, "is not known yet")
	})
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	renamed := config{"name": "renamed"}
	tests := map[string]struct {
		prepare func(f *fakeVSphere)
		config  config
		says    string
		name    string // afterwards, in state
		asked   int    // for changes
	}{
		"renamed":         {func(*fakeVSphere) {}, renamed, "", "renamed", 1},
		"described":       {func(*fakeVSphere) {}, config{"description": "new"}, "", "before", 1},
		"noted":           {func(*fakeVSphere) {}, config{"consolidate_on_destroy": false}, "", "before", 0},
		"busy, then free": {failing("RenameSnapshot", fault(apierr.Busy, "TaskInProgress")), renamed, "", "renamed", 2},
		"answer lost":     {failing("RenameSnapshot", lostAnswer()), renamed, "", "renamed", 2},
		"answer lost for good": {
			failing("RenameSnapshot", lostAnswer(), lostAnswer()), renamed, "Could not rename snapshot \"before\" of vm-1", "before", 2,
		},
		"refused": {failing("RenameSnapshot", fault(apierr.InvalidArgument, "InvalidName")), renamed, "InvalidName", "before", 1},
		"denied": {func(f *fakeVSphere) {
			f.errs["RenameSnapshot"] = []error{fault(apierr.Denied, "NoPermission")}
			f.before["RenameSnapshot"] = func() { f.missing = []apierr.MissingPrivilege{{Privilege: privilegeRename, Object: vmID}} } // after the plan
		}, renamed, "VirtualMachine.State.RenameSnapshot on vm-1 (vm_id)", "before", 1},
		"gone": {func(f *fakeVSphere) { f.snapshots = nil }, renamed, "does not exist any more", "before", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				c.taken(config{"description": "words"})
				id, reads := c.Get("id"), f.made("Snapshots")
				test.prepare(f)
				said := c.Apply(t.Context(), basic(config{"description": "words"}, test.config))
				if said.Action != "update" {
					t.Errorf("the plan is to %s", said.Action)
				}
				if test.says == "" {
					said.Clean(t)
					c.Settled(basic(config{"description": "words"}, test.config))
				} else {
					said.Failed(t, test.says)
				}
				c.Is(id, "id")
				c.Is(test.name, "name")
				if n := f.made("RenameSnapshot"); n != test.asked {
					t.Errorf("asked for %d changes, want %d", n, test.asked)
				}
				if n := f.made("Snapshots") - reads; test.says == "" && n != 1+min(test.asked, 1) {
					t.Errorf("%d reads, want that of the refresh, and one before a change", n)
				}
			})
		})
	}
}

// TestUpdateAnswerLostAfterTheEffect puts into state what vCenter has.
func TestUpdateAnswerLostAfterTheEffect(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		c.taken()
		f.errs["RenameSnapshot"] = []error{lostAnswer(), lostAnswer()}
		f.before["RenameSnapshot"] = func() { f.snapshots[0].Name = "renamed" }
		c.Apply(t.Context(), basic(config{"name": "renamed"})).Failed(t, "the request may have taken effect")
		c.Is("renamed", "name")
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare   func(f *fakeVSphere)
		config    config
		interrupt bool
		says      string
		asked     int
		removed   string
	}{
		"removed": {prepare: func(*fakeVSphere) {}, asked: 1, removed: "snapshot-102 children=false consolidate=true"},
		"with those after it": {
			prepare: func(*fakeVSphere) {}, config: config{"remove_children_on_destroy": true, "consolidate_on_destroy": false}, asked: 1,
			removed: "snapshot-102 children=true consolidate=false",
		},
		"gone":             {prepare: func(f *fakeVSphere) { f.snapshots = nil }},
		"busy, then free":  {prepare: failing("RemoveSnapshot", fault(apierr.Busy, "TaskInProgress")), asked: 2},
		"busy in its task": {prepare: func(f *fakeVSphere) { f.goes["RemoveSnapshot"] = busyInTask }, asked: 2},
		"answer lost": {prepare: func(f *fakeVSphere) {
			f.errs["RemoveSnapshot"] = []error{lostAnswer()}
			f.before["RemoveSnapshot"] = func() { f.snapshots = nil }
		}, asked: 2},
		"failed":      {prepare: func(f *fakeVSphere) { f.goes["RemoveSnapshot"] = fails }, says: "SnapshotFault", asked: 1},
		"out of time": {prepare: func(f *fakeVSphere) { f.goes["RemoveSnapshot"] = hangs }, says: "was cancelled", asked: 1},
		"done when cancelled": {
			prepare: func(f *fakeVSphere) { f.goes["RemoveSnapshot"] = finishesOnCancel }, interrupt: true, asked: 1,
		},
		"goes on, interrupted": {
			prepare: func(f *fakeVSphere) { f.goes["RemoveSnapshot"] = ignoresCancel }, interrupt: true, says: "interrupted", asked: 1,
		},
		"goes on, out of time": {
			prepare: func(f *fakeVSphere) { f.goes["RemoveSnapshot"] = ignoresCancel }, says: "goes on and may still succeed", asked: 1,
		},
		"denied": {prepare: func(f *fakeVSphere) {
			f.errs["RemoveSnapshot"] = []error{fault(apierr.Denied, "NoPermission")}
			f.missing = []apierr.MissingPrivilege{{Privilege: privilegeRemove, Object: vmID}}
		}, says: "VirtualMachine.State.RemoveSnapshot on vm-1", asked: 1},
		"no slot":         {prepare: failing("AcquireTaskSlot", fault(apierr.Internal, "")), says: "Could not remove snapshot"},
		"another vCenter": {prepare: func(f *fakeVSphere) { f.vcenter = "other" }, says: "belongs to another vCenter"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				c.taken(test.config, config{"timeouts": config{"delete": "1m"}})
				test.prepare(f)
				ctx := t.Context()
				if test.interrupt {
					ctx = playedcli.Interrupted(t, time.Second)
				}
				said := c.Destroy(ctx)
				if test.says == "" {
					said.Clean(t)
				} else {
					said.Failed(t, test.says)
				}
				if c.State.IsNull() == (test.says != "") {
					t.Errorf("in state: %t", !c.State.IsNull())
				}
				if n := f.made("RemoveSnapshot"); n != test.asked {
					t.Errorf("asked %d times, want %d", n, test.asked)
				}
				if test.removed != "" && !slices.Equal(f.removed, []string{test.removed}) {
					t.Errorf("removed %q, want %q", f.removed, test.removed)
				}
			})
		})
	}
}
