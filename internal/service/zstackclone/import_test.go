package zstackclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func TestImport(t *testing.T) {
	t.Parallel()
	const vm, other = "cccccccccccccccccccccccccccccccc", "dddddddddddddddddddddddddddddddd"
	tests := map[string]struct {
		id       string
		identity map[string]string
		prepare  func(f *fakeZStack)
		says     string
	}{
		"by uuid":                               {id: vm},
		"by name":                               {id: "db"},
		"by identity":                           {identity: map[string]string{"uuid": vm}},
		"by name beside one in the recycle bin": {id: "db", prepare: func(f *fakeZStack) { f.add(other, "db", zstack.VMDestroyed) }},
		"by a name that looks like a uuid":      {id: other, prepare: func(f *fakeZStack) { f.vms[vm].Name = other }},
		"no such uuid":                          {id: other, says: `No virtual machine has the uuid or the name "` + other + `"`},
		"no such name":                          {id: "web", says: `No virtual machine has the uuid or the name "web"`},
		"of another case":                       {id: "DB", says: "No virtual machine has"},
		"several":                               {id: "db", prepare: func(f *fakeZStack) { f.add(other, "db", zstack.VMRunning) }, says: "Several virtual machines have"},
		"in the recycle bin":                    {id: vm, prepare: func(f *fakeZStack) { f.vms[vm].State = zstack.VMDestroyed }, says: "is in the recycle bin"},
		"nothing":                               {identity: map[string]string{"uuid": ""}, says: "Cannot import nothing"},
		"no answer about the uuid":              {id: vm, prepare: failing("VirtualMachine", fault(apierr.Denied, "ID.1002")), says: "Could not read VM " + vm},
		"no answer about the name":              {id: "db", prepare: failing("VirtualMachinesNamed", fault(apierr.Denied, "ID.1002")), says: "Could not look up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				f.add(vm, "db", zstack.VMRunning).Volumes = []zstack.Volume{{UUID: dataUUID, Type: zstack.VolumeData}}
				f.volumes[dataUUID] = &zstack.Volume{UUID: dataUUID, VMInstanceUUID: vm}
				if test.prepare != nil {
					test.prepare(f)
				}
				said := c.ImportBy(test.id, test.identity)
				if test.says != "" {
					said.Failed(t, test.says)

					return
				}
				said.Warned(t, "The data volumes of VM \""+c.Get("name")+"\" are not imported")
				c.Is(vm, "id")
				if c.Identified("uuid") != vm {
					t.Errorf("the identity is %s", c.Identified("uuid"))
				}
				// What it was made with is written down, and nothing is replaced.
				web := basic(config{"name": c.Get("name"), "full": true, "cluster_uuid": clusterUUID, "strategy": "InstantStart", "expunge_on_destroy": true})
				f.changes()
				if said := c.Apply(t.Context(), web).Clean(t); said.Action != "update" || len(f.changes()) != 0 {
					t.Errorf("the plan was to %s", said.Action)
				}
				c.Settled(web)
				if planned := c.Plan(basic(web, config{"full": false})); planned.Action != "replace" {
					t.Errorf("after that the plan is to %s", planned.Action)
				}
				// A destroy leaves the volumes alone, since it is not known whose they are.
				c.Destroy(t.Context()).Clean(t)
				if volume, there := f.volumes[dataUUID]; !there || volume.Status == zstack.VolumeDeleted {
					t.Error("a volume of an imported VM was deleted")
				}
			})
		})
	}
}

// TestImportWithoutVolumes has nothing to warn of: a volume that several VMs share belongs to none of them.
func TestImportWithoutVolumes(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		f.add(theirsUUID, "db", zstack.VMRunning).Volumes = []zstack.Volume{{UUID: dataUUID, Type: zstack.VolumeData, Shareable: true}}
		c.ImportBy("db", nil).Clean(c.T)
	})
}

// TestImportWithoutClient can't be.
func TestImportWithoutClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		c.Serve(serve(nil))
		c.ImportBy("web", nil).Failed(c.T, "is not known yet")
	})
}
