package vsphereclone

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// pendingCore returns an instance whose clone was interrupted and still runs as task-101, in a new provider process.
func pendingCore(t *testing.T, fake *fakeVSphere, changes ...config) *core {
	t.Helper()
	fake.clone = cloneIgnoresCancel
	c := newCore(t, fake)
	c.apply(interrupted(t, time.Second), basic(changes...)).warned(t, "may still come to be")
	c.is("task-101", "pending_task_id")
	if c.vmIdentity() != "<null>" {
		t.Fatal(c.vmIdentity())
	}
	c.restart(fake)
	fake.forget()

	return c
}

func TestPendingState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := pendingCore(t, newFake(), config{"placement": config{"folder_id": "group-v2"}, "power_on": true})
		c.is("group-v2", "placement", "folder_id")
		c.is("<null>", "placement", "host_id")
		c.is("true", "power_on")
		c.is("<null>", "power_state")
		c.is("<null>", "disks")
		c.is("<null>", "guest_ip_addresses")
	})
}

func TestPendingRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then  func(f *fakeVSphere)
		check func(t *testing.T, r result)
		gone  bool
		id    string
	}{
		"runs": {
			func(*fakeVSphere) {},
			func(t *testing.T, r result) { t.Helper(); r.warned(t, `VM "web" is still being created`) }, false, "<null>",
		},
		"done": {
			func(f *fakeVSphere) { f.tasks["task-101"].release() },
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, false, "vm-102",
		},
		"cancelled": {
			func(f *fakeVSphere) { f.tasks["task-101"].endAs(cloneHangs) },
			func(t *testing.T, r result) { t.Helper(); r.warned(t, "was not created") }, true, "<null>",
		},
		"failed": {
			func(f *fakeVSphere) { f.tasks["task-101"].endAs(cloneFails) },
			func(t *testing.T, r result) { t.Helper(); r.warned(t, "was not created") }, true, "<null>",
		},
		"failed after the VM came to be": {
			func(f *fakeVSphere) { f.tasks["task-101"].endAs(cloneFailsLate) },
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, false, "vm-102",
		},
		"forgotten, made": {
			func(f *fakeVSphere) { f.tasks["task-101"].release(); delete(f.tasks, "task-101") },
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, false, "vm-102",
		},
		"forgotten, not made": {
			func(f *fakeVSphere) { delete(f.tasks, "task-101") },
			func(t *testing.T, r result) { t.Helper(); r.warned(t, "was not created") }, true, "<null>",
		},
		"forgotten, another clone runs": {
			func(f *fakeVSphere) {
				delete(f.tasks, "task-101")
				f.finding = func() vsphere.CloneFinding { return vsphere.CloneFinding{TaskIDs: []string{"task-7"}} }
			},
			func(t *testing.T, r result) { t.Helper(); r.warned(t, "still being created") }, false, "<null>",
		},
		"can't be asked": {
			func(f *fakeVSphere) {
				f.tasks["task-101"].askErr = &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
			},
			func(t *testing.T, r result) { t.Helper(); r.warned(t, "Nobody knows yet") }, false, "<null>",
		},
		"forgotten, can't be searched": {
			func(f *fakeVSphere) {
				delete(f.tasks, "task-101")
				f.errs["FindClone"] = []error{&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}}
			},
			func(t *testing.T, r result) { t.Helper(); r.warned(t, "Nobody knows yet") }, false, "<null>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := pendingCore(t, fake)
				test.then(fake)
				test.check(t, c.refresh())
				if c.state.IsNull() != test.gone {
					t.Fatal(c.state)
				}
				c.is(test.id, "id")
				if test.id != "<null>" {
					c.is("<null>", "pending_task_id")
					if c.vmIdentity() != test.id {
						t.Fatal(c.vmIdentity())
					}
					c.settled(basic())
				}
			})
		})
	}
}

// A refresh that finds the VM of a pending clone may be repeated in one process, as when its answer is thrown away.
func TestPendingRefreshTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		c := pendingCore(t, fake)
		fake.tasks["task-101"].release()
		delete(fake.tasks, "task-101")
		state, private, identity := c.state, c.private, c.identity
		c.refresh().clean(t)
		c.state, c.private, c.identity = state, private, identity
		c.refresh().clean(t)
		c.is("vm-102", "id")
	})
}

func TestPendingApply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		c := pendingCore(t, fake)
		c.refresh().warned(t, "still being created")
		planned, _ := c.plan(basic())
		if planned.clean(t).action != "update" || text(t, planned.planned, "id") != "<unknown>" ||
			text(t, planned.planned, "placement", "host_id") != "<unknown>" {
			t.Fatal(planned.action, planned.planned)
		}
		time.AfterFunc(time.Minute, fake.tasks["task-101"].release)
		c.apply(t.Context(), basic()).clean(t)
		c.is("vm-102", "id")
		c.is("<null>", "pending_task_id")
		if c.vmIdentity() != "vm-102" || fake.made("Cancel") > 0 {
			t.Fatal(c.vmIdentity(), fake.calls)
		}
		c.settled(basic())
	})
}

// The configuration may have changed by the time a pending clone is adopted.
func TestPendingApplyGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		c := pendingCore(t, fake)
		fake.tasks["task-101"].release()
		renamed := basic(config{"name": "web-2", "power_on": true, "placement": config{"folder_id": "group-v2"}})
		c.apply(t.Context(), renamed).clean(t)
		for method, want := range map[string]int{"Rename": 1, "Move": 1, "PowerOn": 1, "Relocate": 0, "StartClone": 0} {
			if fake.made(method) != want {
				t.Fatal(method, fake.calls)
			}
		}
		c.settled(renamed)
	})
}

func TestPendingApplyDoesNotFinish(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then    func(f *fakeVSphere)
		summary string
	}{
		"out of time": {func(*fakeVSphere) {}, `VM "web" is still not there`},
		"failed":      {func(f *fakeVSphere) { f.tasks["task-101"].endAs(cloneFails) }, `VM "web" was not created`},
		"forgotten and can't be searched": {func(f *fakeVSphere) {
			delete(f.tasks, "task-101")
			f.errs["FindClone"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}}, 1000)
		}, `VM "web" is still not there`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := pendingCore(t, fake)
				test.then(fake)
				c.apply(t.Context(), basic(config{"timeouts": config{"update": "5m"}})).failed(t, test.summary)
				c.is("<null>", "id")
				c.is("task-101", "pending_task_id")
				if c.tainted {
					t.Fatal("tainted")
				}
			})
		})
	}
}

func TestPendingDestroy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then    func(f *fakeVSphere)
		summary string // of the error, empty where there is none
	}{
		"made":        {func(f *fakeVSphere) { f.tasks["task-101"].release() }, ""},
		"made later":  {func(f *fakeVSphere) { time.AfterFunc(time.Minute, f.tasks["task-101"].release) }, ""},
		"not made":    {func(f *fakeVSphere) { f.tasks["task-101"].endAs(cloneFails) }, ""},
		"forgotten":   {func(f *fakeVSphere) { f.tasks["task-101"].release(); delete(f.tasks, "task-101") }, ""},
		"out of time": {func(*fakeVSphere) {}, `Could not destroy VM "web"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				c := pendingCore(t, fake)
				test.then(fake)
				destroyed := c.destroy(t.Context())
				if test.summary != "" {
					destroyed.failed(t, test.summary)
					c.is("task-101", "pending_task_id")

					return
				}
				destroyed.clean(t)
				if fake.vmNamed("web") != nil || !c.state.IsNull() {
					t.Fatal(c.state)
				}
			})
		})
	}
}

// A lost answer leaves a pending clone without a task: it is found by what it was to make.
func TestPendingWithoutTask(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		fake.errs["StartClone"] = []error{lostAnswer()}
		fake.errs["FindClone"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Unavailable}}, 1000)
		c := newCore(t, fake)
		c.apply(t.Context(), basic()).failed(t, "may have been created")
		c.is(vmlifecycle.UnknownTask, "pending_task_id")

		fake.errs["FindClone"] = nil
		c.restart(fake)
		c.refresh().clean(t)
		c.is("vm-102", "id")
		c.tainted = false // terraform untaint
		c.settled(basic())
	})
}

// The CLI plans the replacement of a tainted VM as if there were none; its name is not taken by itself.
func TestTaintedIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		c := newCore(t, fake)
		waits := basic(config{"power_on": true, "wait_for_guest_ip": "1m"})
		c.apply(t.Context(), waits).failed(t, "could not get an IP address")
		if !c.tainted {
			t.Fatal("not tainted")
		}
		c.restart(fake)
		c.refresh().clean(t)
		fake.guestIPs = []string{"192.0.2.7"}
		replaced := c.apply(t.Context(), waits).clean(t)
		if replaced.action != "replace" || c.get("id") == "vm-102" || len(fake.vms) != 2 {
			t.Fatal(replaced.action, c.get("id"), len(fake.vms))
		}
		c.settled(waits)
	})
}
