package zstacksnapshot

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func failing(method string, errs ...error) func(f *fakeZStack) {
	return func(f *fakeZStack) { f.Errs[method] = errs }
}

func going(goes ...fakezstack.Behaviour) func(f *fakeZStack) {
	return func(f *fakeZStack) { f.Goes["CreateSnapshotGroup"] = goes }
}

func TestCreateAsksForWhatIsConfigured(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config config
		want   zstack.SnapshotGroupSpec
	}{
		"the least": {config{}, zstack.SnapshotGroupSpec{}},
		"described": {config{"description": "a/b"}, zstack.SnapshotGroupSpec{Description: "a/b"}},
		"empty":     {config{"description": ""}, zstack.SnapshotGroupSpec{}},
		"memory":    {config{"with_memory": true}, zstack.SnapshotGroupSpec{WithMemory: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.taken(t, test.config)
				test.want.ResourceUUID, test.want.RootVolumeUUID, test.want.Name = c.Get("id"), rootUUID, "before"
				if len(f.specs) != 1 || f.specs[0] != test.want {
					t.Errorf("asked for %+v, want %+v", f.specs, test.want)
				}
				if !uuidForm.MatchString(c.Get("id")) || c.Identified("uuid") != c.Get("id") {
					t.Errorf("the id is %s, the identity %s", c.Get("id"), c.Identified("uuid"))
				}
				c.Is("true", "complete")
				c.Is("Nov 14, 2017 10:20:57 PM", "created_at")
				c.Settled(basic(test.config))
			})
		})
	}
}

// TestCreateEnds has every end that a snapshot group can have.
func TestCreateEnds(t *testing.T) {
	t.Parallel()
	const none = "<null>"
	tests := map[string]struct {
		prepare   func(f *fakeZStack)
		interrupt bool   // half a second after the beginning; else timeouts.create ends after a minute
		says      string // in the one diagnostic; empty: none
		warns     bool
		job       string // pending_job_uuid afterwards; none where there is none
		taken     bool   // in state, with its snapshots
		asked     int    // for groups
		tainted   bool
	}{
		"taken":   {func(*fakeZStack) {}, false, "", false, none, true, 1, false},
		"refused": {failing("CreateSnapshotGroup", fault(apierr.Denied, "ID.1002")), false, "ID.1002", false, none, false, 1, false},
		"failed":  {going(fakezstack.Fails), false, "SYS.1006", false, none, false, 1, false},
		"failed, and made": {
			going(fakezstack.FailsDone), false, "could not finish it", false, none, true, 1, true,
		},
		"busy in a passing state": {func(f *fakeZStack) {
			f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.WrongState}
			f.vm.State = zstack.VMStarting
		}, false, "", false, none, true, 2, false},
		"just out of a passing state": {going(fakezstack.WrongState), false, "", false, none, true, 2, false},
		"in a wrong state": {func(f *fakeZStack) {
			f.vm.State = zstack.VMCrashed
		}, false, "can't be used now", false, none, false, 0, false},
		"too many sessions, then not": {
			failing("CreateSnapshotGroup", fault(apierr.Busy, "ID.1006"), fault(apierr.Busy, "ID.1006")), false, "", false, none, true, 3, false,
		},
		"immortal":              {going(fakezstack.Immortal), false, "may still come to be", false, "job-1", false, 1, true},
		"immortal, interrupted": {going(fakezstack.Immortal), true, "may still come to be", true, "job-1", false, 1, false},
		"immortal, and made":    {going(fakezstack.ImmortalDone), false, "", false, none, true, 1, false},
		"immortal, and made, interrupted": {
			going(fakezstack.ImmortalDone), true, "", false, none, true, 1, false,
		},
		"done, interrupted":   {going(fakezstack.Succeeds), true, "", false, none, true, 1, false},
		"failed, interrupted": {going(fakezstack.Fails), true, "Interrupted: snapshot group", false, none, false, 1, false},
		"gave up, and made":   {going(fakezstack.GaveUpDone), false, "", false, none, true, 1, false},
		"gave up":             {going(fakezstack.GaveUp), false, "may have been created", false, "job-1", false, 1, true},
		"never arrived":       {going(fakezstack.Unknown), false, "was not created", false, none, false, 1, false},
		"made, and purged":    {going(fakezstack.UnknownDone), false, "", false, none, true, 1, false},
		"the VM is gone":      {func(f *fakeZStack) { f.Before["VirtualMachine"] = secondCall(func() { f.vm = nil }) }, false, "There is no virtual machine", false, none, false, 0, false},
		"the VM was destroyed": {func(f *fakeZStack) {
			f.Before["VirtualMachine"] = secondCall(func() { f.vm.State = zstack.VMDestroyed })
		}, false, "its state is Destroyed", false, none, false, 0, false},
		"purged, and no answer to a look": {func(f *fakeZStack) {
			f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.UnknownDone}
			f.Errs["SnapshotGroup"] = []error{fault(apierr.Internal, "SYS.1000")}
		}, false, "may have been created", false, "job-1", false, 1, true},
		"purged, away for a while": {func(f *fakeZStack) {
			f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.UnknownDone}
			f.Errs["SnapshotGroup"] = []error{fault(apierr.Unavailable, "SYS.1011"), fault(apierr.Unavailable, "SYS.1011")}
		}, false, "", false, none, true, 1, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				test.prepare(f)
				if f.vm.State == zstack.VMStarting {
					time.AfterFunc(10*time.Second, func() { f.change(func() { f.vm.State = zstack.VMRunning }) })
				}
				ctx := t.Context()
				if test.interrupt {
					ctx = playedcli.Interrupted(t, fakezstack.JobLength/2)
				}
				before := basic(config{"timeouts": config{"create": "1m"}})
				if f.vm.State == zstack.VMCrashed { // it crashed since the plan
					f.vm.State = zstack.VMRunning
					f.Before["VirtualMachine"] = secondCall(func() { f.vm.State = zstack.VMCrashed })
				}
				said := c.Apply(ctx, before)
				switch {
				case test.says == "":
					said.Clean(t)
				case test.warns:
					said.Warned(t, test.says)
				default:
					said.Failed(t, test.says)
				}
				if n := f.Made("CreateSnapshotGroup"); n != test.asked {
					t.Errorf("asked %d times, want %d", n, test.asked)
				}
				if got := c.Get("pending_job_uuid"); got != test.job {
					t.Errorf("pending_job_uuid is %s, want %s", got, test.job)
				}
				if c.Tainted != test.tainted || (c.Get("complete") == "true") != test.taken {
					t.Errorf("tainted: %t, state: %s", c.Tainted, c.State)
				}
				if !test.taken && test.job == none {
					if !c.State.IsNull() || len(f.groups) != 0 {
						t.Errorf("state %s, groups %+v", c.State, f.groups)
					}
				} else if c.Identified("uuid") != c.Get("id") || c.Get("id") != f.specs[0].ResourceUUID {
					t.Errorf("the id is %s, the identity %s", c.Get("id"), c.Identified("uuid"))
				}
				if test.taken && !test.tainted {
					c.Settled(before)
				}
			})
		})
	}
}

// secondCall is a hook that only acts in the second call: the first is the plan's.
func secondCall(act func()) func() {
	calls := 0

	return func() {
		if calls++; calls == 2 {
			act()
		}
	}
}

// change changes the fake under its lock.
func (f *fakeZStack) change(act func()) {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	act()
}

// TestCreateQueues takes several groups of one VM at once: one works, the others wait, as long as they have time.
func TestCreateQueues(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		shared := serve(f)()
		var group sync.WaitGroup
		for i := range 5 {
			one := playedcli.New(t, func() func() resource.Resource { return shared })
			group.Go(func() { one.Apply(t.Context(), basic(config{"name": fmt.Sprint("before ", i)})).Clean(t) })
		}
		group.Wait()
		if len(f.groups) != 5 || f.Most != 1 {
			t.Errorf("%d groups, %d at once at most", len(f.groups), f.Most)
		}
	})
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		shared := serve(f)()
		f.Goes["CreateSnapshotGroup"] = []fakezstack.Behaviour{fakezstack.Immortal}
		began := make(chan struct{})
		f.Before["CreateSnapshotGroup"] = func() { close(began) }
		first := playedcli.New(t, func() func() resource.Resource { return shared })
		second := playedcli.New(t, func() func() resource.Resource { return shared })
		var group sync.WaitGroup
		group.Go(func() {
			first.Apply(t.Context(), basic(config{"timeouts": config{"create": "1h"}})).Failed(t, "may still come to be")
		})
		<-began
		second.Apply(t.Context(), basic(config{"timeouts": config{"create": "1m"}})).
			Failed(t, "was not created within 1m0s")
		group.Wait()
		if n := f.Made("CreateSnapshotGroup"); n != 1 || !c.State.IsNull() {
			t.Errorf("asked %d times, want once", n)
		}
	})
}
