package zstackclone

import (
	"reflect"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

const (
	none    = "<null>"
	present = "nothing proves whose the present one is"
)

func failing(method string, errs ...error) func(f *fakeZStack) {
	return func(f *fakeZStack) { f.Errs[method] = errs }
}

func going(goes ...fakezstack.Behaviour) func(f *fakeZStack) {
	return func(f *fakeZStack) { f.Goes["Clone"] = goes }
}

// all prepares a fake in several ways.
func all(prepare ...func(f *fakeZStack)) func(f *fakeZStack) {
	return func(f *fakeZStack) {
		for _, one := range prepare {
			one(f)
		}
	}
}

// other has another client create a running VM of the same name while the clone is created.
func other(f *fakeZStack) {
	f.Before["Clone"] = func() { f.change(func() { f.add(theirsUUID, "web", zstack.VMRunning) }) }
}

// lookFails lets the first look at the name through, which makes sure that it is free, and no later one.
func lookFails(errs ...error) func(f *fakeZStack) {
	return failing("VirtualMachinesNamed", append([]error{nil, nil}, errs...)...)
}

// ending is one end that a clone can have, and what is to be seen of it.
type ending struct {
	prepare func(f *fakeZStack)
	config  config
	says    string // in the one diagnostic; empty: none
	job     string // pending_job_uuid afterwards; none where there is none
	made    bool   // in state, with its id
	asked   int    // for clones
	tainted bool
}

// play has one clone made under a timeouts.create of a minute. warns says that its diagnostic is a warning.
func (test ending) play(t *testing.T, interrupt, warns bool) {
	t.Helper()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		if test.prepare != nil {
			test.prepare(f)
		}
		ctx := t.Context()
		if interrupt {
			ctx = playedcli.Interrupted(t, fakezstack.JobLength/2)
		}
		web := basic(test.config, config{"timeouts": config{"create": "1m"}})
		began := time.Now()
		said := c.Apply(ctx, web)
		switch {
		case test.says == "":
			said.Clean(t)
		case warns:
			said.Warned(t, test.says)
		default:
			said.Failed(t, test.says)
		}
		if took := time.Since(began); interrupt && took > fakezstack.JobLength/2+5*time.Second {
			t.Errorf("an interrupted clone took %s", took)
		}
		if n := f.Made("Clone"); n != test.asked {
			t.Errorf("asked %d times, want %d", n, test.asked)
		}
		if got := c.Get("pending_job_uuid"); got != test.job {
			t.Errorf("pending_job_uuid is %s, want %s", got, test.job)
		}
		if c.Tainted != test.tainted || (c.Get("id") != none) != test.made || c.State.IsNull() != (!test.made && test.job == none) {
			t.Errorf("tainted: %t, state: %s", c.Tainted, c.State)
		}
		switch {
		case test.made && (c.Identified("uuid") != c.Get("id") || c.Get("id") == theirsUUID):
			t.Errorf("the id is %s, the identity %s", c.Get("id"), c.Identified("uuid"))
		case test.job != none && c.Identified("uuid") != "":
			t.Errorf("the identity of a pending VM is %s", c.Identified("uuid"))
		case test.made && !test.tainted:
			c.Settled(web)
		}
	})
}

// TestCreated has the ends of a clone that is not interrupted and has time.
func TestCreated(t *testing.T) {
	t.Parallel()
	tests := map[string]ending{
		"made":                 {nil, nil, "", none, true, 1, false},
		"stopped":              {nil, config{"power_on": false}, "", none, true, 1, false},
		"a record":             {nil, config{"strategy": "JustCreate"}, "", none, true, 1, false},
		"with data volumes":    {nil, config{"full": true}, "", none, true, 1, false},
		"refused":              {failing("Clone", fault(apierr.Denied, "ID.1002")), nil, "ID.1002", none, false, 1, false},
		"refused in its job":   {going(fakezstack.Refuses), nil, "HOST_ALLOCATION.1001", none, false, 1, false},
		"failed":               {going(fakezstack.Fails), nil, "SYS.1006", none, false, 1, false},
		"failed, and made":     {going(fakezstack.FailsDone), nil, present, "job-1", false, 1, true},
		"unreadable, and made": {going(fakezstack.UnreadableDone), nil, present, "job-1", false, 1, true},
		"failed, and another client made one": {
			all(going(fakezstack.FailsDone), other), nil, "may have been created", "job-1", false, 1, true,
		},
		"failed, and no look": {all(going(fakezstack.FailsDone), lookFails(fault(apierr.Internal, "SYS.1000"))), nil, "may have been created", "job-1", false, 1, true},
		"gave up, and made":   {going(fakezstack.GaveUpDone), nil, present, "job-1", false, 1, true},
		"gave up":             {going(fakezstack.GaveUp), nil, "may have been created", "job-1", false, 1, true},
		"never arrived":       {going(fakezstack.Unknown), nil, "was not created", none, false, 1, false},
		"made, and purged":    {going(fakezstack.UnknownDone), nil, present, "job-1", false, 1, true},
		"gave up, and another account made one": {all(going(fakezstack.GaveUp), func(f *fakeZStack) {
			f.Before["Clone"] = func() { f.theirs("alice", "Nov 14, 2017 10:20:57 PM") }
		}), nil, "may have been created", "job-1", false, 1, true},
		"never arrived, and another client made one": {all(going(fakezstack.Unknown), other), nil, present, "job-1", false, 1, true},
		"made, and purged, and another client made one": {
			all(going(fakezstack.UnknownDone), other), nil, "nobody can tell which of them is the clone", "job-1", false, 1, true,
		},
		"purged, and no look": {
			all(going(fakezstack.UnknownDone), lookFails(fault(apierr.Internal, "SYS.1000"))), nil, "may have been created", "job-1", false, 1, true,
		},
		"made, and purged, and an old one of the name is recovered": {all(going(fakezstack.UnknownDone), func(f *fakeZStack) {
			f.add(theirsUUID, "web", zstack.VMDestroyed)
			f.Before["Clone"] = func() { f.change(func() { f.vms[theirsUUID].State = zstack.VMRunning }) }
		}), nil, present, "job-1", false, 1, true},
		"purged, away for a while": {
			all(going(fakezstack.UnknownDone), lookFails(fault(apierr.Unavailable, "SYS.1011"), fault(apierr.Unavailable, "SYS.1011"))), nil, present,
			"job-1", false, 1, true,
		},
		"the answer is lost, and it was made": {
			all(failing("Clone", lostAnswer()), func(f *fakeZStack) {
				f.Before["Clone"] = func() { f.change(func() { f.clone(zstack.CloneSpec{SourceUUID: sourceUUID, Name: "web"}) }) }
			}), nil, present, "unknown", false, 1, true,
		},
		"the answer is lost, and it was not made": {failing("Clone", lostAnswer()), nil, "was not created", none, false, 1, false},
		"the answer is lost, and no look": {
			all(failing("Clone", lostAnswer()), lookFails(fault(apierr.Internal, "SYS.1000"))), nil, "may have been created", "unknown", false, 1, true,
		},
		"the name is taken": {func(f *fakeZStack) {
			f.Before["VirtualMachinesNamed"] = secondCall(func() { f.change(func() { f.add(theirsUUID, "web", zstack.VMStopped) }) })
		}, nil, "exists already", none, false, 0, false},
		"the name was one's in the recycle bin": {func(f *fakeZStack) { f.add(theirsUUID, "web", zstack.VMDestroyed) }, nil, "", none, true, 1, false},
		"no answer about the name":              {failing("VirtualMachinesNamed", nil, fault(apierr.Internal, "SYS.1000")), nil, "SYS.1000", none, false, 0, false},
		"no answer about the source": {
			all(failing("VirtualMachine", nil, fault(apierr.Internal, "SYS.1000"), fault(apierr.Internal, "SYS.1000"))),
			config{"full": true},
			"SYS.1000", none, false, 0, false,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.play(t, false, false)
		})
	}
}

// lostAnswer is a request without an answer, which the client only tells where it cannot ask for the job.
func lostAnswer() error {
	return &apierr.Error{Kind: apierr.Unavailable, Code: apierr.CodeConnectionLost, Op: "CloneVmInstance", AnswerLost: true}
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

// TestCreateInterrupted has the user's Ctrl-C in the middle of the job.
func TestCreateInterrupted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ending

		warns bool
	}{
		"made in time":          {ending{nil, nil, "", none, true, 1, false}, false},
		"failed":                {ending{going(fakezstack.Fails), nil, "Interrupted: VM", none, false, 1, false}, false},
		"failed, and made":      {ending{going(fakezstack.FailsDone), nil, present, "job-1", false, 1, false}, true},
		"untold":                {ending{going(fakezstack.Immortal), nil, "may still come to be", "job-1", false, 1, false}, true},
		"untold, and made":      {ending{going(fakezstack.ImmortalDone), nil, present, "job-1", false, 1, false}, true},
		"untold, two of a name": {ending{all(going(fakezstack.ImmortalDone), other), nil, "may still come to be", "job-1", false, 1, false}, true},
		"lost":                  {ending{going(fakezstack.UnknownDone), nil, present, "job-1", false, 1, false}, true},
		"before it was asked for": {ending{func(f *fakeZStack) {
			f.Before["VirtualMachinesNamed"] = secondCall(func() { <-time.After(fakezstack.JobLength) })
		}, nil, "Interrupted: VM", none, false, 0, false}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.play(t, true, test.warns)
		})
	}
}

// TestCreateOutOfTime has timeouts.create end while the job goes on.
func TestCreateOutOfTime(t *testing.T) {
	t.Parallel()
	later := func(goes fakezstack.Behaviour) func(f *fakeZStack) {
		return all(going(fakezstack.Immortal), func(f *fakeZStack) {
			time.AfterFunc(70*time.Second, func() { f.Jobs["job-1"].Release(goes) })
		})
	}
	tests := map[string]ending{
		"made a little late":                  {later(fakezstack.Succeeds), nil, "", none, true, 1, false},
		"failed":                              {later(fakezstack.Fails), nil, "was not created within 1m0s", none, false, 1, false},
		"failed, and made":                    {later(fakezstack.FailsDone), nil, present, "job-1", false, 1, true},
		"untold":                              {going(fakezstack.Immortal), nil, "may still come to be", "job-1", false, 1, true},
		"untold, and made":                    {going(fakezstack.ImmortalDone), nil, present, "job-1", false, 1, true},
		"untold, and another client made one": {all(going(fakezstack.Immortal), other), nil, present, "job-1", false, 1, true},
		"untold, two of a name":               {all(going(fakezstack.ImmortalDone), other), nil, "may still come to be", "job-1", false, 1, true},
		"while it is looked for": {
			all(going(fakezstack.UnknownDone), lookFails(repeated(100, fault(apierr.Unavailable, "SYS.1011"))...)), nil,
			"may have been created", "job-1", false, 1, true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.play(t, false, false)
		})
	}
}

func repeated(times int, err error) []error {
	all := make([]error, times)
	for i := range all {
		all[i] = err
	}

	return all
}

// TestCreateSteps has what comes after the clone go wrong: the VM is in state whatever happens.
func TestCreateSteps(t *testing.T) {
	t.Parallel()
	described, on := config{"description": "d"}, config{"strategy": "InstantStart", "power_on": true}
	sourceDescribed := func(f *fakeZStack) { f.vms[sourceUUID].Description = "golden" }
	comesStopped := func(f *fakeZStack) {
		f.Before["UpdateVM"] = func() { f.change(func() { f.vms[f.newest()].State = zstack.VMStopped }) }
	}
	tests := map[string]struct {
		prepare func(f *fakeZStack)
		config  config
		says    string
		changes []string
	}{
		"described":                 {nil, described, "", []string{"Clone", "UpdateVM"}},
		"described as the source":   {sourceDescribed, config{"description": "golden"}, "", []string{"Clone"}},
		"not described":             {sourceDescribed, nil, "", []string{"Clone"}},
		"described as nothing":      {sourceDescribed, config{"description": ""}, "", []string{"Clone", "UpdateVM"}},
		"nothing to describe":       {nil, config{"description": ""}, "", []string{"Clone"}},
		"not to be described":       {failing("UpdateVM", fault(apierr.Denied, "ID.1002")), described, "could not give it its description", []string{"Clone", "UpdateVM"}},
		"described on second trial": {failing("UpdateVM", fault(apierr.Busy, "ID.1006")), described, "", []string{"Clone", "UpdateVM", "UpdateVM"}},
		"started":                   {comesStopped, config{"description": "d", "power_on": true}, "", []string{"Clone", "UpdateVM", "StartVM"}},
		"not to be started": {
			all(comesStopped, failing("StartVM", fault(apierr.Insufficient, "HOST_ALLOCATION.1001"))),
			config{"description": "d", "power_on": true},
			"could not power it on",
			[]string{"Clone", "UpdateVM", "StartVM"},
		},
		"not to be read": {failing("VirtualMachine", nil, nil, fault(apierr.Internal, "SYS.1000")), on, "could not read it", []string{"Clone"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				if test.prepare != nil {
					test.prepare(f)
				}
				said := c.Apply(t.Context(), basic(test.config))
				if got := f.changes(); !reflect.DeepEqual(got, test.changes) {
					t.Errorf("did %v, want %v", got, test.changes)
				}
				if c.Get("id") == none || c.Identified("uuid") != c.Get("id") {
					t.Errorf("the id is %s, the identity %s", c.Get("id"), c.Identified("uuid"))
				}
				if test.says == "" {
					said.Clean(t)
					c.Settled(basic(test.config))

					return
				}
				said.Failed(t, test.says)
				if !c.Tainted {
					t.Error("not tainted")
				}
				// untainted, the next apply does what is left
				c.Tainted = false
				c.Refresh().Clean(t)
				c.Apply(t.Context(), basic(test.config)).Clean(t)
				c.Settled(basic(test.config))
				if got := f.named("web"); len(got) != 1 || got[0] != c.Get("id") {
					t.Errorf("left %v", got)
				}
			})
		})
	}
}

// newest is the VM that was cloned last. The mutex is held.
func (f *fakeZStack) newest() string {
	last := ""
	for uuid := range f.vms {
		if uuid != sourceUUID && uuid > last {
			last = uuid
		}
	}

	return last
}

// TestCreateInterruptedInAStep has Ctrl-C before or in a step after the clone: a warning, and the VM is not tainted.
func TestCreateInterruptedInAStep(t *testing.T) {
	t.Parallel()
	comesStopped := func(f *fakeZStack) {
		time.AfterFunc(fakezstack.JobLength+time.Millisecond, func() { f.change(func() { f.vms[f.newest()].State = zstack.VMStopped }) })
	}
	tests := map[string]struct {
		prepare func(f *fakeZStack)
		after   time.Duration
		config  config
		says    string
	}{
		"before the description": {nil, fakezstack.JobLength / 2, config{"description": "d"}, "but did not give it its description"},
		"in the description": {
			func(f *fakeZStack) { f.Goes["UpdateVM"] = []fakezstack.Behaviour{fakezstack.Immortal} }, fakezstack.JobLength * 3 / 2,
			config{"description": "d"},
			"but did not give it its description",
		},
		"before the start": {comesStopped, fakezstack.JobLength * 3 / 2, config{"description": "d", "power_on": true}, "but did not power it on"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				if test.prepare != nil {
					test.prepare(f)
				}
				c.Apply(playedcli.Interrupted(t, test.after), basic(test.config)).Warned(t, test.says)
				if c.Tainted || c.Get("id") == none || c.Identified("uuid") != c.Get("id") {
					t.Errorf("tainted: %t, state %s", c.Tainted, c.State)
				}
				c.Refresh().Clean(t)
				if said := c.Apply(t.Context(), basic(test.config)).Clean(t); said.Action != "update" {
					t.Errorf("the plan was to %s", said.Action)
				}
				c.Settled(basic(test.config))
			})
		})
	}
}

// TestCreateWithoutClient is the configuration of a provider that is not known yet.
func TestCreateWithoutClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		c.Serve(serve(nil))
		c.Apply(c.T.Context(), basic()).Failed(c.T, "is not known yet")
	})
}
