package zstackclone

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// leavePending interrupts a clone whose job goes on, and returns the job.
func leavePending(t *testing.T, c core, changes ...config) *fakezstack.Job {
	t.Helper()
	c.f.Goes["Clone"] = []fakezstack.Behaviour{fakezstack.Immortal}
	c.Apply(playedcli.Interrupted(t, fakezstack.JobLength/2), basic(changes...)).Warned(t, "may still come to be")
	if c.Identified("uuid") != "" || c.Get("id") != none || c.Tainted {
		t.Fatalf("the identity is %s, the id %s, tainted: %t", c.Identified("uuid"), c.Get("id"), c.Tainted)
	}

	return c.f.Jobs[c.Get("pending_job_uuid")]
}

const (
	notKnown = "It is not known whether"
	unproved = "nothing proves whose it is"
)

// unprovedEnd is an end of which nothing proves whose the VM is that is there.
func unprovedEnd(goes fakezstack.Behaviour) fakezstack.PendingEnd[*fakeZStack] {
	return fakezstack.PendingEnd[*fakeZStack]{
		End:     func(_ *fakeZStack, j *fakezstack.Job) { j.Release(goes) },
		Refresh: notKnown, Apply: unproved, Destroy: unproved,
	}
}

// theirs has another client make the VM of the name; account is empty for another client of our account.
func (f *fakeZStack) theirs(account, createdAt string) {
	f.change(func() {
		f.add(theirsUUID, "web", zstack.VMRunning).CreatedAt = createdAt
		if account != "" {
			f.owners[theirsUUID] = zstack.Account{UUID: otherAccount, Name: account}
		}
	})
}

// pendingEnds are the ways in which a pending clone ends.
var pendingEnds = fakezstack.PendingEnds(map[string]fakezstack.PendingEnd[*fakeZStack]{
	"made, and purged":     unprovedEnd(fakezstack.UnknownDone),
	"made, and unreadable": unprovedEnd(fakezstack.UnreadableDone),
	"failed, and made":     unprovedEnd(fakezstack.FailsDone),
	"not made, and another's is there": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			j.Release(fakezstack.Unknown)
			f.theirs("", "Nov 14, 2017 10:20:57 PM")
		},
		Refresh: notKnown, Apply: unproved, Destroy: unproved,
	},
	"not made, and another account's is there": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			j.Release(fakezstack.Unknown)
			f.theirs("alice", "Nov 14, 2017 10:20:57 PM")
		},
		Refresh: "was not created by the earlier apply, as far as ZStack can tell", Forgotten: true, Apply: "was not created",
	},
	"not made, and an older one got its name": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			j.Release(fakezstack.Unknown)
			f.theirs("", "Nov 14, 1999 10:20:57 PM")
		},
		Refresh: "was not created by the earlier apply, as far as ZStack can tell", Forgotten: true, Apply: "was not created",
	},
	"gave up, and another account's is there": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			j.Release(fakezstack.GaveUp)
			f.theirs("alice", "Nov 14, 2017 10:20:57 PM")
		},
		Refresh: "Nobody knows yet", Apply: "is still not there", Destroy: "nobody knows yet whether it exists",
	},
	"gave up, and made":              unprovedEnd(fakezstack.GaveUpDone),
	"made, and the job does not end": unprovedEnd(fakezstack.ImmortalDone),
	"does not end, and another client made one": {
		End:     func(f *fakeZStack, _ *fakezstack.Job) { f.theirs("", "Nov 14, 2017 10:20:57 PM") },
		Refresh: notKnown, Apply: unproved, Destroy: "nobody knows yet whether it exists", // it lacks the volume of a full clone
	},
	"does not end, and another account's is there": {
		End:     func(f *fakeZStack, _ *fakezstack.Job) { f.theirs("alice", "Nov 14, 2017 10:20:57 PM") },
		Refresh: "is still being created", Apply: "is still not there", Destroy: "nobody knows yet whether it exists",
	},
	"made beside one in the recycle bin, and purged": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMDestroyed) })
			j.Release(fakezstack.UnknownDone)
		},
		Refresh: notKnown, Apply: unproved, Destroy: unproved,
	},
	"does not end, made beside one in the recycle bin": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMDestroyed) })
			j.Release(fakezstack.ImmortalDone)
		},
		Refresh: notKnown, Apply: unproved, Destroy: unproved,
	},
	"purged, and not made": {
		End:     func(_ *fakeZStack, j *fakezstack.Job) { j.Release(fakezstack.Unknown) },
		Refresh: "was not created by the earlier apply, as far as ZStack can tell", Forgotten: true, Apply: "was not created",
	},
	"refused": {
		End:     func(_ *fakeZStack, j *fakezstack.Job) { j.Release(fakezstack.Refuses) },
		Refresh: "was not created by the earlier apply", Dropped: true, Apply: "HOST_ALLOCATION.1001",
	},
	"purged, and several made": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMRunning) })
			j.Release(fakezstack.UnknownDone)
		},
		Refresh: "nobody can tell which of them is the clone", Apply: "nobody can tell which of them is the clone",
		Destroy: "nobody can tell which of them is the clone",
	},
	"purged, and on its way": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			j.Release(fakezstack.UnknownDone)
			f.change(func() { f.vms[f.newest()].State = zstack.VMStarting })
		},
		Refresh: "the VM is Starting", Apply: "the VM is Starting", Destroy: "the VM is Starting",
	},
	"running, and another of the name": {
		End: func(f *fakeZStack, _ *fakezstack.Job) {
			f.change(func() { f.add(theirsUUID, "web", zstack.VMStopped) })
		},
		Refresh: "is still being created", Apply: "is still not there", Destroy: "nobody knows yet whether it exists",
	},
	"purged, and no answer": {
		End: func(f *fakeZStack, j *fakezstack.Job) {
			j.Release(fakezstack.UnknownDone)
			f.Errs["VirtualMachinesNamed"] = repeated(100, fault(apierr.Unavailable, "SYS.1011"))
		},
		Refresh: "Nobody knows yet", Apply: "is still not there", Destroy: "nobody knows yet whether it exists",
	},
})

func TestPendingRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range pendingEnds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				test.End(f, leavePending(t, c))
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
					c.Is(none, "pending_job_uuid")
					if got := c.Identified("uuid"); got != c.Get("id") || got == theirsUUID {
						t.Errorf("the id is %s, the identity %s", c.Get("id"), got)
					}
					c.Settled(basic())
				case !test.Dropped:
					c.Is("job-1", "pending_job_uuid")
					if got := c.Identified("uuid"); got != "" {
						t.Errorf("the identity is %s", got)
					}
					action := "update"
					if test.Forgotten {
						action = "replace"
					}
					if _, taken := f.vms[theirsUUID]; taken && test.Forgotten {
						c.Plan(basic()).Failed(t, "exists already")
					} else if planned := c.Plan(basic()).Clean(t); planned.Action != action {
						t.Errorf("the plan is to %s, want to %s", planned.Action, action)
					}
				}
				if n := f.Made("Clone"); n != 1 {
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
				test.End(f, leavePending(t, c))
				renamed := basic(config{"name": "renamed", "description": "d", "timeouts": config{"update": "1m"}})
				said := c.Apply(t.Context(), renamed)
				if test.Apply != "" {
					said.Failed(t, test.Apply)
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
				if n := f.Made("Clone"); n != 1 {
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
				test.End(f, job)
				said := c.Destroy(t.Context())
				if test.Destroy != "" {
					said.Failed(t, test.Destroy)
					c.Is("job-1", "pending_job_uuid")

					return
				}
				if test.Forgotten {
					said.Warned(t, "was not there to destroy")
				} else {
					said.Clean(t)
				}
				theirs := f.vms[theirsUUID] != nil && f.vms[theirsUUID].State == zstack.VMRunning
				if !c.State.IsNull() || !theirs && len(f.named("web")) != 0 || strings.Contains(name, "is there") && !theirs || len(f.volumes) != 0 {
					t.Errorf("state %s, left %v, %v", c.State, f.named("web"), f.volumes)
				}
			})
		})
	}
}

// TestPendingRenamed renames a VM whose job is forgotten: nothing can tell that it is the one, and the diagnostics say so.
func TestPendingRenamed(t *testing.T) {
	t.Parallel()
	rename := func(f *fakeZStack, name string) { f.change(func() { f.vms[f.newest()].Name = name }) }
	leave := func(c core, f *fakeZStack) {
		leavePending(c.T, c).Release(fakezstack.UnknownDone)
		rename(f, "by hand")
	}
	t.Run("refresh", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(c core, f *fakeZStack) {
			leave(c, f)
			c.Refresh().Warned(c.T, "make Terraform forget the resource and import it")
			if planned := c.Plan(basic()).Clean(c.T); planned.Action != "replace" {
				c.T.Errorf("the plan is to %s", planned.Action)
			}
			rename(f, "web")
			c.Refresh().Warned(c.T, f.newest())
			if c.Get("id") != none || f.Made("Clone") != 1 {
				c.T.Errorf("the id is %s, asked %d times", c.Get("id"), f.Made("Clone"))
			}
		})
	})
	t.Run("refresh and apply", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(c core, f *fakeZStack) {
			leave(c, f)
			first := f.newest()
			c.Refresh().Warned(c.T, "as far as ZStack can tell")
			f.Goes["Clone"] = nil
			if said := c.Apply(c.T.Context(), basic()).Warned(c.T, "was not there to destroy"); said.Action != "replace" {
				c.T.Errorf("the plan is to %s", said.Action)
			}
			if left := f.named("web"); len(left) != 1 || left[0] != c.Get("id") || left[0] == first {
				c.T.Errorf("the id is %s, and there is %v", c.Get("id"), left)
			}
			c.Settled(basic())
		})
	})
	t.Run("apply", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(c core, f *fakeZStack) {
			leave(c, f)
			c.Apply(c.T.Context(), basic()).Failed(c.T, "make Terraform forget the resource and import it")
			rename(f, "web")
			c.Apply(c.T.Context(), basic()).Failed(c.T, unproved)
			if c.Get("id") != none || f.Made("Clone") != 1 {
				c.T.Errorf("the id is %s, asked %d times", c.Get("id"), f.Made("Clone"))
			}
		})
	})
	t.Run("destroy", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(c core, f *fakeZStack) {
			leave(c, f)
			c.Destroy(c.T.Context()).Warned(c.T, "destroy it in ZStack")
			if !c.State.IsNull() || len(f.named("by hand")) != 1 {
				c.T.Errorf("the state is %s, and there is %v", c.State, f.named("by hand"))
			}
		})
	})
}

// TestTaintedPending is replaced: the job is waited for, what it made is destroyed, and a new VM is made. While the job goes on, no VM of the
// name is destroyed.
func TestTaintedPending(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		f.Goes["Clone"] = []fakezstack.Behaviour{fakezstack.Immortal}
		c.Apply(t.Context(), basic(config{"timeouts": config{"create": "1m"}})).Failed(t, "may still come to be")
		if !c.Tainted {
			t.Fatal("not tainted")
		}
		// Its VM shows up while the job goes on.
		job := f.Jobs[c.Get("pending_job_uuid")]
		c.Refresh().Warned(t, "is still being created")
		job.Release(fakezstack.ImmortalDone)
		first := f.newest()
		f.change(func() { f.vms[first].State = zstack.VMStarting })
		c.Refresh().Warned(t, "is still being created")
		f.change(func() { f.vms[first].State = zstack.VMRunning })
		c.Refresh().Warned(t, notKnown)
		c.Apply(t.Context(), basic()).Failed(t, "nobody knows yet whether it exists")
		if f.vms[first].State != zstack.VMRunning {
			t.Fatalf("the VM is %s", f.vms[first].State)
		}
		job.Release(fakezstack.Succeeds)
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

// TestPendingOfAFullClone is a candidate when its volumes are there, and not before.
func TestPendingOfAFullClone(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		job := leavePending(t, c, config{"full": true})
		job.Release(fakezstack.ImmortalDone)
		var volumes []zstack.Volume
		vm := f.vms[f.newest()]
		vm.Volumes, volumes = vm.Volumes[:1], vm.Volumes
		c.Refresh().Warned(t, "is still being created")
		f.change(func() { vm.Volumes = volumes })
		c.Refresh().Warned(t, notKnown)
		job.Release(fakezstack.Succeeds)
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
		job.Release(fakezstack.ImmortalDone)
		c.Apply(t.Context(), renamed).Failed(t, unproved)
		job.Release(fakezstack.Succeeds)
		c.Apply(t.Context(), renamed).Clean(t)
		c.Is("db", "name")
		c.Settled(renamed)
		if n := f.Made("Clone"); n != 1 {
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
