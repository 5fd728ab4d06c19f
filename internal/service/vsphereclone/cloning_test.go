package vsphereclone

import (
	"context"
	"errors"
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

func TestCreateInterrupted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes    fakevsphere.Behaviour
		check   func(t *testing.T, r playedcli.Result)
		id      string
		pending string
	}{
		"cancelled": {fakevsphere.Hangs, func(t *testing.T, r playedcli.Result) {
			t.Helper()
			r.FailedTitle(t, `Interrupted: VM "web" was not created`)
		}, "<null>", "<null>"},
		"adopted": {fakevsphere.FinishesOnCancel, func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>"},
		"not told": {fakevsphere.IgnoresCancel, func(t *testing.T, r playedcli.Result) {
			t.Helper()
			r.WarnedTitle(t, `Interrupted: VM "web" may still come to be`)
		}, "<null>", "task-101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				fake.Goes = test.goes
				c := newCore(t, fake)
				began := time.Now()
				test.check(t, c.Apply(playedcli.Interrupted(t, 10*time.Second), basic()))
				if took := time.Since(began) - 10*time.Second; took > 3*time.Second {
					t.Fatalf("an interruption took %s", took)
				}
				c.Is(test.id, "id")
				c.Is(test.pending, "pending_task_id")
				if c.Tainted {
					t.Fatal("tainted")
				}
			})
		})
	}
}

func TestCreateOutOfTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes    fakevsphere.Behaviour
		check   func(t *testing.T, r playedcli.Result)
		id      string
		pending string
	}{
		"cancelled": {fakevsphere.Hangs, func(t *testing.T, r playedcli.Result) {
			t.Helper()
			r.FailedTitle(t, `VM "web" was not created within 5m0s`)
		}, "<null>", "<null>"},
		"adopted":  {fakevsphere.FinishesOnCancel, func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>"},
		"not told": {fakevsphere.IgnoresCancel, func(t *testing.T, r playedcli.Result) { t.Helper(); r.FailedTitle(t, `may still come to be`) }, "<null>", "task-101"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				fake.Goes = test.goes
				c := newCore(t, fake)
				test.check(t, c.Apply(t.Context(), basic(config{"timeouts": config{"create": "5m"}})))
				c.Is(test.id, "id")
				c.Is(test.pending, "pending_task_id")
				if c.Tainted != (name == "not told") {
					t.Fatalf("tainted: %t", c.Tainted)
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
		prepare func(f *fakevsphere.VCenter)
		check   func(t *testing.T, r playedcli.Result)
		id      string
		pending string
		tainted bool
	}{
		"it came to be": {
			func(*fakevsphere.VCenter) {},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>", false,
		},
		"it becomes a task only later": {
			func(f *fakevsphere.VCenter) {
				asked := 0
				f.Finding = func() vsphere.CloneFinding {
					if asked++; asked == 1 {
						return vsphere.CloneFinding{}
					}

					return vsphere.CloneFinding{VMID: "vm-102"}
				}
			},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>", false,
		},
		"nothing came to be": {
			func(f *fakevsphere.VCenter) {
				f.Finding = func() vsphere.CloneFinding { return vsphere.CloneFinding{} }
			},
			func(t *testing.T, r playedcli.Result) {
				t.Helper()
				r.FailedTitle(t, `VM "web" was not created: the answer to the request was lost`)
			}, "<null>", "<null>", false,
		},
		"a clone runs that may be it": {
			func(f *fakevsphere.VCenter) {
				f.Goes = fakevsphere.Hangs
				asked := 0
				f.Finding = func() vsphere.CloneFinding {
					if asked++; asked == 1 {
						time.AfterFunc(time.Minute, f.Tasks["task-101"].Release)

						return vsphere.CloneFinding{TaskIDs: []string{"task-101"}}
					}

					return vsphere.CloneFinding{VMID: "vm-102"}
				}
			},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>", false,
		},
		"vCenter comes back": {
			func(f *fakevsphere.VCenter) { f.Errs["FindClone"] = []error{unreachable, unreachable} },
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102", "<null>", false,
		},
		"vCenter is gone": {
			func(f *fakevsphere.VCenter) { f.Errs["FindClone"] = slices.Repeat([]error{unreachable}, 1000) },
			func(t *testing.T, r playedcli.Result) {
				t.Helper()
				r.FailedTitle(t, `VM "web" may have been created: the answer to the request was lost`)
			}, "<null>", lifecycle.UnknownTask, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				fake.Errs["StartClone"] = []error{lostAnswer()}
				test.prepare(fake)
				c := newCore(t, fake)
				test.check(t, c.Apply(t.Context(), basic()))
				c.Is(test.id, "id")
				c.Is(test.pending, "pending_task_id")
				if c.Tainted != test.tainted {
					t.Fatalf("tainted: %t", c.Tainted)
				}
				if fake.Made("StartClone") != 1 {
					t.Fatal("the request was sent again")
				}
				if fake.Made("Cancel") > 0 {
					t.Fatal("a task that may be another client's was cancelled")
				}
			})
		})
	}
}

// The client waits a moment longer for the answer to an interrupted request: with the task's id there is more to do.
func TestCreateInterruptedDuringRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		fake.Goes = fakevsphere.Hangs
		fake.Before["StartClone"] = func(ctx context.Context, _ *fakevsphere.VCenter) error {
			<-ctx.Done()

			return nil
		}
		c := newCore(t, fake)
		c.Apply(playedcli.Interrupted(t, 10*time.Second), basic()).FailedTitle(t, `Interrupted: VM "web" was not created`)
		if fake.Made("Cancel") != 1 {
			t.Fatal(fake.Calls)
		}
	})
}

func TestCreateInterruptedAndAnswerLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		fake.Before["StartClone"] = func(ctx context.Context, _ *fakevsphere.VCenter) error {
			<-ctx.Done()

			return lostAnswer()
		}
		fake.Errs["FindClone"] = slices.Repeat([]error{&apierr.Error{Kind: apierr.Unavailable}}, 100)
		c := newCore(t, fake)
		c.Apply(playedcli.Interrupted(t, 10*time.Second), basic()).WarnedTitle(t, `Interrupted: VM "web" may still come to be`)
		c.Is(lifecycle.UnknownTask, "pending_task_id")
	})
}

func TestCreateInterruptedWhileQueued(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakevsphere.New()
		fake.Before["AcquireTaskSlot"] = func(ctx context.Context, _ *fakevsphere.VCenter) error {
			<-ctx.Done()

			return ctx.Err()
		}
		c := newCore(t, fake)
		c.Apply(playedcli.Interrupted(t, time.Second), basic()).FailedTitle(t, `Interrupted: VM "web" was not created`)
		if !c.State.IsNull() || fake.Made("StartClone") > 0 {
			t.Fatal(c.State, fake.Calls)
		}
	})
}

// A task that vCenter forgets while it is waited for is looked for by what it was to make.
func TestCreateTaskForgotten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		finding []vsphere.CloneFinding // one for each look; none: looks in the inventory
		check   func(t *testing.T, r playedcli.Result)
		id      string
	}{
		"it made the VM": {nil, func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102"},
		"it made nothing": {
			[]vsphere.CloneFinding{{}, {}},
			func(t *testing.T, r playedcli.Result) { t.Helper(); r.FailedTitle(t, "was not created") }, "<null>",
		},
		"its work went on, and made the VM": {
			[]vsphere.CloneFinding{{}, {VMID: "vm-102"}}, func(t *testing.T, r playedcli.Result) { t.Helper(); r.Clean(t) }, "vm-102",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := fakevsphere.New()
				fake.Forgetful = true
				if looks := test.finding; looks != nil {
					fake.Finding = func() vsphere.CloneFinding {
						next := looks[0]
						looks = looks[1:]

						return next
					}
				}
				c := newCore(t, fake)
				test.check(t, c.Apply(t.Context(), basic()))
				c.Is(test.id, "id")
			})
		})
	}
}
