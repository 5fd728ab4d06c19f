package vsphereclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestPlanDevices refuses in the plan what the platform refuses of disks: of a new machine, and of one that runs.
func TestPlanDevices(t *testing.T) {
	t.Parallel()
	update := func(values config) config { return config{"disks_to_update": config{"2000": values}} }
	add := func(values config) config { return config{"disks_to_add": config{"data": values}} }
	for name, test := range map[string]struct {
		created config // first, where it is not nil
		changed config
		prepare func(vm *vsphere.VirtualMachine)
		want    string
	}{
		"a datastore of a disk to add": {
			nil, basic(add(config{"capacity_gib": 1, "datastore_id": "datastore-99"})), nil, `There is no datastore "datastore-99"`,
		},
		"a datastore of a disk that is added later": {
			basic(), basic(add(config{"capacity_gib": 1, "datastore_id": "datastore-99"})), nil, `There is no datastore "datastore-99"`,
		},
		"a datastore that a disk moves to": {
			basic(update(config{"datastore_id": "datastore-1"})), basic(update(config{"datastore_id": "datastore-99"})), nil,
			`There is no datastore "datastore-99"`,
		},
		"an IDE disk of a running machine": {
			basic(config{"power_on": true}), basic(config{"power_on": true}, add(config{"capacity_gib": 1, "controller": "ide0"})), nil,
			`VM "web" must be off for this`,
		},
		"a growing IDE disk of a running machine": {
			basic(config{"power_on": true}), basic(config{"power_on": true}, update(config{"capacity_gib": 5})), func(vm *vsphere.VirtualMachine) {
				disk := vm.Disks["2000"]
				disk.Controller, disk.Mode = "ide0", "persistent"
				vm.Disks["2000"] = disk
			}, `VM "web" must be off for this`,
		},
		"a growing disk of a machine with a snapshot": {
			basic(config{"power_on": true}), basic(config{"power_on": true}, update(config{"capacity_gib": 5})), func(vm *vsphere.VirtualMachine) {
				disk := vm.Disks["2000"]
				disk.Parent = "[LocalDS_0] web/web.vmdk"
				vm.Disks["2000"] = disk
			}, "The disk 2000 can't grow",
		},
		"a growing linked disk": {
			nil, basic(config{"linked": true, "snapshot_id": "snapshot-1"}, update(config{"capacity_gib": 5})), nil, "The linked disk 2000 can't grow",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			fake.Snapshots = map[string][]vsphere.Snapshot{fakevsphere.GoldenID: {{ID: "snapshot-1"}}}
			c := newCore(t, fake)
			if test.created != nil {
				c.Apply(t.Context(), test.created).Clean(t)
			}
			if test.prepare != nil {
				fake.Change("web", test.prepare)
				c.Refresh()
			}
			c.Plan(test.changed).FailedTitle(t, test.want)
		})
	}
}

// TestLinked_cameOutFull warns of a linked clone whose disks are copies.
func TestLinked_cameOutFull(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	fake.Snapshots = map[string][]vsphere.Snapshot{fakevsphere.GoldenID: {{ID: "snapshot-1"}}}
	linked := basic(config{"linked": true, "snapshot_id": "snapshot-1"})
	newCore(t, fake).Apply(t.Context(), linked).Clean(t)
	fake.Copies = true
	newCore(t, fake).Apply(t.Context(), basic(linked, config{"name": "full"})).WarnedTitle(t, `Disks of VM "full" are not linked`)
}
