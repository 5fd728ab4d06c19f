package vsphereclone

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// pendingCore returns an instance whose clone was interrupted and still runs as task-101, in a new provider process.
func pendingCore(t *testing.T, fake *fakevsphere.VCenter, changes ...config) *playedcli.CLI {
	t.Helper()
	fake.Goes = fakevsphere.IgnoresCancel
	c := newCore(t, fake)
	c.Apply(playedcli.Interrupted(t, time.Second), basic(changes...)).WarnedTitle(t, "may still come to be")
	c.Is("task-101", "pending_task_id")
	if c.Identified("vm_id") != "<null>" {
		t.Fatal(c.Identified("vm_id"))
	}
	c.Serve(on(fake))
	fake.Forget()

	return c
}

func TestPendingState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := pendingCore(t, fakevsphere.New(), config{"placement": config{"folder_id": "group-v2"}, "power_on": true})
		c.Is("group-v2", "placement", "folder_id")
		c.Is("<null>", "placement", "host_id")
		c.Is("true", "power_on")
		c.Is("<null>", "power_state")
		c.Is("<null>", "disks")
		c.Is("<null>", "guest_ip_addresses")
	})
}

func TestPendingRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then  func(f *fakevsphere.VCenter)
		check func(t *testing.T, r playedcli.Result)
		gone  bool
		id    string
	}{
		"runs": {
			func(*fakevsphere.VCenter) {},
			func(t *testing.T, r playedcli.Result) {
				t.Helper()
				r.WarnedTitle(t, `VM "web" is still being created`)
			}, false, "<null>",
		},
		"done": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].Release() },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, false, "vm-102",
		},
		"cancelled": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].EndAs(fakevsphere.Hangs) },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "was not created") }, true, "<null>",
		},
		"failed": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].EndAs(fakevsphere.Fails) },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "was not created") }, true, "<null>",
		},
		"failed after the VM came to be": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].EndAs(fakevsphere.FailsLate) },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, false, "vm-102",
		},
		"forgotten, made": {
			func(f *fakevsphere.VCenter) { f.Tasks["task-101"].Release(); delete(f.Tasks, "task-101") },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, false, "vm-102",
		},
		"forgotten, not made": {
			func(f *fakevsphere.VCenter) { delete(f.Tasks, "task-101") },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "was not created") }, true, "<null>",
		},
		"forgotten, another clone runs": {
			func(f *fakevsphere.VCenter) {
				delete(f.Tasks, "task-101")
				f.Finding = func() vsphere.CloneFinding { return vsphere.CloneFinding{TaskIDs: []string{"task-7"}} }
			},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "still being created") }, false, "<null>",
		},
		"can't be asked": {
			func(f *fakevsphere.VCenter) {
				f.Tasks["task-101"].AskErr = &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
			},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "Nobody knows yet") }, false, "<null>",
		},
		"forgotten, can't be searched": {
			func(f *fakevsphere.VCenter) {
				delete(f.Tasks, "task-101")
				f.Errs["FindClone"] = []error{&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}}
			},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.WarnedTitle(t, "Nobody knows yet") }, false, "<null>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := pendingCore(t, fake)
				test.then(fake)
				test.check(t, c.Refresh())
				if c.State.IsNull() != test.gone {
					t.Fatal(c.State)
				}
				c.Is(test.id, "id")
				if test.id != "<null>" {
					c.Is("<null>", "pending_task_id")
					if c.Identified("vm_id") != test.id {
						t.Fatal(c.Identified("vm_id"))
					}
					c.Settled(basic())
				}
			})
		})
	}
}

// A refresh that finds the VM of a pending clone may be repeated in one process, as when its answer is thrown away.
func TestPendingRefreshTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := pendingCore(t, fake)
		fake.Tasks["task-101"].Release()
		delete(fake.Tasks, "task-101")
		state, private, identity := c.State, c.Private, c.Identity
		c.Refresh().Clean(t)
		c.State, c.Private, c.Identity = state, private, identity
		c.Refresh().Clean(t)
		c.Is("vm-102", "id")
	})
}

func TestPendingApply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := pendingCore(t, fake)
		c.Refresh().WarnedTitle(t, "still being created")
		planned := c.Plan(basic())
		if planned.Clean(t).Action != "update" || playedcli.Text(t, planned.Planned, "id") != "<unknown>" ||
			playedcli.Text(t, planned.Planned, "placement", "host_id") != "<unknown>" {
			t.Fatal(planned.Action, planned.Planned)
		}
		time.AfterFunc(time.Minute, fake.Tasks["task-101"].Release)
		c.Apply(t.Context(), basic()).Clean(t)
		c.Is("vm-102", "id")
		c.Is("<null>", "pending_task_id")
		if c.Identified("vm_id") != "vm-102" || fake.Made("Cancel") > 0 {
			t.Fatal(c.Identified("vm_id"), fake.Calls)
		}
		c.Settled(basic())
	})
}

// The configuration may have changed by the time a pending clone is adopted.
func TestPendingApplyGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := pendingCore(t, fake)
		fake.Tasks["task-101"].Release()
		renamed := basic(config{"name": "web-2", "power_on": true, "placement": config{"folder_id": "group-v2"}})
		c.Apply(t.Context(), renamed).Clean(t)
		for method, want := range map[string]int{"Rename": 1, "Move": 1, "PowerOn": 1, "Relocate": 0, "StartClone": 0} {
			if fake.Made(method) != want {
				t.Fatal(method, fake.Calls)
			}
		}
		c.Settled(renamed)
	})
}

func TestPendingApplyDoesNotFinish(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then    func(f *fakevsphere.VCenter)
		summary string
	}{
		"out of time": {func(*fakevsphere.VCenter) {}, `VM "web" is still not there`},
		"failed":      {func(f *fakevsphere.VCenter) { f.Tasks["task-101"].EndAs(fakevsphere.Fails) }, `VM "web" was not created`},
		"forgotten and can't be searched": {func(f *fakevsphere.VCenter) {
			delete(f.Tasks, "task-101")
			f.Errs["FindClone"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}}, 1000)
		}, `VM "web" is still not there`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := pendingCore(t, fake)
				test.then(fake)
				c.Apply(t.Context(), basic(config{"timeouts": config{"update": "5m"}})).FailedTitle(t, test.summary)
				c.Is("<null>", "id")
				c.Is("task-101", "pending_task_id")
				if c.Tainted {
					t.Fatal("tainted")
				}
			})
		})
	}
}

func TestPendingDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then    func(f *fakevsphere.VCenter)
		summary string // of the error, empty where there is none
	}{
		"made":        {func(f *fakevsphere.VCenter) { f.Tasks["task-101"].Release() }, ""},
		"made later":  {func(f *fakevsphere.VCenter) { time.AfterFunc(time.Minute, f.Tasks["task-101"].Release) }, ""},
		"not made":    {func(f *fakevsphere.VCenter) { f.Tasks["task-101"].EndAs(fakevsphere.Fails) }, ""},
		"forgotten":   {func(f *fakevsphere.VCenter) { f.Tasks["task-101"].Release(); delete(f.Tasks, "task-101") }, ""},
		"out of time": {func(*fakevsphere.VCenter) {}, `Could not destroy VM "web"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				c := pendingCore(t, fake)
				test.then(fake)
				destroyed := c.Destroy(t.Context())
				if test.summary != "" {
					destroyed.FailedTitle(t, test.summary)
					c.Is("task-101", "pending_task_id")

					return
				}
				destroyed.Clean(t)
				if fake.Named("web") != nil || !c.State.IsNull() {
					t.Fatal(c.State)
				}
			})
		})
	}
}

// A lost answer leaves a pending clone without a task: it is found by what it was to make.
func TestPendingWithoutTask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		fake.Errs["StartClone"] = []error{lostAnswer()}
		fake.Errs["FindClone"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Unavailable}}, 1000)
		c := newCore(t, fake)
		c.Apply(t.Context(), basic()).FailedTitle(t, "may have been created")
		c.Is(lifecycle.UnknownTask, "pending_task_id")

		fake.Errs["FindClone"] = nil
		c.Serve(on(fake))
		c.Refresh().Clean(t)
		c.Is("vm-102", "id")
		c.Tainted = false // terraform untaint
		c.Settled(basic())
	})
}

// The CLI plans the replacement of a tainted VM as if there were none; its name is not taken by itself.
func TestTaintedIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		c := newCore(t, fake)
		waits := basic(config{"power_on": true, "wait_for_guest_ip": "1m"})
		c.Apply(t.Context(), waits).FailedTitle(t, "could not get an IP address")
		if !c.Tainted {
			t.Fatal("not tainted")
		}
		c.Serve(on(fake))
		c.Refresh().Clean(t)
		fake.GuestIPs = []string{"192.0.2.7"}
		replaced := c.Apply(t.Context(), waits).Clean(t)
		if replaced.Action != "replace" || c.Get("id") == "vm-102" || len(fake.VMs) != 2 {
			t.Fatal(replaced.Action, c.Get("id"), len(fake.VMs))
		}
		c.Settled(waits)
	})
}
