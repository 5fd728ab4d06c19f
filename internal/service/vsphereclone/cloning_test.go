package vsphereclone

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vmlifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestCreateInterrupted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes    cloneBehaviour
		check   func(t *testing.T, r result)
		id      string
		pending string
	}{
		"cancelled": {cloneHangs, func(t *testing.T, r result) { t.Helper(); r.failed(t, `Interrupted: VM "web" was not created`) }, "<null>", "<null>"},
		"adopted":   {cloneFinishesOnCancel, func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102", "<null>"},
		"not told":  {cloneIgnoresCancel, func(t *testing.T, r result) { t.Helper(); r.warned(t, `Interrupted: VM "web" may still come to be`) }, "<null>", "task-101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.clone = test.goes
				c := newCore(t, fake)
				began := time.Now()
				test.check(t, c.apply(interrupted(t, 10*time.Second), basic()))
				if took := time.Since(began) - 10*time.Second; took > 3*time.Second {
					t.Fatalf("an interruption took %s", took)
				}
				c.is(test.id, "id")
				c.is(test.pending, "pending_task_id")
				if c.tainted {
					t.Fatal("tainted")
				}
			})
		})
	}
}

func TestCreateOutOfTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes    cloneBehaviour
		check   func(t *testing.T, r result)
		id      string
		pending string
	}{
		"cancelled": {cloneHangs, func(t *testing.T, r result) { t.Helper(); r.failed(t, `VM "web" was not created within 5m0s`) }, "<null>", "<null>"},
		"adopted":   {cloneFinishesOnCancel, func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102", "<null>"},
		"not told":  {cloneIgnoresCancel, func(t *testing.T, r result) { t.Helper(); r.failed(t, `may still come to be`) }, "<null>", "task-101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.clone = test.goes
				c := newCore(t, fake)
				test.check(t, c.apply(t.Context(), basic(config{"timeouts": config{"create": "5m"}})))
				c.is(test.id, "id")
				c.is(test.pending, "pending_task_id")
				if c.tainted != (name == "not told") {
					t.Fatalf("tainted: %t", c.tainted)
				}
			})
		})
	}
}

func lostAnswer() error {
	return (&apierr.Error{Kind: apierr.Unavailable, Op: "POST /api/vcenter/vm?action=clone", AnswerLost: true}).Wrap(errors.New("EOF"))
}

func TestCreateAnswerLost(t *testing.T) {
	t.Parallel()
	unreachable := &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
	for name, test := range map[string]struct {
		prepare func(f *fakeVSphere)
		check   func(t *testing.T, r result)
		id      string
		pending string
		tainted bool
	}{
		"it came to be": {
			func(*fakeVSphere) {},
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102", "<null>", false,
		},
		"it becomes a task only later": {
			func(f *fakeVSphere) {
				asked := 0
				f.finding = func() vsphere.CloneFinding {
					if asked++; asked == 1 {
						return vsphere.CloneFinding{}
					}

					return vsphere.CloneFinding{VMID: "vm-102"}
				}
			},
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102", "<null>", false,
		},
		"nothing came to be": {
			func(f *fakeVSphere) { f.finding = func() vsphere.CloneFinding { return vsphere.CloneFinding{} } },
			func(t *testing.T, r result) {
				t.Helper()
				r.failed(t, `VM "web" was not created: the connection broke`)
			}, "<null>", "<null>", false,
		},
		"a clone runs that may be it": {
			func(f *fakeVSphere) {
				f.clone = cloneHangs
				asked := 0
				f.finding = func() vsphere.CloneFinding {
					if asked++; asked == 1 {
						time.AfterFunc(time.Minute, f.tasks["task-101"].release)

						return vsphere.CloneFinding{TaskIDs: []string{"task-101"}}
					}

					return vsphere.CloneFinding{VMID: "vm-102"}
				}
			},
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102", "<null>", false,
		},
		"vCenter comes back": {
			func(f *fakeVSphere) { f.errs["FindClone"] = []error{unreachable, unreachable} },
			func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102", "<null>", false,
		},
		"vCenter is gone": {
			func(f *fakeVSphere) { f.errs["FindClone"] = slices.Repeat([]error{unreachable}, 1000) },
			func(t *testing.T, r result) {
				t.Helper()
				r.failed(t, `VM "web" may have been created: the connection broke`)
			}, "<null>", vmlifecycle.UnknownTask, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.errs["StartClone"] = []error{lostAnswer()}
				test.prepare(fake)
				c := newCore(t, fake)
				test.check(t, c.apply(t.Context(), basic()))
				c.is(test.id, "id")
				c.is(test.pending, "pending_task_id")
				if c.tainted != test.tainted {
					t.Fatalf("tainted: %t", c.tainted)
				}
				if fake.made("StartClone") != 1 {
					t.Fatal("the request was sent again")
				}
				if fake.made("Cancel") > 0 {
					t.Fatal("a task that may be somebody else's was cancelled")
				}
			})
		})
	}
}

// The client waits a moment longer for the answer to an interrupted request: with the task's id there is more to do.
func TestCreateInterruptedDuringRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		fake.clone = cloneHangs
		fake.before["StartClone"] = func(ctx context.Context, _ *fakeVSphere) error {
			<-ctx.Done()

			return nil
		}
		c := newCore(t, fake)
		c.apply(interrupted(t, 10*time.Second), basic()).failed(t, `Interrupted: VM "web" was not created`)
		if fake.made("Cancel") != 1 {
			t.Fatal(fake.calls)
		}
	})
}

func TestCreateInterruptedAndAnswerLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		fake.before["StartClone"] = func(ctx context.Context, _ *fakeVSphere) error {
			<-ctx.Done()

			return lostAnswer()
		}
		fake.errs["FindClone"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Unavailable}}, 100)
		c := newCore(t, fake)
		c.apply(interrupted(t, 10*time.Second), basic()).warned(t, `Interrupted: VM "web" may still come to be`)
		c.is(vmlifecycle.UnknownTask, "pending_task_id")
	})
}

func TestCreateInterruptedWhileQueued(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		fake.before["AcquireTaskSlot"] = func(ctx context.Context, _ *fakeVSphere) error {
			<-ctx.Done()

			return ctx.Err()
		}
		c := newCore(t, fake)
		c.apply(interrupted(t, time.Second), basic()).failed(t, `Could not clone VM "web" from vm-1`)
		if !c.state.IsNull() || fake.made("StartClone") > 0 {
			t.Fatal(c.state, fake.calls)
		}
	})
}

// A task that vCenter forgets while it is waited for is looked for by what it was to make.
func TestCreateTaskForgotten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		finding func() vsphere.CloneFinding
		check   func(t *testing.T, r result)
		id      string
	}{
		"it made the VM": {nil, func(t *testing.T, r result) { t.Helper(); r.clean(t) }, "vm-102"},
		"it made nothing": {
			func() vsphere.CloneFinding { return vsphere.CloneFinding{} },
			func(t *testing.T, r result) { t.Helper(); r.failed(t, "was not created") }, "<null>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			fake.forgetful, fake.finding = true, test.finding
			c := newCore(t, fake)
			test.check(t, c.apply(t.Context(), basic()))
			c.is(test.id, "id")
		})
	}
}
