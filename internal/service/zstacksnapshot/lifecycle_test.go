package zstacksnapshot

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func TestRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change   func(f *fakeZStack)
		dropped  bool
		fails    string
		warns    string
		complete string
		planned  string // after the refresh
	}{
		"there":          {change: func(*fakeZStack) {}, complete: "true", planned: "none"},
		"deleted":        {change: func(f *fakeZStack) { f.groups = nil }, dropped: true, planned: "create"},
		"not to be read": {change: failing("SnapshotGroup", fault(apierr.Denied, "ID.1002")), fails: "Could not read snapshot group", complete: "true", planned: "none"},
		"renamed":        {change: func(f *fakeZStack) { f.groups[0].Name = "theirs" }, complete: "true", planned: "update"},
		"described anew": {change: func(f *fakeZStack) { f.groups[0].Description = "theirs" }, complete: "true", planned: "none"},
		"a member is gone": {
			change: func(f *fakeZStack) { f.groups[0].Snapshots[1].Deleted = true }, warns: "is not complete any more", complete: "false",
			planned: "none",
		},
		"the VM is destroyed": {change: func(f *fakeZStack) { f.vm.State = zstack.VMDestroyed }, complete: "true", planned: "none"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.taken(t)
				test.change(f)
				said := c.Refresh()
				switch {
				case test.fails != "":
					said.Failed(t, test.fails)
				case test.warns != "":
					said.Warned(t, test.warns)
				default:
					said.Clean(t)
				}
				if c.State.IsNull() != test.dropped {
					t.Fatalf("dropped: %t, want %t", c.State.IsNull(), test.dropped)
				}
				if !test.dropped {
					c.Is(test.complete, "complete")
				}
				if planned := c.Plan(basic()).Clean(t); planned.Action != test.planned {
					t.Errorf("the plan is to %s, want %s", planned.Action, test.planned)
				}
			})
		})
	}
}

// TestReadWithoutClient keeps the state while the provider's configuration is not known.
func TestReadWithoutClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		t := c.T
		c.taken(t)
		id := c.Get("id")
		c.Serve(serve(nil))
		c.Refresh().Clean(t)
		c.Is(id, "id")
		if c.Identified("uuid") != id {
			t.Errorf("the identity is %s", c.Identified("uuid"))
		}
		if said := c.Plan(basic()).Clean(t); said.Action != "none" {
			t.Errorf("the plan is to %s", said.Action)
		}
		c.Destroy(t.Context()).Failed(t, "is not known yet")
		c.Apply(t.Context(), basic(config{"name": "renamed"})).Failed(t, "is not known yet")
		c.Forget()
		c.ImportBy(vmUUID, nil).Failed(t, "is not known yet")
	})
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	renamed := config{"name": "renamed", "timeouts": config{"update": "1m"}}
	goes := func(behaviours ...fakezstack.Behaviour) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.Goes["UpdateSnapshotGroup"] = behaviours }
	}
	tests := map[string]struct {
		prepare     func(f *fakeZStack)
		config      config
		says        string
		name        string // afterwards, in state and on the platform
		description string
		asked       int
	}{
		"renamed":           {func(*fakeZStack) {}, renamed, "", "renamed", "old", 1},
		"described":         {func(*fakeZStack) {}, config{"description": "new"}, "", "before", "new", 1},
		"cleared":           {func(*fakeZStack) {}, config{"description": ""}, "", "before", "", 1},
		"neither":           {func(*fakeZStack) {}, config{"timeouts": config{"read": "1m"}}, "", "before", "old", 0},
		"refused":           {failing("UpdateSnapshotGroup", fault(apierr.Denied, "ID.1002")), renamed, "Could not rename snapshot group", "before", "old", 1},
		"failed":            {goes(fakezstack.Fails), renamed, "SYS.1006", "before", "old", 1},
		"busy":              {failing("UpdateSnapshotGroup", fault(apierr.Busy, "ID.1006")), renamed, "", "renamed", "old", 2},
		"gave up, and done": {goes(fakezstack.GaveUpDone), renamed, "", "renamed", "old", 2},
		"never arrived":     {goes(fakezstack.Unknown), renamed, "", "renamed", "old", 2},
		"purged":            {goes(fakezstack.UnknownDone), renamed, "", "renamed", "old", 2},
		"immortal":          {goes(fakezstack.Immortal), renamed, "had not ended after", "before", "old", 1},
		"immortal, done":    {goes(fakezstack.ImmortalDone), renamed, "", "renamed", "old", 1},
		"deleted":           {func(f *fakeZStack) { f.groups = nil }, renamed, "SYS.1003", "before", "old", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.taken(t, config{"description": "old"})
				test.prepare(f)
				said := c.Apply(t.Context(), basic(config{"description": "old"}, test.config))
				if test.says == "" {
					said.Clean(t)
				} else {
					said.Failed(t, test.says)
				}
				c.Is(test.name, "name")
				c.Is(test.description, "description")
				if n := f.Made("UpdateSnapshotGroup"); n != test.asked {
					t.Errorf("asked %d times, want %d", n, test.asked)
				}
				if len(f.groups) > 0 && (f.groups[0].Name != test.name || f.groups[0].Description != test.description) {
					t.Errorf("the group is %+v", f.groups[0])
				}
				if test.says == "" {
					c.Settled(basic(config{"description": "old"}, test.config))
				}
			})
		})
	}
}

func TestReplacements(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		c.taken(t)
		id := c.Get("id")
		if planned := c.Plan(basic(config{"vm_uuid": dataUUID})); len(planned.RequiresReplaceFor) != 1 {
			t.Errorf("another VM replaces for %v", planned.RequiresReplaceFor)
		}
		said := c.Apply(t.Context(), basic(config{"with_memory": true})).Clean(t)
		if said.Action != "replace" || len(f.groups) != 1 || c.Get("id") == id {
			t.Errorf("%s: %+v", said.Action, f.groups)
		}
		c.Settled(basic(config{"with_memory": true}))
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	goes := func(behaviours ...fakezstack.Behaviour) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.Goes["DeleteSnapshotGroup"] = behaviours }
	}
	tests := map[string]struct {
		prepare   func(f *fakeZStack)
		interrupt bool // half a second after the beginning; else timeouts.delete ends after a minute
		says      string
		asked     int
	}{
		"deleted":          {func(*fakeZStack) {}, false, "", 1},
		"gone":             {func(f *fakeZStack) { f.groups = nil }, false, "", 1},
		"gone with the VM": {func(f *fakeZStack) { f.groups, f.vm = nil, nil }, false, "", 1},
		"refused":          {failing("DeleteSnapshotGroup", fault(apierr.Denied, "ID.1002")), false, "Could not delete snapshot group", 1},
		"refused, and gone": {func(f *fakeZStack) {
			f.Errs["DeleteSnapshotGroup"] = []error{fault(apierr.InvalidState, "VM.1010")}
			f.groups = nil
		}, false, "", 2},
		"failed":               {goes(fakezstack.Fails), false, "SYS.1006", 1},
		"busy":                 {failing("DeleteSnapshotGroup", fault(apierr.Busy, "ID.1006")), false, "", 2},
		"gave up":              {goes(fakezstack.GaveUp), false, "", 2},
		"gave up, and done":    {goes(fakezstack.GaveUpDone), false, "", 2},
		"never arrived":        {goes(fakezstack.Unknown), false, "", 2},
		"purged":               {goes(fakezstack.UnknownDone), false, "", 2},
		"immortal":             {goes(fakezstack.Immortal), false, "had not ended after", 1},
		"immortal, done":       {goes(fakezstack.ImmortalDone), false, "", 1},
		"interrupted":          {goes(fakezstack.Immortal), true, "Could not delete", 1},
		"done, interrupted":    {goes(fakezstack.Succeeds), true, "", 1},
		"the answer is broken": {goes(fakezstack.ImmortalDone), true, "", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.taken(t, config{"timeouts": config{"delete": "1m"}})
				id := c.Get("id")
				test.prepare(f)
				ctx := t.Context()
				if test.interrupt {
					ctx = playedcli.Interrupted(t, fakezstack.JobLength/2)
				}
				said := c.Destroy(ctx)
				if test.says == "" {
					said.Clean(t)
				} else {
					said.Failed(t, test.says)
					c.Is(id, "id")
				}
				if c.State.IsNull() != (test.says == "") {
					t.Errorf("state %s", c.State)
				}
				if n := f.Made("DeleteSnapshotGroup"); n != test.asked {
					t.Errorf("asked %d times, want %d", n, test.asked)
				}
				if test.says != "" { // the next destroy goes on
					c.Refresh().Clean(t)
					c.Destroy(t.Context()).Clean(t)
				}
				if len(f.groups) != 0 {
					t.Errorf("left: %+v", f.groups)
				}
			})
		})
	}
}

// TestDeleteInPart leaves a snapshot behind, which the next apply deletes.
func TestDeleteInPart(t *testing.T) {
	t.Parallel()
	for name, dissolves := range map[string]bool{"the group stays": false, "the group is dissolved": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.taken(t)
				stuck := f.groups[0].Snapshots[1].UUID
				f.stuck[stuck], f.dissolves = fault(apierr.Internal, "SYS.1006"), dissolves
				said := c.Destroy(t.Context()).Failed(t, "- "+stuck+"  data volume "+dataUUID)
				compareGolden(t, normal(said.String()))
				if dissolves {
					c.Refresh().Clean(t)
					if !c.State.IsNull() {
						t.Errorf("state %s", c.State)
					}

					return
				}
				c.Is("false", "complete")
				c.Refresh().Warned(t, "is not complete any more")
				delete(f.stuck, stuck)
				c.Destroy(t.Context()).Clean(t)
				if len(f.groups) != 0 || !c.State.IsNull() {
					t.Errorf("left: %+v, state %s", f.groups, c.State)
				}
			})
		})
	}
}
