package vspheresnapshot

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestAmong finds a snapshot by its id, and where that is another one's or none by time, name and place; never one of several.
func TestAmong(t *testing.T) {
	t.Parallel()
	taken := time.Date(2026, 1, 2, 15, 4, 5, 678, time.UTC)
	one := func(id, name, parent string, at time.Time, current bool) vsphere.Snapshot {
		return vsphere.Snapshot{ID: id, Name: name, ParentID: parent, CreatedAt: at, Current: current}
	}
	root := model{
		ID: types.StringValue("snapshot-1"), Name: types.StringValue("before"), CreatedAt: types.StringValue("2026-01-02T15:04:05Z"),
		ParentSnapshotID: types.StringNull(), IsCurrent: types.BoolValue(false),
	}
	child, bare := root, model{ID: root.ID, Name: root.Name}
	child.ParentSnapshotID = types.StringValue("snapshot-0")
	for name, test := range map[string]struct {
		state model
		all   []vsphere.Snapshot
		want  string
	}{
		"by its id":                        {root, []vsphere.Snapshot{one("snapshot-1", "renamed", "", taken, true)}, "snapshot-1"},
		"by its id alone":                  {bare, []vsphere.Snapshot{one("snapshot-1", "renamed", "", taken, true)}, "snapshot-1"},
		"under another id":                 {root, []vsphere.Snapshot{one("snapshot-9", "before", "", taken, true)}, "snapshot-9"},
		"its id is another one's":          {root, []vsphere.Snapshot{one("snapshot-1", "before", "", taken.Add(time.Hour), true)}, ""},
		"its id is another one's, it is 9": {root, []vsphere.Snapshot{one("snapshot-1", "x", "", taken.Add(time.Hour), true), one("snapshot-9", "before", "", taken, false)}, "snapshot-9"},
		"another name":                     {root, []vsphere.Snapshot{one("snapshot-9", "other", "", taken, true)}, ""},
		"another time":                     {root, []vsphere.Snapshot{one("snapshot-9", "before", "", taken.Add(time.Second), true)}, ""},
		"the root of two":                  {root, []vsphere.Snapshot{one("snapshot-8", "before", "", taken, false), one("snapshot-9", "before", "snapshot-8", taken, true)}, "snapshot-8"},
		"the child of two":                 {child, []vsphere.Snapshot{one("snapshot-8", "before", "", taken, false), one("snapshot-9", "before", "snapshot-8", taken, true)}, "snapshot-9"},
		"two alike":                        {root, []vsphere.Snapshot{one("snapshot-8", "before", "", taken, false), one("snapshot-9", "before", "", taken, false)}, ""},
		"nothing known":                    {bare, []vsphere.Snapshot{one("snapshot-9", "before", "", taken, true)}, ""},
	} {
		got, ok := test.state.among(test.all, "snapshot-1")
		if got.ID != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q, %t, want %q", name, got.ID, ok, test.want)
		}
	}
}

// TestIdentity_follow takes the new ids of a VM and its snapshot, and keeps one that it can't find there.
func TestIdentity_follow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change   func(f *fakeVSphere)
		warns    string
		id, vmID string
	}{
		"followed":        {func(f *fakeVSphere) { f.snapshots[0].ID, f.snapshots[0].VMID = "snapshot-900", "vm-9" }, "", "snapshot-900", "vm-9"},
		"not found again": {func(f *fakeVSphere) { f.snapshots[0].ID, f.snapshots[0].Name = "snapshot-900", "x" }, "was not found again", "", vmID},
		"unreadable":      {func(f *fakeVSphere) { f.vm.NoConfig = true; f.vm.ID = vmID; f.snapshots = nil }, "can't read the configuration", "", vmID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				c.taken()
				was := c.Get("id")
				f.vm.ID = "vm-9"
				test.change(f)
				if test.warns == "" {
					c.Refresh().Clean(t)
				} else {
					c.Refresh().WarnedTitle(t, test.warns)
				}
				want := test.id
				if want == "" {
					want = was
				}
				c.Is(want, "id")
				c.Is(test.vmID, "vm_id")
			})
		})
	}
}

// TestRemove_reregistered loses the ids of VM and snapshot between the comparison and the request: the snapshot is found under its new id and
// removed. One that can't be told from others is not.
func TestRemove_reregistered(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(f *fakeVSphere) // besides
		removed string
	}{
		"found again": {func(*fakeVSphere) {}, "snapshot-900 children=false consolidate=true"},
		"one of two alike": {func(f *fakeVSphere) {
			twin := f.snapshots[0]
			twin.ID = "snapshot-901"
			f.snapshots = append(f.snapshots, twin)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				c.taken()
				f.before["RemoveSnapshot"] = func() {
					delete(f.before, "RemoveSnapshot")
					f.vm.ID, f.snapshots[0].ID, f.snapshots[0].VMID = "vm-9", "snapshot-900", "vm-9"
					test.change(f)
				}
				if destroyed := c.Destroy(c.T.Context()); test.removed != "" {
					destroyed.Clean(c.T)
				} else {
					destroyed.WarnedTitle(c.T, "was not found again, and not removed")
				}
				if got := strings.Join(f.removed, ", "); got != test.removed {
					c.T.Errorf("removed %q, want %q", got, test.removed)
				}
			})
		})
	}
}
