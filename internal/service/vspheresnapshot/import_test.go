package vspheresnapshot

import (
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestImport(t *testing.T) {
	t.Parallel()
	identity := func(vcenter, snapshot string) map[string]string {
		return map[string]string{"vcenter_uuid": vcenter, "vm_id": vmID, "snapshot_id": snapshot}
	}
	tests := map[string]struct {
		id       string
		identity map[string]string
		prepare  func(f *fakeVSphere)
		want     string // the id in state
		says     string
	}{
		"id":                     {id: "vm-1/snapshot-101", want: "snapshot-101"},
		"path":                   {id: "vm-1/base/child", want: "snapshot-102"},
		"a name like an id":      {id: "vm-1/snapshot-7", want: "snapshot-105"},
		"identity":               {identity: identity(fakeVCenter, "snapshot-102"), want: "snapshot-102"},
		"identity, upper case":   {identity: identity(strings.ToUpper(fakeVCenter), "snapshot-102"), want: "snapshot-102"},
		"identity of another":    {identity: identity("other", "snapshot-102"), says: "belongs to another vCenter"},
		"identity of none":       {identity: identity(fakeVCenter, "snapshot-999"), says: `No snapshot has the id or name "snapshot-999" in vm-1`},
		"no VM":                  {id: "vm-2/base", says: `No virtual machine has the id "vm-2"`},
		"no snapshot":            {id: "vm-1/nobody", says: `No snapshot has the path "nobody" in vm-1`},
		"several":                {id: "vm-1/twin", says: `Several snapshots have the path "twin" in vm-1`},
		"no VM's id":             {id: "web/base", says: `Cannot import "web/base"`},
		"nothing after the VM":   {id: "vm-1/", says: `Cannot import "vm-1/"`},
		"the path can't be read": {id: "vm-1/base", prepare: failing("Snapshots", fault(apierr.Internal, "x")), says: "Could not look up the snapshot"},
		"the id can't be read":   {id: "vm-1/snapshot-101", prepare: failing("Snapshots", fault(apierr.Internal, "x")), says: "Could not look up the snapshot"},
		"no vCenter":             {id: "vm-1/base", prepare: failing("About", fault(apierr.Unavailable, "")), says: "Could not connect to vCenter"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeVSphere) {
				t := c.T
				f.furnish()
				if test.prepare != nil {
					test.prepare(f)
				}
				said := c.ImportBy(test.id, test.identity)
				if test.says != "" {
					said.Failed(t, test.says)

					return
				}
				said.Clean(t)
				c.Is(test.want, "id")
				if got := c.identified(); got != vmID+"/"+test.want {
					t.Errorf("the identity is %s", got)
				}
				c.Settled(basic(config{"name": c.Get("name"), "memory": c.Get("memory") == "true"}))
			})
		})
	}
}

// TestImportSeveral lists them so that one can be chosen.
func TestImportSeveral(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.furnish()
		c.ImportBy("vm-1/twin", nil).Failed(t, "Only one can be imported:\n"+
			"  - vm-1/snapshot-103  twin, taken at 2026-01-02T15:04:05Z\n"+
			"  - vm-1/snapshot-104  twin, taken at 2026-01-02T16:04:05Z\n\nImport it by its id.")
	})
}

// TestImportDoesNotReplace writes down how the configuration says that the snapshot was taken, once.
func TestImportDoesNotReplace(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeVSphere) {
		t := c.T
		f.furnish()
		asRunning := basic(config{"name": "base", "quiesce": config{}, "memory": false})
		c.ImportBy("vm-1/base", nil).Clean(t)
		c.Is("true", "memory") // the machine ran in it
		if said := c.Apply(t.Context(), asRunning).Clean(t); said.Action != "update" {
			t.Fatalf("the plan is to %s", said.Action)
		}
		if len(f.calls) == 0 || f.made("RenameSnapshot")+f.made("CreateSnapshot") > 0 {
			t.Errorf("calls: %v", f.calls)
		}
		c.Settled(asRunning)
		if said := c.Plan(basic(config{"name": "base"})).Clean(t); said.Action != "replace" {
			t.Errorf("the plan is to %s", said.Action)
		}
	})
}

// furnish gives the VM snapshots that another client took.
func (f *fakeVSphere) furnish() {
	taken := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	f.snapshots = []vsphere.Snapshot{
		{ID: "snapshot-101", VMID: vmID, Name: "base", Path: "base", PowerState: vsphere.PoweredOn, CreatedAt: taken},
		{ID: "snapshot-102", VMID: vmID, Name: "child", Path: "base/child", ParentID: "snapshot-101", Depth: 1, CreatedAt: taken},
		{ID: "snapshot-103", VMID: vmID, Name: "twin", Path: "twin", CreatedAt: taken},
		{ID: "snapshot-104", VMID: vmID, Name: "twin", Path: "twin", CreatedAt: taken.Add(time.Hour)},
		{ID: "snapshot-105", VMID: vmID, Name: "snapshot-7", Path: "snapshot-7", CreatedAt: taken},
	}
}
