package zstacksnapshot

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcore"
)

// leavePending interrupts a group whose job goes on, and returns the job.
func leavePending(t *testing.T, c core, f *fakeZStack) *fakeJob {
	t.Helper()
	f.goes["CreateSnapshotGroup"] = immortal
	c.Apply(tfcore.Interrupted(t, jobLength/2), basic()).Warned(t, "may still come to be")
	if c.Identified("uuid") != f.specs[0].ResourceUUID || c.Get("id") != f.specs[0].ResourceUUID {
		t.Fatalf("the identity is %s, the id %s", c.Identified("uuid"), c.Get("id"))
	}

	return f.jobs[c.Get("pending_job_uuid")]
}

// pendingEnds are the ways in which a pending group ends.
var pendingEnds = map[string]struct {
	end func(f *fakeZStack, j *fakeJob)
	// what the refresh says, and what becomes of the state
	refresh string
	taken   bool
	dropped bool
	// what an apply without a refresh, and a destroy, say; empty: nothing
	apply   string
	destroy string
}{
	"taken": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(succeeds) }, taken: true,
	},
	"taken, and the job does not end": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(immortalDone) }, taken: true,
	},
	"taken, and purged": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(unknownDone) }, taken: true,
	},
	"failed": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(fails) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "SYS.1006",
	},
	"gave up": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(gaveUp) },
		refresh: "Nobody knows yet", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"purged, and not taken": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(unknown) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "was not created",
	},
	"running": {
		end:     func(*fakeZStack, *fakeJob) {},
		refresh: "is still being created", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"nobody can be asked": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.askErr = fault(apierr.Internal, "SYS.1000") },
		refresh: "Nobody knows yet", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"no answer": {
		end: func(f *fakeZStack, _ *fakeJob) {
			f.errs["SnapshotGroup"] = []error{fault(apierr.Unavailable, "SYS.1011")}
		},
		refresh: "Nobody knows yet", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
}

func TestPendingRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				test.end(f, leavePending(t, c, f))
				said := c.Refresh()
				if test.refresh == "" {
					said.Clean(t)
				} else {
					said.Warned(t, test.refresh)
				}
				if c.State.IsNull() != test.dropped {
					t.Fatalf("dropped: %t, want %t", c.State.IsNull(), test.dropped)
				}
				switch {
				case test.taken:
					c.Is("true", "complete")
					c.Is("<null>", "pending_job_uuid")
					c.Settled(basic())
				case !test.dropped:
					c.Is("job-1", "pending_job_uuid")
					if planned := c.Plan(basic()).Clean(t); planned.Action != "update" {
						t.Errorf("the plan is to %s", planned.Action)
					}
				}
				if n := f.made("CreateSnapshotGroup"); n != 1 {
					t.Errorf("asked %d times", n)
				}
			})
		})
	}
}

// TestPendingApply applies without a refresh: the update waits, and adopts.
func TestPendingApply(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				test.end(f, leavePending(t, c, f))
				id := c.Get("id")
				renamed := basic(config{"name": "renamed", "timeouts": config{"update": "1m"}})
				said := c.Apply(t.Context(), renamed)
				c.Is(id, "id")
				if test.apply != "" {
					said.Failed(t, test.apply)
					c.Is("before", "name")
					c.Is("job-1", "pending_job_uuid")

					return
				}
				said.Clean(t)
				c.Is("true", "complete")
				c.Settled(renamed)
				if n := f.made("CreateSnapshotGroup"); n != 1 {
					t.Errorf("asked %d times", n)
				}
			})
		})
	}
}

func TestPendingDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				f.goes["CreateSnapshotGroup"] = immortal
				c.Apply(tfcore.Interrupted(t, jobLength/2), basic(config{"timeouts": config{"delete": "1m"}})).Warned(t, "may still come to be")
				test.end(f, f.jobs[c.Get("pending_job_uuid")])
				said := c.Destroy(t.Context())
				if test.destroy != "" {
					said.Failed(t, test.destroy)
					c.Is("job-1", "pending_job_uuid")

					return
				}
				said.Clean(t)
				if !c.State.IsNull() || len(f.groups) != 0 {
					t.Errorf("state %s, left %+v", c.State, f.groups)
				}
			})
		})
	}
}

// TestPendingEndsWhileAnApplyWaits has the job end in the middle of the update.
func TestPendingEndsWhileAnApplyWaits(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		job := leavePending(t, c, f)
		f.before["SnapshotGroup"] = func() {
			f.before["SnapshotGroup"] = nil
			job.release(succeeds)
		}
		c.Apply(t.Context(), basic()).Clean(t)
		c.Is("true", "complete")
		c.Settled(basic())
	})
}

// TestTaintedPending is replaced: the job is waited for, what it took is deleted, and a new group is taken.
func TestTaintedPending(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		f.goes["CreateSnapshotGroup"] = immortal
		c.Apply(t.Context(), basic(config{"timeouts": config{"create": "1m"}})).Failed(t, "may still come to be")
		if !c.Tainted {
			t.Fatal("not tainted")
		}
		id := c.Get("id")
		f.jobs[c.Get("pending_job_uuid")].release(succeeds)
		if said := c.Apply(t.Context(), basic()).Clean(t); said.Action != "replace" || c.Get("id") == id {
			t.Errorf("%s, %s", said.Action, c.State)
		}
		if len(f.groups) != 1 || f.groups[0].UUID != c.Get("id") {
			t.Errorf("left %+v", f.groups)
		}
		c.Settled(basic())
	})
}
