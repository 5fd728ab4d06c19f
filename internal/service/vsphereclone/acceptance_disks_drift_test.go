package vsphereclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// isDiskAt tells the disk on a unit of the first SCSI controller.
func isDiskAt(unit int32) func(device types.BaseVirtualDevice) bool {
	return func(device types.BaseVirtualDevice) bool {
		disk, ok := device.(*types.VirtualDisk)

		return ok && disk.ControllerKey == 1000 && disk.UnitNumber != nil && *disk.UnitNumber == unit
	}
}

// editDisk changes a disk behind Terraform's back.
func (s *suite) editDisk(name string, unit int32, change func(disk *types.VirtualDisk, backing *types.VirtualDiskFlatVer2BackingInfo)) {
	s.t.Helper()
	s.withDevices(name, func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
		disk, _ := devices.Select(isDiskAt(unit))[0].(*types.VirtualDisk)
		backing, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
		change(disk, backing)

		return vm.EditDevice(s.t.Context(), disk)
	})
}

func grow(bytes int64) func(*types.VirtualDisk, *types.VirtualDiskFlatVer2BackingInfo) {
	return func(disk *types.VirtualDisk, _ *types.VirtualDiskFlatVer2BackingInfo) {
		disk.CapacityInBytes += bytes
		disk.CapacityInKB = disk.CapacityInBytes >> 10
	}
}

func inMode(mode string) func(*types.VirtualDisk, *types.VirtualDiskFlatVer2BackingInfo) {
	return func(_ *types.VirtualDisk, backing *types.VirtualDiskFlatVer2BackingInfo) { backing.DiskMode = mode }
}

// What another client does to a disk shows where it is managed, and is repaired as far as vSphere can.
func TestAccVSphereClone_disksDrift(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	first, second := s.gib("2000"), s.gib("2001")
	managed := func(size float64) string {
		return s.clone(
			fmt.Sprintf(`disks_to_update = { "2000" = { capacity_gib = %v, datastore_id = %q, mode = "persistent" } }`, first+1, s.datastore),
			fmt.Sprintf(`disks_to_add = { data = { capacity_gib = %v, datastore_id = %q } }`, size, s.datastore),
		)
	}
	whole := func(size float64) []string {
		return []string{
			fmt.Sprintf("%v %s persistent thin=%v", first+1, s.datastore, s.thin("2000")),
			fmt.Sprintf("%v %s persistent thin=%v", second, s.datastore, s.thin("2001")),
			fmt.Sprintf("%v %s persistent thin=false", size, s.datastore),
		}
	}
	repaired := func(size float64, before func()) resource.TestStep {
		return after(s.applied(plancheck.ResourceActionUpdate, managed(size), "web", s.hasDisks(whole(size)...)), before)
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, managed(4), "web", s.hasDisks(whole(4)...)),
		repaired(4, func() { s.editDisk("web", 0, inMode("independent_persistent")) }),
		repaired(4, func() { s.moveDisk("web", 0, s.datastore1) }),
		repaired(4, func() { s.remove("web", isDiskAt(2)) }),
		// vSphere can't shrink a disk: the plan says what the disk has, and the configuration follows it.
		after(resource.TestStep{Config: managed(4), ExpectError: acctest.Says("has 5 GiB, and vSphere only lets disks grow")},
			func() { s.editDisk("web", 2, grow(1<<30)) }),
		s.applied(plancheck.ResourceActionNoop, managed(5), "web", s.hasDisks(whole(5)...)),
	)
	unmanaged := []string{whole(5)[1], fmt.Sprintf("%v %s independent_persistent thin=%v", first+1, s.datastore1, s.thin("2000"))}
	s.run( // what is not managed is for others
		s.applied(plancheck.ResourceActionCreate, s.clone(), "web", nil),
		after(s.applied(plancheck.ResourceActionNoop, s.clone(), "web", s.hasDisks(unmanaged...)), func() {
			s.editDisk("web", 0, grow(1<<30))
			s.editDisk("web", 0, inMode("independent_persistent"))
			s.moveDisk("web", 0, s.datastore1)
		}),
	)
}

// moveDisk moves a disk to another datastore behind Terraform's back.
func (s *suite) moveDisk(name string, unit int32, datastoreID string) {
	s.t.Helper()
	s.withDevices(name, func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
		task, err := vm.Relocate(s.t.Context(), types.VirtualMachineRelocateSpec{Disk: []types.VirtualMachineRelocateSpecDiskLocator{{
			DiskId:    devices.Select(isDiskAt(unit))[0].GetVirtualDevice().Key,
			Datastore: types.ManagedObjectReference{Type: "Datastore", Value: datastoreID},
		}}}, types.VirtualMachineMovePriorityDefaultPriority)
		if err != nil {
			return err
		}

		return task.Wait(s.t.Context())
	})
}

// A template's clone gets disks on every kind of controller, by the one task that makes it; an imported machine has them already.
func TestAccVSphereClone_disksOfEveryController(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool, "datastore_id", s.datastore),
		fmt.Sprintf(`disks_to_update = { "2000" = { capacity_gib = %v, provisioning = "thin" } }`, s.gib("2000")+1),
		`disks_to_add = {
    scsi = { capacity_gib = 1, controller = "scsi0", unit_number = 9, mode = "independent_persistent" }
    sata = { capacity_gib = 2, controller = "sata0", provisioning = "eager_zeroed" }
    nvme = { capacity_gib = 3, controller = "nvme0", provisioning = "thick" }
    ide  = { capacity_gib = 4, controller = "ide1", unit_number = 1, provisioning = "thin" }
  }`)
	line := func(size float64, mode string, thin bool) string {
		return fmt.Sprintf("%v %s %s thin=%v", size, s.datastore, mode, thin)
	}
	whole := s.hasDisks(line(s.gib("2000")+1, "persistent", true), line(s.gib("2001"), "persistent", s.thin("2001")),
		line(1, "independent_persistent", false), line(2, "persistent", false), line(3, "persistent", false), line(4, "persistent", true))
	create := and(s.applied(plancheck.ResourceActionCreate, config, "web", whole), s.requested(map[string]int{"CloneVM_Task": 1, "ReconfigVM_Task": 0}))
	at := func(name, controller string, unit int) []any {
		return []any{"disks_to_add." + name + ".controller", controller, "disks_to_add." + name + ".unit_number", unit}
	}
	places := append(append(append(at("scsi", "scsi0", 9), at("sata", "sata0", 0)...), at("nvme", "nvme0", 0)...), at("ide", "ide1", 1)...)
	create.ConfigStateChecks = stateIs(places...)
	imported := resource.TestStep{
		PreConfig:         func() { s.server.ResetRequests() },
		Config:            config + "\nimport {\n  to = " + web + "\n  id = \"/DC0/vm/web\"\n}\n",
		ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		Check:             resource.ComposeAggregateTestCheckFunc(acctest.CheckVM(s.server, "web", whole), s.requested(map[string]int{"ReconfigVM_Task": 0})),
		ConfigStateChecks: stateIs(places...),
	}
	s.run(create, s.forgotten(), imported,
		after(s.applied(plancheck.ResourceActionUpdate, config, "web", whole), func() {
			s.remove("web", func(device types.BaseVirtualDevice) bool {
				disk, ok := device.(*types.VirtualDisk)

				return ok && disk.CapacityInBytes == 4<<30
			})
		}))
}

// A disk that others have attached goes with the machine where the configuration says so.
func TestAccVSphereClone_deleteForeignDisks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone(`delete_foreign_disks = true`)
	step := resource.TestStep{Config: acctest.ProviderConfig(s.server) + "\n", Check: func(*terraform.State) error { return nil }}
	s.run(
		s.applied(plancheck.ResourceActionCreate, config, "web", nil),
		after(s.applied(plancheck.ResourceActionNoop, config, "web", func(vm vcenter.VM) error {
			return acctest.Same("disks", len(vm.Disks), 3)
		}), func() {
			s.attachDisk("web")
			s.server.ResetRequests()
		}),
		and(step, s.requested(map[string]int{"ReconfigVM_Task": 0, "Destroy_Task": 1})),
	)
}

// The mode that a running machine's disk has already can be written down: vSphere would refuse a reconfiguration that names it.
func TestAccVSphereClone_diskModeWrittenDown(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, s.clone(`power_on = true`), "web", nil), s.requested(nil)),
		and(s.applied(plancheck.ResourceActionUpdate, s.clone(`power_on = true`, `disks_to_update = { "2000" = { mode = "persistent" } }`), "web", nil),
			s.requested(map[string]int{"ReconfigVM_Task": 0})),
	)
}
