package zstackclone

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// set is the value of a set of texts.
func set(all ...string) []tftypes.Value {
	elements := make([]tftypes.Value, len(all))
	for i, text := range all {
		elements[i] = tftypes.NewValue(tftypes.String, text)
	}

	return elements
}

// TestUpdate changes a VM, and counts what is done for it.
func TestUpdate(t *testing.T) {
	t.Parallel()
	state := func(state zstack.VMState) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.vms[f.newest()].State = state }
	}
	tests := map[string]struct {
		before  config
		prepare func(f *fakeZStack) // after the VM was made, and before a refresh
		after   config
		changes []string
	}{
		"rename":               {nil, nil, config{"name": "db"}, []string{"UpdateVM"}},
		"describe":             {nil, nil, config{"description": "d"}, []string{"UpdateVM"}},
		"rename and describe":  {nil, nil, config{"name": "db", "description": "d"}, []string{"UpdateVM"}},
		"describe as nothing":  {config{"description": "d"}, nil, config{"description": ""}, []string{"UpdateVM"}},
		"describe no longer":   {config{"description": "d"}, nil, config{}, nil},
		"described by others":  {nil, func(f *fakeZStack) { f.vms[f.newest()].Description = "d" }, config{}, nil},
		"described anew":       {config{"description": "d"}, func(f *fakeZStack) { f.vms[f.newest()].Description = "e" }, config{"description": "d"}, []string{"UpdateVM"}},
		"renamed by others":    {nil, func(f *fakeZStack) { f.vms[f.newest()].Name = "theirs" }, config{}, []string{"UpdateVM"}},
		"power off":            {nil, nil, config{"power_on": false}, []string{"StopVM grace"}},
		"power on":             {config{"power_on": false}, nil, config{"power_on": true}, []string{"StartVM"}},
		"power on a record":    {config{"strategy": "JustCreate"}, nil, config{"power_on": true}, []string{"StartVM"}},
		"paused by others":     {config{"power_on": true}, state(zstack.VMPaused), config{"power_on": true}, []string{"ResumeVM"}},
		"paused, off":          {config{}, state(zstack.VMPaused), config{"power_on": false}, nil},
		"crashed":              {config{"power_on": true}, state(zstack.VMCrashed), config{"power_on": true}, []string{"StartVM"}},
		"stopped by others":    {config{"power_on": true}, state(zstack.VMStopped), config{"power_on": true}, []string{"StartVM"}},
		"stopped, left alone":  {config{}, state(zstack.VMStopped), config{}, nil},
		"its state is unknown": {config{"power_on": true}, state(zstack.VMUnknown), config{"power_on": true}, nil},
		"tag": {nil, nil, config{"system_tags": set("ha::NeverStop", "x"), "user_tags": set("u")}, []string{
			"CreateSystemTag ha::NeverStop", "CreateSystemTag x", "CreateUserTag u",
		}},
		"untag": {
			config{"system_tags": set("ha::NeverStop", "x"), "user_tags": set("u", "v")},
			nil,
			config{"system_tags": set("x"), "user_tags": set("v")},
			[]string{"DeleteTag", "DeleteTag"},
		},
		"untag all":       {config{"system_tags": set("x"), "user_tags": set("u")}, nil, config{"system_tags": set(), "user_tags": set()}, []string{"DeleteTag", "DeleteTag"}},
		"tag no longer":   {config{"system_tags": set("x"), "user_tags": set("u")}, nil, config{}, []string{"DeleteTag"}},
		"a tag of others": {config{"user_tags": set("u")}, tagged("theirs"), config{"user_tags": set("u")}, []string{"DeleteTag"}},
		"a tag of ours, gone": {
			config{"system_tags": set("x")},
			func(f *fakeZStack) { f.systemTags[f.newest()] = nil },
			config{"system_tags": set("x")},
			[]string{"CreateSystemTag x"},
		},
		"a tag of ZStack's own, no longer": {config{"system_tags": set("vmConfigTag::theirs")}, nil, config{}, nil},
		"what applies at destroy only":     {nil, nil, config{"delete_mode": "Enforcing", "expunge_on_destroy": true, "shutdown_timeout": "1m"}, nil},
		"a strategy is set":                {nil, nil, config{"strategy": "InstantStart"}, nil},
		"full as it was":                   {nil, nil, config{"full": false}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				vm := c.cloned(t, test.before)
				if test.prepare != nil {
					f.change(func() { test.prepare(f) })
				}
				c.Refresh().Clean(t)
				f.changes()
				after := basic(test.after)
				c.Apply(t.Context(), after).Clean(t)
				if got := f.changes(); !reflect.DeepEqual(got, test.changes) {
					t.Errorf("did %v, want %v", got, test.changes)
				}
				c.Settled(after)
				c.Is(vm.UUID, "id")
				if len(f.specs) != 1 || !slices.ContainsFunc(f.systemTags[vm.UUID], func(tag zstack.Tag) bool { return tag.Inherent }) &&
					name != "a tag of ours, gone" {
					t.Errorf("%d clones, tags %v", len(f.specs), f.systemTags[vm.UUID])
				}
			})
		})
	}
}

// tagged has another client put a user tag on the VM.
func tagged(tag string) func(f *fakeZStack) {
	return func(f *fakeZStack) {
		f.userTags[f.newest()] = append(f.userTags[f.newest()], zstack.Tag{UUID: f.uuid(), Tag: tag})
	}
}

// TestUpdateInTrouble has a step go wrong.
func TestUpdateInTrouble(t *testing.T) {
	t.Parallel()
	goes := func(method string, goes ...fakezstack.Behaviour) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.Goes[method] = goes }
	}
	renamed, off, tag := config{"name": "db"}, config{"power_on": false}, config{"user_tags": set("u", "v")}
	passing := func(f *fakeZStack) { // a stop that another client asked for
		f.vms[f.newest()].State = zstack.VMStopping
		f.Before["StopVM"] = func() {
			if f.Made("StopVM cold") == 2 {
				f.change(func() { f.vms[f.newest()].State = zstack.VMStopped })
			}
		}
	}
	tests := map[string]struct {
		prepare func(f *fakeZStack)
		after   config
		says    string
		changes []string
	}{
		"refused":           {failing("UpdateVM", fault(apierr.Denied, "ID.1002")), renamed, `Could not rename VM "web"`, []string{"UpdateVM"}},
		"failed":            {goes("UpdateVM", fakezstack.Fails), renamed, "SYS.1006", []string{"UpdateVM"}},
		"busy":              {failing("UpdateVM", fault(apierr.Busy, "ID.1006")), renamed, "", []string{"UpdateVM", "UpdateVM"}},
		"gave up, and done": {goes("UpdateVM", fakezstack.GaveUpDone), renamed, "", []string{"UpdateVM", "UpdateVM"}},
		"gave up for good":  {goes("UpdateVM", fakezstack.GaveUp, fakezstack.GaveUp), renamed, "SYS.1001", []string{"UpdateVM", "UpdateVM"}},
		"never arrived":     {goes("UpdateVM", fakezstack.Unknown), renamed, "", []string{"UpdateVM", "UpdateVM"}},
		"purged":            {goes("UpdateVM", fakezstack.UnknownDone), renamed, "", []string{"UpdateVM", "UpdateVM"}},
		"purged for good":   {goes("UpdateVM", fakezstack.Unknown, fakezstack.Unknown), renamed, "does not know", []string{"UpdateVM", "UpdateVM"}},
		"immortal":          {goes("UpdateVM", fakezstack.Immortal), renamed, "had not ended after", []string{"UpdateVM"}},
		"destroyed":         {func(f *fakeZStack) { delete(f.vms, f.newest()) }, renamed, "SYS.1003", []string{"UpdateVM"}},
		"the guest does not shut down": {goes("StopVM", fakezstack.Fails), off, "", []string{
			"StopVM grace", "StopVM cold",
		}},
		"the guest takes too long": {goes("StopVM", fakezstack.Immortal), config{"power_on": false, "shutdown_timeout": "10s"}, "", []string{
			"StopVM grace", "StopVM cold",
		}},
		"neither shuts down": {goes("StopVM", fakezstack.Fails, fakezstack.Fails), off, `Could not power off VM "web"`, []string{"StopVM grace", "StopVM cold"}},
		"it stops meanwhile": {all(goes("StopVM", fakezstack.WrongState), func(f *fakeZStack) {
			f.Before["StopVM"] = func() { f.change(func() { f.vms[f.newest()].State = zstack.VMStopped }) }
		}), off, "", []string{"StopVM grace"}},
		"it is stopping":     {passing, off, "", []string{"StopVM cold", "StopVM cold"}},
		"a tag fails":        {goes("CreateUserTag", fakezstack.Succeeds, fakezstack.Fails), tag, `Could not set the user tags of VM "web"`, []string{"CreateUserTag u", "CreateUserTag v"}},
		"tags can't be read": {failing("UserTags", fault(apierr.Denied, "ID.1002")), tag, "ID.1002", nil},
		"a tag goes by itself": {func(f *fakeZStack) {
			f.systemTags[f.newest()] = append(f.systemTags[f.newest()], zstack.Tag{UUID: "t", Tag: "x"})
			f.Before["DeleteTag"] = func() { f.change(func() { f.systemTags[f.newest()] = nil }) }
		}, config{"system_tags": nil}, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				before, after := basic(config{"timeouts": config{"update": "1m"}}), basic(config{"timeouts": config{"update": "1m"}}, test.after)
				c.Apply(t.Context(), before).Clean(t)
				f.changes()
				f.change(func() { test.prepare(f) })
				said := c.Apply(t.Context(), after)
				if got := f.changes(); !reflect.DeepEqual(got, test.changes) {
					t.Errorf("did %v, want %v", got, test.changes)
				}
				if test.says == "" {
					said.Clean(t)
					c.Settled(after)

					return
				}
				said.Failed(t, test.says)
				if c.Tainted || c.Get("name") != "web" || c.Get("power_on") != "true" {
					t.Errorf("tainted: %t, state %s", c.Tainted, c.State)
				}
				f.Before = map[string]func(){}
				if len(f.named("web")) == 0 {
					return
				}
				c.Refresh().Clean(t)
				c.Apply(t.Context(), after).Clean(t) // goes on
				c.Settled(after)
			})
		})
	}
}

// TestUpdateInterrupted has Ctrl-C while a job goes on: the state tells what is there.
func TestUpdateInterrupted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		goes fakezstack.Behaviour
		says string
		name string
	}{
		"done":         {fakezstack.Succeeds, "", "db"},
		"untold":       {fakezstack.Immortal, "Could not rename", "web"},
		"failed":       {fakezstack.Fails, "SYS.1006", "web"},
		"done, untold": {fakezstack.ImmortalDone, "Could not rename", "db"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.cloned(t)
				f.Goes["UpdateVM"] = []fakezstack.Behaviour{test.goes}
				said := c.Apply(playedcli.Interrupted(t, fakezstack.JobLength/2), basic(config{"name": "db"}))
				if test.says == "" {
					said.Clean(t)
				} else {
					said.Failed(t, test.says)
				}
				c.Is(test.name, "name")
				if c.Tainted {
					t.Error("tainted")
				}
				c.Apply(t.Context(), basic(config{"name": "db"})).Clean(t)
				c.Settled(basic(config{"name": "db"}))
			})
		})
	}
}
