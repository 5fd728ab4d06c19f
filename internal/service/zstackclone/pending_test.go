package zstackclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcore"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// leavePending interrupts a clone whose job goes on, and returns the job.
func leavePending(t *testing.T, c core, changes ...config) *fakeJob {
	t.Helper()
	c.f.goes["Clone"] = []behaviour{immortal}
	c.Apply(tfcore.Interrupted(t, jobLength/2), basic(changes...)).Warned(t, "may still come to be")
	if c.Identified("uuid") != "" || c.Get("id") != none || c.Tainted {
		t.Fatalf("the identity is %s, the id %s, tainted: %t", c.Identified("uuid"), c.Get("id"), c.Tainted)
	}

	return c.f.jobs[c.Get("pending_job_uuid")]
}

// pendingEnds are the ways in which a pending clone ends.
var pendingEnds = map[string]struct {
	end func(f *fakeZStack, j *fakeJob)
	// what the refresh says, and what becomes of the state
	refresh string
	made    bool
	dropped bool
	// what an apply without a refresh, and a destroy, say; empty: nothing
	apply   string
	destroy string
}{
	"made": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(succeeds) }, made: true,
	},
	"made, and the job does not end": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(immortalDone) }, made: true,
	},
	"failed, and made": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(failsDone) }, made: true,
	},
	"gave up, and made": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(gaveUpDone) }, made: true,
	},
	"made, and purged": {
		end: func(_ *fakeZStack, j *fakeJob) { j.release(unknownDone) }, made: true,
	},
	"made beside one in the recycle bin, and purged": {
		end: func(f *fakeZStack, j *fakeJob) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMDestroyed) })
			j.release(unknownDone)
		}, made: true,
	},
	"failed": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(fails) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "SYS.1006",
	},
	"refused": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(refuses) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "HOST_ALLOCATION.1001",
	},
	"gave up": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(gaveUp) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "was not created",
	},
	"purged, and not made": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.release(unknown) },
		refresh: "was not created by the earlier apply", dropped: true, apply: "was not created",
	},
	"purged, and several made": {
		end: func(f *fakeZStack, j *fakeJob) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMRunning) })
			j.release(unknownDone)
		},
		refresh: "nobody can tell which of them is the clone", apply: "nobody can tell which of them is the clone",
		destroy: "nobody can tell which of them is the clone",
	},
	"purged, and on its way": {
		end: func(f *fakeZStack, j *fakeJob) {
			j.release(unknownDone)
			f.change(func() { f.vms[f.newest()].State = zstack.VMStarting })
		},
		refresh: "the VM is Starting", apply: "the VM is Starting", destroy: "the VM is Starting",
	},
	"running": {
		end:     func(*fakeZStack, *fakeJob) {},
		refresh: "is still being created", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"running, and another of the name": {
		end: func(f *fakeZStack, _ *fakeJob) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMStopped) })
		},
		refresh: "is still being created", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"nobody can be asked": {
		end:     func(_ *fakeZStack, j *fakeJob) { j.askErr = fault(apierr.Internal, "SYS.1000") },
		refresh: "Nobody knows yet", apply: "is still not there", destroy: "nobody knows yet whether it exists",
	},
	"purged, and no answer": {
		end: func(f *fakeZStack, j *fakeJob) {
			j.release(unknownDone)
			f.errs["VirtualMachinesNamed"] = repeated(100, fault(apierr.Unavailable, "SYS.1011"))
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
				test.end(f, leavePending(t, c))
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
				case test.made:
					c.Is(none, "pending_job_uuid")
					if got := c.Identified("uuid"); got != c.Get("id") || got == theirsUUID {
						t.Errorf("the id is %s, the identity %s", c.Get("id"), got)
					}
					c.Settled(basic())
				case !test.dropped:
					c.Is("job-1", "pending_job_uuid")
					if got := c.Identified("uuid"); got != "" {
						t.Errorf("the identity is %s", got)
					}
					if planned := c.Plan(basic()).Clean(t); planned.Action != "update" {
						t.Errorf("the plan is to %s", planned.Action)
					}
				}
				if n := f.made("Clone"); n != 1 {
					t.Errorf("asked %d times", n)
				}
			})
		})
	}
}

// TestPendingApply applies without a refresh: the update waits, adopts, and goes on.
func TestPendingApply(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				test.end(f, leavePending(t, c))
				renamed := basic(config{"name": "renamed", "description": "d", "timeouts": config{"update": "1m"}})
				said := c.Apply(t.Context(), renamed)
				if test.apply != "" {
					said.Failed(t, test.apply)
					c.Is("web", "name")
					c.Is(none, "id")
					c.Is("job-1", "pending_job_uuid")

					return
				}
				said.Clean(t)
				if c.Identified("uuid") != c.Get("id") || f.vms[c.Get("id")].Name != "renamed" {
					t.Errorf("the identity is %s, state %s", c.Identified("uuid"), c.State)
				}
				c.Settled(renamed)
				if n := f.made("Clone"); n != 1 {
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
				job := leavePending(t, c, config{"full": true, "expunge_on_destroy": true, "timeouts": config{"delete": "1m"}})
				test.end(f, job)
				said := c.Destroy(t.Context())
				if test.destroy != "" {
					said.Failed(t, test.destroy)
					c.Is("job-1", "pending_job_uuid")

					return
				}
				said.Clean(t)
				if !c.State.IsNull() || len(f.named("web")) != 0 || len(f.volumes) != 0 {
					t.Errorf("state %s, left %v, %v", c.State, f.named("web"), f.volumes)
				}
			})
		})
	}
}

// TestTaintedPending is replaced: the job is waited for, what it made is destroyed, and a new VM is made.
func TestTaintedPending(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		f.goes["Clone"] = []behaviour{immortal}
		c.Apply(t.Context(), basic(config{"timeouts": config{"create": "1m"}})).Failed(t, "may still come to be")
		if !c.Tainted {
			t.Fatal("not tainted")
		}
		// Its VM shows up while the job goes on: nobody else has the name.
		job := f.jobs[c.Get("pending_job_uuid")]
		c.Refresh().Warned(t, "is still being created")
		job.release(immortalDone)
		first := f.newest()
		f.change(func() { f.vms[first].State = zstack.VMStarting })
		c.Refresh().Warned(t, "is still being created")
		if said := c.Plan(basic()).Clean(t); said.Action != "replace" {
			t.Errorf("the plan is to %s", said.Action)
		}
		f.change(func() { f.vms[first].State = zstack.VMRunning })
		c.Refresh().Clean(t)
		c.Is(first, "id")
		if said := c.Apply(t.Context(), basic()).Clean(t); said.Action != "replace" || c.Get("id") == first {
			t.Errorf("%s, %s", said.Action, c.State)
		}
		if left := f.named("web"); len(left) != 1 || left[0] != c.Get("id") {
			t.Errorf("left %v", left)
		}
		c.Settled(basic())
	})
}

// TestPendingOfAFullClone is adopted when its volumes are there, and not before.
func TestPendingOfAFullClone(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		leavePending(t, c, config{"full": true}).release(immortalDone)
		var volumes []zstack.Volume
		vm := f.vms[f.newest()]
		vm.Volumes, volumes = vm.Volumes[:1], vm.Volumes
		c.Refresh().Warned(t, "is still being created")
		f.change(func() { vm.Volumes = volumes })
		c.Refresh().Clean(t)
		c.Is(vm.UUID, "id")
		c.Settled(basic(config{"full": true}))
	})
}

// TestPendingKeepsItsNameBeside has the name of the configuration changed while the clone is pending: it is looked for by the
// name that it was asked for by.
func TestPendingKeepsItsNameBeside(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		job := leavePending(t, c)
		renamed := basic(config{"name": "db", "timeouts": config{"update": "1m"}})
		c.Apply(t.Context(), renamed).Failed(t, "is still not there")
		job.release(unknownDone)
		c.Apply(t.Context(), renamed).Clean(t)
		c.Is("db", "name")
		c.Settled(renamed)
		if n := f.made("Clone"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestPendingWithoutClient keeps a pending clone while the provider's configuration is not known.
func TestPendingWithoutClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		t := c.T
		leavePending(t, c)
		c.Serve(serve(nil))
		c.Refresh().Clean(t)
		c.Is("job-1", "pending_job_uuid")
		c.Destroy(t.Context()).Failed(t, "is not known yet")
	})
}
