package vspheresnapshot

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// inBubble runs a test on a clock of its own, against a fresh fake.
func inBubble(t *testing.T, test func(c core, f *fakeVSphere)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		test(core{playedcli.New(t, serve(f))}, f)
	})
}

func TestCreateAsksForWhatIsConfigured(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config config
		want   vsphere.SnapshotSpec
	}{
		"the least": {config{}, vsphere.SnapshotSpec{}},
		"described": {config{"description": "a/b"}, vsphere.SnapshotSpec{Description: "a/b"}},
		"memory":    {config{"memory": true}, vsphere.SnapshotSpec{Memory: true}},
		"quiesced":  {config{"quiesce": config{}}, vsphere.SnapshotSpec{Quiesce: &vsphere.QuiesceSpec{}}},
		"for ten minutes": {
			config{"quiesce": config{"timeout_minutes": 10}}, vsphere.SnapshotSpec{Quiesce: &vsphere.QuiesceSpec{TimeoutMinutes: 10}},
		},
		"Windows, all": {
			config{"quiesce": config{"windows": config{
				"vss_backup_type": 5, "vss_bootable_system_state": true, "vss_partial_file_support": false, "vss_backup_context": "ctx_auto",
			}}},
			vsphere.SnapshotSpec{Quiesce: &vsphere.QuiesceSpec{Windows: &vsphere.WindowsQuiesceSpec{
				VSSBackupType: 5, VSSBootableSystemState: new(true), VSSPartialFileSupport: new(false), VSSBackupContext: "ctx_auto",
			}}},
		},
		"Windows, by default": {
			config{"quiesce": config{"windows": config{}}},
			vsphere.SnapshotSpec{Quiesce: &vsphere.QuiesceSpec{Windows: &vsphere.WindowsQuiesceSpec{}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				c.Apply(t.Context(), basic(test.config)).Clean(t)
				test.want.VMID, test.want.Name = vmID, "before"
				if len(f.specs) != 1 || !reflect.DeepEqual(f.specs[0], test.want) {
					t.Errorf("asked for %+v, want %+v", f.specs, test.want)
				}
				if got := c.identified(); got != vmID+"/"+c.Get("id") {
					t.Errorf("the identity is %s", got)
				}
				c.Settled(basic(test.config))
			})
		})
	}
}

// TestCreateClearsADefaultDescription has vCenter describe a snapshot that should have no description.
func TestCreateClearsADefaultDescription(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.described = "Snapshot of web"
		c.Apply(t.Context(), basic(config{"description": ""})).Clean(t)
		c.Is("", "description")
		c.Settled(basic(config{"description": ""}))
		if n := f.made("RenameSnapshot"); n != 1 {
			t.Errorf("%d changes, want 1", n)
		}
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.described = "Snapshot of web"
		c.Apply(t.Context(), basic()).Clean(t)
		c.Is("Snapshot of web", "description")
		c.Settled(basic())
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.described = "Snapshot of web"
		f.errs["RenameSnapshot"] = []error{fault(apierr.Denied, "NoPermission")}
		c.Apply(t.Context(), basic(config{"description": ""})).Failed(t, "could not give it its name and description")
		c.Is("Snapshot of web", "description") // it is in state, tainted
	})
}

// TestCreateEnds has every end that a snapshot can have.
func TestCreateEnds(t *testing.T) {
	t.Parallel()
	const none = "<null>"
	tests := map[string]struct {
		prepare   func(f *fakeVSphere)
		interrupt bool   // after two seconds; else timeouts.create ends after a minute
		says      string // in the one diagnostic; empty: none
		warns     bool
		task      string // pending_task_id afterwards; none where there is none
		taken     bool   // in state by its id
		asked     int    // for snapshots
	}{
		"taken":                {func(*fakeVSphere) {}, false, "", false, none, true, 1},
		"refused":              {failing("CreateSnapshot", fault(apierr.InvalidState, "InvalidState")), false, "Could not take snapshot", false, none, false, 1},
		"failed":               {going(fails), false, "SnapshotFault", false, none, false, 1},
		"busy, then free":      {failing("CreateSnapshot", fault(apierr.Busy, "TaskInProgress"), fault(apierr.Busy, "TaskInProgress")), false, "", false, none, true, 3},
		"busy in its task":     {going(busyInTask), false, "", false, none, true, 2},
		"hangs":                {going(hangs), false, "was not created within 1m0s", false, none, false, 1},
		"hangs, interrupted":   {going(hangs), true, "Interrupted: snapshot", false, none, false, 1},
		"done when cancelled":  {going(finishesOnCancel), false, "", false, none, true, 1},
		"done, interrupted":    {going(finishesOnCancel), true, "", false, none, true, 1},
		"goes on":              {going(ignoresCancel), false, "may still come to be", false, "task-101", false, 1},
		"goes on, interrupted": {going(ignoresCancel), true, "may still come to be", true, "task-101", false, 1},
		"no slot":              {failing("AcquireTaskSlot", fault(apierr.Internal, "")), false, "Could not take snapshot", false, none, false, 0},
		"no time":              {failing("ServerTime", fault(apierr.Unavailable, "")), false, "Could not take snapshot", false, none, false, 0},
		"lost, and made": {func(f *fakeVSphere) {
			f.errs["CreateSnapshot"] = []error{lostAnswer()}
			f.goes["CreateSnapshot"] = tellsNothing
		}, false, "", false, none, true, 1},
		"lost, and not made": {failing("CreateSnapshot", lostAnswer()), false, "was not created: the answer to the request was lost", false, none, false, 1},
		"lost, and no answer to a search": {func(f *fakeVSphere) {
			f.errs["CreateSnapshot"] = []error{lostAnswer()}
			f.errs["FindSnapshot"] = []error{fault(apierr.Internal, "RuntimeFault")}
		}, false, "may have been created: the answer to the request was lost", false, lifecycle.UnknownTask, false, 1},
		"lost with the VM": {func(f *fakeVSphere) {
			f.errs["CreateSnapshot"] = []error{lostAnswer()}
			f.before["FindSnapshot"] = func() { f.vm = nil }
		}, false, "was not created: the answer to the request was lost", false, none, false, 1},
		"lost, away for a while": {func(f *fakeVSphere) {
			f.errs["CreateSnapshot"] = []error{lostAnswer()}
			f.goes["CreateSnapshot"] = tellsNothing
			f.errs["FindSnapshot"] = []error{fault(apierr.Unavailable, ""), fault(apierr.Unavailable, "")}
		}, false, "", false, none, true, 1},
		"lost, its task runs": {func(f *fakeVSphere) {
			f.errs["CreateSnapshot"] = []error{lostAnswer()}
			f.running = []string{f.start("other", func() string { return f.add(vsphere.SnapshotSpec{VMID: vmID, Name: "before"}) }).id}
		}, false, "", false, none, true, 1},
		"the task tells nothing": {going(tellsNothing), false, "", false, none, true, 1},
		"can't be read": {
			failing("Snapshots", fault(apierr.Internal, "RuntimeFault")), false, "but could not read it", false, none, true, 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				test.prepare(f)
				ctx := t.Context()
				if test.interrupt {
					ctx = playedcli.Interrupted(t, 2*time.Second)
				}
				said := c.Apply(ctx, basic(config{"timeouts": config{"create": "1m"}}))
				switch {
				case test.says == "":
					said.Clean(t)
				case test.warns:
					said.Warned(t, test.says)
				default:
					said.Failed(t, test.says)
				}
				if got := c.Get("pending_task_id"); got != test.task {
					t.Errorf("the pending task is %s, want %s", got, test.task)
				}
				if got := c.Get("id") != "<null>"; got != test.taken {
					t.Errorf("in state: %t, want %t", got, test.taken)
				}
				if n := f.made("CreateSnapshot"); n != test.asked {
					t.Errorf("asked for %d snapshots, want %d", n, test.asked)
				}
			})
		})
	}
}

// TestCreateForgottenTask has vCenter forget the task before its end was seen: the snapshot is looked for, and found.
func TestCreateForgottenTask(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.forgetful = true
		f.before["FindSnapshot"] = func() { <-time.After(2 * taskLength) }
		c.Apply(t.Context(), basic()).Clean(t)
		c.Is("snapshot-102", "id")
		c.Settled(basic())
	})
}

// TestCreateBusyToTheEnd gives up when time is over, or when the user wants it to: nothing was made.
func TestCreateBusyToTheEnd(t *testing.T) {
	t.Parallel()
	busyForEver := func(f *fakeVSphere) {
		for range 100 {
			f.errs["CreateSnapshot"] = append(f.errs["CreateSnapshot"], fault(apierr.Busy, "TaskInProgress"))
		}
	}
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		busyForEver(f)
		c.Apply(t.Context(), basic(config{"timeouts": config{"create": "1m"}})).Failed(t, "was not created within 1m0s")
		if n := f.made("CreateSnapshot"); n < 5 || n > 15 {
			t.Errorf("asked %d times in a minute", n)
		}
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		busyForEver(f)
		c.Apply(playedcli.Interrupted(t, 10*time.Second), basic()).Failed(t, "TaskInProgress")
		c.Is("<null>", "id")
	})
}

// TestCreateDenied names the privilege, also when the answer does not.
func TestCreateDenied(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.errs["CreateSnapshot"] = []error{fault(apierr.Denied, "NoPermission")}
		f.before["CreateSnapshot"] = func() { f.missing = []apierr.MissingPrivilege{{Privilege: privilegeCreate, Object: vmID}} } // after the plan
		c.Apply(t.Context(), basic()).Failed(t, "VirtualMachine.State.CreateSnapshot on vm-1 (vm_id)")
	})
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.errs["CreateSnapshot"] = []error{fault(apierr.Denied, "NoPermission")}
		f.before["CreateSnapshot"] = func() { f.errs["MissingPrivileges"] = []error{fault(apierr.Unavailable, "")} }
		c.Apply(t.Context(), basic()).Failed(t, "The user lacks a privilege")
	})
}

// failing lets the next calls of a method fail.
func failing(method string, errs ...error) func(f *fakeVSphere) {
	return func(f *fakeVSphere) { f.errs[method] = errs }
}

// going says how the next snapshot's task goes.
func going(goes behaviour) func(f *fakeVSphere) {
	return func(f *fakeVSphere) { f.goes["CreateSnapshot"] = goes }
}

// TestCreateInterruptedAtTheDescription does not taint a snapshot that only lacks its description: the next plan shows it.
func TestCreateInterruptedAtTheDescription(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.described = "Snapshot of web"
		ctx, cancel := context.WithCancel(t.Context())
		f.before["RenameSnapshot"] = cancel
		wanted := basic(config{"description": "ours"})
		f.before["Snapshots"] = func() { f.snapshots[0].Description = "cut" }
		c.Apply(ctx, wanted).Warned(t, "Interrupted: created")
		delete(f.before, "Snapshots")
		delete(f.before, "RenameSnapshot")
		c.Refresh().Clean(t)
		if said := c.Apply(t.Context(), wanted).Clean(t); said.Action != "update" {
			t.Errorf("the plan is to %s", said.Action)
		}
		c.Settled(wanted)
	})
}
