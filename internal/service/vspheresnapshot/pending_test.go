package vspheresnapshot

import (
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// leavePending interrupts a snapshot that goes on, and returns its task.
func leavePending(t *testing.T, c *core, f *fakeVSphere) *fakeTask {
	t.Helper()
	f.goes["CreateSnapshot"] = ignoresCancel
	c.apply(interrupted(t, time.Second), basic()).warned(t, "may still come to be")
	if got := c.identified(); got != vmID+"/<null>" {
		t.Fatalf("the identity is %s", got)
	}

	return f.tasks[c.get("pending_task_id")]
}

// pendingEnds are the ways in which a pending snapshot ends.
var pendingEnds = map[string]struct {
	end func(f *fakeVSphere, t *fakeTask)
	// what the refresh says, and what becomes of the state
	refresh string
	taken   bool
	dropped bool
	// what an apply without a refresh, and a destroy, say; empty: nothing
	apply   string
	destroy string
}{
	"taken": {
		end: func(_ *fakeVSphere, t *fakeTask) { t.release(succeeds) }, taken: true,
	},
	"failed": {
		end:     func(_ *fakeVSphere, t *fakeTask) { t.release(fails) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "SnapshotFault",
	},
	"forgotten, taken": {
		end: func(_ *fakeVSphere, t *fakeTask) { t.release(succeeds); t.forgotten = true }, taken: true,
	},
	"forgotten, not taken": {
		end:     func(_ *fakeVSphere, t *fakeTask) { t.forgotten = true },
		refresh: "was not created by the earlier apply", dropped: true, apply: "was not created",
	},
	"forgotten, with the VM": {
		end:     func(f *fakeVSphere, t *fakeTask) { t.forgotten, f.vm = true, nil },
		refresh: "was not created by the earlier apply", dropped: true, apply: "was not created",
	},
	"running": {
		end:     func(*fakeVSphere, *fakeTask) {},
		refresh: "is still being created", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"nobody can be asked": {
		end:     func(_ *fakeVSphere, t *fakeTask) { t.askErr = fault(apierr.Internal, "RuntimeFault") },
		refresh: "Nobody knows yet", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"forgotten, no search": {
		end: func(f *fakeVSphere, t *fakeTask) {
			t.forgotten = true
			f.errs["FindSnapshot"] = []error{fault(apierr.Internal, "RuntimeFault")}
		},
		refresh: "Nobody knows yet", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
}

func TestPendingRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c *core, f *fakeVSphere) {
				t := c.t
				test.end(f, leavePending(t, c, f))
				said := c.refresh()
				switch {
				case test.taken:
					said.clean(t)
					c.is("<null>", "pending_task_id")
					c.is(f.snapshots[0].ID, "id")
					c.settled(basic())

					return
				case test.dropped != c.state.IsNull():
					t.Errorf("dropped: %t, want %t", c.state.IsNull(), test.dropped)
				}
				said.warned(t, test.refresh)
			})
		})
	}
}

func TestPendingApply(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c *core, f *fakeVSphere) {
				t := c.t
				test.end(f, leavePending(t, c, f))
				said := c.apply(t.Context(), basic(config{"name": "renamed", "timeouts": config{"update": "1m"}}))
				if said.action != "update" {
					t.Fatalf("the plan is to %s", said.action)
				}
				if test.apply != "" {
					said.failed(t, test.apply)
					if c.get("pending_task_id") == "<null>" {
						t.Error("the pending task is forgotten")
					}

					return
				}
				said.clean(t)
				if n := f.made("CreateSnapshot"); n != 1 || f.snapshots[0].Name != "renamed" || c.get("id") != f.snapshots[0].ID {
					t.Errorf("%d snapshots asked for, in state %s, there %+v", n, c.state, f.snapshots)
				}
				c.settled(basic(config{"name": "renamed", "timeouts": config{"update": "1m"}}))
			})
		})
	}
}

func TestPendingDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c *core, f *fakeVSphere) {
				t := c.t
				test.end(f, leavePending(t, c, f))
				said := c.destroy(interrupted(t, time.Minute))
				if test.destroy != "" {
					said.failed(t, test.destroy)
					if c.state.IsNull() {
						t.Error("the state is gone")
					}

					return
				}
				said.clean(t)
				if len(f.snapshots) > 0 || !c.state.IsNull() {
					t.Errorf("left: %+v, in state %s", f.snapshots, c.state)
				}
			})
		})
	}
}

// TestPendingUnknownTask has an answer lost together with every way to ask about it, and found later.
func TestPendingUnknownTask(t *testing.T) {
	t.Parallel()
	lose := func(t *testing.T, c *core, f *fakeVSphere) {
		t.Helper()
		f.errs["CreateSnapshot"] = []error{lostAnswer()}
		f.errs["FindSnapshot"] = []error{fault(apierr.Internal, "RuntimeFault")}
		c.apply(t.Context(), basic()).failed(t, "may have been created")
		c.is(lifecycle.UnknownTask, "pending_task_id")
	}
	inBubble(t, func(c *core, f *fakeVSphere) {
		t := c.t
		lose(t, c, f)
		f.running = []string{"task-7"}
		c.refresh().warned(t, "is still being created")
		c.refresh().warned(t, "was not created by the earlier apply")
		if !c.state.IsNull() {
			t.Error("it is still in state")
		}
	})
	inBubble(t, func(c *core, f *fakeVSphere) {
		t := c.t
		lose(t, c, f)
		f.add(vsphere.SnapshotSpec{VMID: vmID, Name: "before"})
		c.refresh().clean(t)
		c.is("snapshot-101", "id")
		c.tainted = false // untainted, as the text says
		c.settled(basic())
	})
	inBubble(t, func(c *core, f *fakeVSphere) {
		t := c.t
		lose(t, c, f)
		f.add(vsphere.SnapshotSpec{VMID: vmID, Name: "before"})
		c.private = nil // a CLI that lost what the provider stored
		c.refresh().warned(t, "Snapshot snapshot-101 may be it, but nobody can tell: what was asked for is not stored beside the state")
		c.destroy(t.Context()).failed(t, "nobody can tell")
		c.is(lifecycle.UnknownTask, "pending_task_id")
	})
	inBubble(t, func(c *core, f *fakeVSphere) {
		t := c.t
		lose(t, c, f)
		c.private = nil
		f.running = []string{"task-7"}
		c.refresh().warned(t, "is still being created")
		c.refresh().warned(t, "was not created by the earlier apply") // there is none by the name
		if !c.state.IsNull() {
			t.Error("it is still in state")
		}
	})
}

// TestPendingTainted removes what a snapshot that ran out of time took after all, and takes a new one.
func TestPendingTainted(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c *core, f *fakeVSphere) {
		t := c.t
		f.goes["CreateSnapshot"] = ignoresCancel
		short := basic(config{"timeouts": config{"create": "1m"}})
		c.apply(t.Context(), short).failed(t, "marked as tainted")
		f.tasks[c.get("pending_task_id")].release(succeeds)
		if said := c.apply(t.Context(), short).clean(t); said.action != "replace" {
			t.Errorf("the plan is to %s", said.action)
		}
		if len(f.snapshots) != 1 || f.snapshots[0].ID != c.get("id") || len(f.removed) != 1 {
			t.Errorf("there are %+v, in state is %s", f.snapshots, c.get("id"))
		}
		c.settled(short)
	})
}
