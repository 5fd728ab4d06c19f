package vspheresnapshot

import (
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// leavePending interrupts a snapshot that goes on, and returns its task.
func leavePending(t *testing.T, c core, f *fakeVSphere) *fakeTask {
	t.Helper()
	f.goes["CreateSnapshot"] = ignoresCancel
	c.Apply(playedcli.Interrupted(t, time.Second), basic()).Warned(t, "may still come to be")
	if got := c.identified(); got != vmID+"/<null>" {
		t.Fatalf("the identity is %s", got)
	}

	return f.tasks[c.Get("pending_task_id")]
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
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				test.end(f, leavePending(t, c, f))
				said := c.Refresh()
				switch {
				case test.taken:
					said.Clean(t)
					c.Is("<null>", "pending_task_id")
					c.Is(f.snapshots[0].ID, "id")
					c.Settled(basic())

					return
				case test.dropped != c.State.IsNull():
					t.Errorf("dropped: %t, want %t", c.State.IsNull(), test.dropped)
				}
				said.Warned(t, test.refresh)
			})
		})
	}
}

func TestPendingApply(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				test.end(f, leavePending(t, c, f))
				said := c.Apply(t.Context(), basic(config{"name": "renamed", "timeouts": config{"update": "1m"}}))
				if said.Action != "update" {
					t.Fatalf("the plan is to %s", said.Action)
				}
				if test.apply != "" {
					said.Failed(t, test.apply)
					if c.Get("pending_task_id") == "<null>" {
						t.Error("the pending task is forgotten")
					}

					return
				}
				said.Clean(t)
				if n := f.made("CreateSnapshot"); n != 1 || f.snapshots[0].Name != "renamed" || c.Get("id") != f.snapshots[0].ID {
					t.Errorf("%d snapshots asked for, in state %s, there %+v", n, c.State, f.snapshots)
				}
				c.Settled(basic(config{"name": "renamed", "timeouts": config{"update": "1m"}}))
			})
		})
	}
}

func TestPendingDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				test.end(f, leavePending(t, c, f))
				said := c.Destroy(playedcli.Interrupted(t, time.Minute))
				if test.destroy != "" {
					said.Failed(t, test.destroy)
					if c.State.IsNull() {
						t.Error("the state is gone")
					}

					return
				}
				said.Clean(t)
				if len(f.snapshots) > 0 || !c.State.IsNull() {
					t.Errorf("left: %+v, in state %s", f.snapshots, c.State)
				}
			})
		})
	}
}

// TestPendingUnknownTask has an answer lost together with every way to ask about it, and found later.
func TestPendingUnknownTask(t *testing.T) {
	t.Parallel()
	lose := func(t *testing.T, c core, f *fakeVSphere) {
		t.Helper()
		f.errs["CreateSnapshot"] = []error{lostAnswer()}
		f.errs["FindSnapshot"] = []error{fault(apierr.Internal, "RuntimeFault")}
		c.Apply(t.Context(), basic()).Failed(t, "may have been created")
		c.Is(lifecycle.UnknownTask, "pending_task_id")
	}
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		lose(t, c, f)
		f.running = []string{"task-7"}
		c.Refresh().Warned(t, "is still being created")
		c.Refresh().Warned(t, "was not created by the earlier apply")
		if !c.State.IsNull() {
			t.Error("it is still in state")
		}
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		lose(t, c, f)
		f.add(vsphere.SnapshotSpec{VMID: vmID, Name: "before"})
		c.Refresh().Clean(t)
		c.Is("snapshot-101", "id")
		c.Tainted = false // untainted, as the text says
		c.Settled(basic())
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		lose(t, c, f)
		f.add(vsphere.SnapshotSpec{VMID: vmID, Name: "before"})
		c.Private = nil // a CLI that lost what the provider stored
		c.Refresh().Warned(t, vmID+"/snapshot-101 has the name")
		c.Destroy(t.Context()).Failed(t, "Did not destroy")
		c.Is(lifecycle.UnknownTask, "pending_task_id")
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		lose(t, c, f)
		c.Private = nil
		f.running = []string{"task-7"}
		c.Refresh().Warned(t, "is still being created")
		c.Refresh().Warned(t, "was not created by the earlier apply") // there is none by the name
		if !c.State.IsNull() {
			t.Error("it is still in state")
		}
	})
}

// TestPendingTainted removes what a snapshot that ran out of time took after all, and takes a new one.
func TestPendingTainted(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.goes["CreateSnapshot"] = ignoresCancel
		short := basic(config{"timeouts": config{"create": "1m"}})
		c.Apply(t.Context(), short).Failed(t, "marked as tainted")
		f.tasks[c.Get("pending_task_id")].release(succeeds)
		if said := c.Apply(t.Context(), short).Clean(t); said.Action != "replace" {
			t.Errorf("the plan is to %s", said.Action)
		}
		if len(f.snapshots) != 1 || f.snapshots[0].ID != c.Get("id") || len(f.removed) != 1 {
			t.Errorf("there are %+v, in state is %s", f.snapshots, c.Get("id"))
		}
		c.Settled(short)
	})
}
