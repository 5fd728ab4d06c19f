package zstacksnapshot

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// leavePending interrupts a group whose job goes on, and returns the job.
func leavePending(t *testing.T, c core, f *fakeZStack) *fakezstack.Job {
	t.Helper()
	f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.Immortal}
	c.Apply(playedcli.Interrupted(t, fakezstack.JobLength/2), basic()).Warned(t, "may still come to be")
	if c.Identified("uuid") != f.specs[0].ResourceUUID || c.Get("id") != f.specs[0].ResourceUUID {
		t.Fatalf("the identity is %s, the id %s", c.Identified("uuid"), c.Get("id"))
	}

	return f.Jobs[c.Get("pending_job_uuid")]
}

// pendingEnds are the ways in which a pending group ends.
var pendingEnds = fakezstack.PendingEnds(map[string]fakezstack.PendingEnd[*fakeZStack]{
	"no answer": {
		End: func(f *fakeZStack, _ *fakezstack.Job) {
			f.Errs["SnapshotGroup"] = []error{fault(apierr.Unavailable, "SYS.1011")}
		},
		Refresh: "is still being created", Apply: "is still not there", Destroy: "nobody knows yet whether it exists",
	},
	"purged, and no answer": {
		End: func(f *fakeZStack, job *fakezstack.Job) {
			job.Release(fakezstack.Unknown)
			f.Errs["SnapshotGroup"] = []error{fault(apierr.Unavailable, "SYS.1011")}
		},
		Refresh: "Nobody knows yet", Apply: "was not created",
	},
})

func TestPendingRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				test.End(f, leavePending(t, c, f))
				said := c.Refresh()
				if test.Refresh == "" {
					said.Clean(t)
				} else {
					said.Warned(t, test.Refresh)
				}
				if c.State.IsNull() != test.Dropped {
					t.Fatalf("dropped: %t, want %t", c.State.IsNull(), test.Dropped)
				}
				switch {
				case test.Made:
					c.Is("true", "complete")
					c.Is("<null>", "pending_job_uuid")
					c.Settled(basic())
				case !test.Dropped:
					c.Is("job-1", "pending_job_uuid")
					if planned := c.Plan(basic()).Clean(t); planned.Action != "update" {
						t.Errorf("the plan is to %s", planned.Action)
					}
				}
				if n := f.Made("CreateSnapshotGroup"); n != 1 {
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
				test.End(f, leavePending(t, c, f))
				id := c.Get("id")
				renamed := basic(config{"name": "renamed", "timeouts": config{"update": "1m"}})
				said := c.Apply(t.Context(), renamed)
				c.Is(id, "id")
				if test.Apply != "" {
					said.Failed(t, test.Apply)
					c.Is("before", "name")
					c.Is("job-1", "pending_job_uuid")

					return
				}
				said.Clean(t)
				c.Is("true", "complete")
				c.Settled(renamed)
				if n := f.Made("CreateSnapshotGroup"); n != 1 {
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
				f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.Immortal}
				c.Apply(playedcli.Interrupted(t, fakezstack.JobLength/2), basic(config{"timeouts": config{"delete": "1m"}})).Warned(t, "may still come to be")
				test.End(f, f.Jobs[c.Get("pending_job_uuid")])
				said := c.Destroy(t.Context())
				if test.Destroy != "" {
					said.Failed(t, test.Destroy)
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
		f.Before["SnapshotGroup"] = func() {
			f.Before["SnapshotGroup"] = nil
			job.Release(fakezstack.Succeeds)
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
		f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.Immortal}
		c.Apply(t.Context(), basic(config{"timeouts": config{"create": "1m"}})).Failed(t, "may still come to be")
		if !c.Tainted {
			t.Fatal("not tainted")
		}
		id := c.Get("id")
		f.Jobs[c.Get("pending_job_uuid")].Release(fakezstack.Succeeds)
		if said := c.Apply(t.Context(), basic()).Clean(t); said.Action != "replace" || c.Get("id") == id {
			t.Errorf("%s, %s", said.Action, c.State)
		}
		if len(f.groups) != 1 || f.groups[0].UUID != c.Get("id") {
			t.Errorf("left %+v", f.groups)
		}
		c.Settled(basic())
	})
}
