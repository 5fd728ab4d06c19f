package vsphereftsecondary

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// lostAnswer is the error of a request that may have taken effect.
func lostAnswer() error {
	return &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost, AnswerLost: true}
}

// The end of a creation that can't be waited for, in each way.
func TestUnfinishedCreation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes    behaviour
		timeout bool // or an interruption
		there   bool // in vCenter
		inState string
		words   string // empty: nothing is said
	}{
		"interrupted, cancelled":          {hangs, false, false, "nothing", "Interrupted: FT secondary of vm-1 was not created"},
		"interrupted, done all the same":  {finishesOnCancel, false, true, "secondary", ""},
		"interrupted, not told":           {ignoresCancel, false, false, "pending", "Interrupted: FT secondary of vm-1 may still come to be"},
		"out of time, cancelled":          {hangs, true, false, "nothing", "was not created within 1m0s"},
		"out of time, done all the same":  {finishesOnCancel, true, true, "secondary", ""},
		"out of time, not told":           {ignoresCancel, true, false, "pending", "may still come to be"},
		"out of time, failed by itself":   {failsOnCancel, true, false, "nothing", "VmConfigFault"},
		"interrupted, failed by itself":   {failsOnCancel, false, false, "nothing", "Interrupted: FT secondary of vm-1 was not created"},
		"failed by itself":                {fails, false, false, "nothing", "VmConfigFault"},
		"failed, but there is one though": {failsLate, false, true, "tainted", "could not finish it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.goes = test.goes
				c := newCore(t, fake)
				ctx, wanted := playedcli.Interrupted(t, time.Hour), basic(config{"timeouts": config{"create": "1m"}})
				if !test.timeout {
					ctx = playedcli.Interrupted(t, time.Second)
				}
				spoken := c.Apply(ctx, wanted)
				errors, warnings := len(spoken.Errors), len(spoken.Warnings)
				if test.words == "" && errors+warnings > 0 {
					t.Fatal(spoken)
				}
				spoken.Says(t, errors, warnings, test.words)
				if (fake.pair() != nil) != test.there {
					t.Errorf("vCenter has %+v", fake.pair())
				}
				switch test.inState {
				case "nothing":
					if !c.State.IsNull() {
						t.Errorf("in state: %s", c.State)
					}
				case "pending":
					c.Is("<null>", "id")
					c.Is("task-101", "pending_task_id")
				default:
					c.Is(fake.pair().SecondaryID, "id")
					if c.Tainted != (test.inState == "tainted") {
						t.Errorf("tainted: %t", c.Tainted)
					}
				}
			})
		})
	}
}

// pendingCore has a secondary in state that an interrupted apply began.
func pendingCore(t *testing.T) (core, *fakeVSphere) {
	t.Helper()
	fake := newFake()
	fake.goes = ignoresCancel
	c := newCore(t, fake)
	c.Apply(playedcli.Interrupted(t, time.Second), basic()).Warned(t, "may still come to be")
	c.Is("task-101", "pending_task_id")

	return c, fake
}

func TestPendingAdopted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, fake := pendingCore(t)
		c.Refresh().Warned(t, "still being created")
		planned := c.Plan(basic())
		if planned.Clean(t).Action != "update" {
			t.Fatalf("the plan is %s", planned.Action)
		}
		fake.tasks["task-101"].release(succeeds)
		c.Apply(t.Context(), basic()).Clean(t)
		c.Is(fake.pair().SecondaryID, "id")
		c.Is("true", "power_on_attempted")
		c.Settled(basic())
		if fake.made("CreateSecondary") != 1 {
			t.Error("it was asked for twice")
		}
	})
}

func TestPendingResolvedByRefresh(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end    func(f *fakeVSphere)
		exists bool
		words  string
	}{
		"made":                            {func(f *fakeVSphere) { f.tasks["task-101"].release(succeeds) }, true, ""},
		"cancelled":                       {func(f *fakeVSphere) { f.tasks["task-101"].release(hangs) }, false, "was not created by the earlier apply"},
		"failed":                          {func(f *fakeVSphere) { f.tasks["task-101"].release(fails) }, false, "it broke"},
		"failed, but there is one though": {func(f *fakeVSphere) { f.tasks["task-101"].release(failsLate) }, true, ""},
		"forgotten and made": {func(f *fakeVSphere) {
			f.tasks["task-101"].release(succeeds)
			f.forgetful = true
		}, true, ""},
		"forgotten and not made": {func(f *fakeVSphere) {
			f.tasks["task-101"].release(hangs)
			f.forgetful = true
		}, false, "was not created by the earlier apply"},
		"primary gone": {func(f *fakeVSphere) {
			f.tasks["task-101"].release(hangs)
			clear(f.vms)
		}, false, "was not created by the earlier apply"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, fake := pendingCore(t)
				test.end(fake)
				read := c.Refresh()
				read.Says(t, 0, len(read.Warnings), test.words)
				if c.State.IsNull() == test.exists {
					t.Fatalf("state is %s\n%s", c.State, read)
				}
				if test.exists {
					c.Is(fake.pair().SecondaryID, "id")
					c.Settled(basic())
				}
			})
		})
	}
}

func TestPendingDestroyed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, fake := pendingCore(t)
		c.Destroy(playedcli.Interrupted(t, time.Second)).Failed(t, "nobody knows yet whether it exists")
		fake.tasks["task-101"].release(succeeds)
		c.Destroy(t.Context()).Clean(t)
		if fake.pair() != nil {
			t.Errorf("vCenter still has %+v", fake.pair())
		}
	})
}

func TestAnswerLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes   behaviour
		search error
		exists bool
		words  string
	}{
		"made":       {succeeds, nil, true, "nothing proves whose the present one is"},
		"not made":   {fails, nil, false, "was not created: the answer to the request was lost"},
		"not to say": {fails, &apierr.Error{Kind: apierr.Internal, Code: "RuntimeFault"}, true, "may have been created"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := newFake()
				fake.goes = test.goes
				fake.errs["CreateSecondary"] = []error{lostAnswer()}
				if test.search != nil {
					fake.errs["FindSecondary"] = []error{test.search}
				}
				c := newCore(t, fake)
				spoken := c.Apply(t.Context(), basic())
				spoken.Says(t, len(spoken.Errors), 0, test.words)
				if c.State.IsNull() == test.exists {
					t.Fatalf("state is %s", c.State)
				}
				if fake.made("CreateSecondary") != 1 {
					t.Error("it was sent again")
				}
			})
		})
	}
}

// A primary that is busy is waited for; nothing else is tried again.
func TestBusyPrimary(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := newFake()
		busy := &apierr.Error{Kind: apierr.Busy, Code: "TaskInProgress"}
		fake.errs["CreateSecondary"] = []error{busy, busy, busy}
		c := newCore(t, fake)
		c.Apply(t.Context(), basic()).Clean(t)
		if fake.made("CreateSecondary") != 4 {
			t.Errorf("it was sent %d times", fake.made("CreateSecondary"))
		}
		fake.errs["TurnOffFaultTolerance"] = []error{busy, lostAnswer()}
		c.Destroy(t.Context()).Clean(t)
	})
}

// An interruption after the secondary was made is no failure: nothing is tainted, and the next apply does the rest.
func TestInterruptedAfterwards(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method string
		config config
	}{
		"disabling": {"DisableSecondary", config{"enabled": false}},
		"approving": {"WaitForPowerState", config{"apply_drs_recommendation": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake()
			if test.method == "WaitForPowerState" {
				fake.outcome.Recommendations = []vsphere.Recommendation{{Key: "7", ClusterID: "domain-c1", Reason: "power it on"}}
			}
			ctx, cancel := context.WithCancel(t.Context())
			fake.before[test.method] = func(ctx context.Context, _ *fakeVSphere) error {
				cancel()

				return ctx.Err()
			}
			c := newCore(t, fake)
			c.Apply(ctx, basic(test.config)).Warned(t, "Interrupted")
			c.Is(fake.pair().SecondaryID, "id")
			delete(fake.before, test.method)
			c.Refresh().Clean(t)
			if action := c.Apply(t.Context(), basic(test.config)).Clean(t).Action; action == "replace" {
				t.Error("it is replaced")
			}
			c.Settled(basic(test.config))
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	fake := newFake()
	fake.before["CreateSecondary"] = func(_ context.Context, f *fakeVSphere) error { // after the plan
		f.missing = []apierr.MissingPrivilege{{Privilege: privilegeCreate, Object: primaryID}}

		return &apierr.Error{Kind: apierr.Denied, Code: "NoPermission", Object: primaryID}
	}
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Failed(t, privilegeCreate+" on vm-1 (primary_vm_id)")
	if !c.State.IsNull() {
		t.Errorf("in state: %s", c.State)
	}
}

// What vCenter has against the host is said of the host.
func TestRefusedHost(t *testing.T) {
	t.Parallel()
	for code, at := range map[string]string{
		"IncompatibleHostForFtSecondary": "host_id", "VmFaultToleranceTooManyVMsOnHost": "host_id",
		"VmFaultToleranceConfigIssue": "primary_vm_id", apierr.CodeVersionTooOld: "metro",
	} {
		fake := newFake()
		fake.errs["CreateSecondary"] = []error{&apierr.Error{Kind: apierr.Unsupported, Code: code, Object: primaryID}}
		c := newCore(t, fake)
		c.Apply(t.Context(), basic(config{"host_id": "host-2", "metro": config{"host_group": "east"}})).
			Says(t, 1, 0, fmt.Sprintf("on AttributeName(%q)", at))
	}
}

// A pair that another client created in the meantime is not adopted.
func TestPairedSincePlan(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	fake.before["AcquireTaskSlot"] = func(context.Context, *fakeVSphere) error { t.Error("it went on"); return nil }
	fake.before["CheckFaultTolerance"] = func(_ context.Context, f *fakeVSphere) error {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		f.add(vsphere.SecondarySpec{PrimaryID: primaryID})

		return nil
	}
	c.Apply(t.Context(), basic()).Failed(t, "fault tolerant already")
}
