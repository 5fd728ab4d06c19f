package vsphereclone_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// diskLines returns the disks of a VM, each as "GiB datastore mode thin", in the order of size.
func (s *suite) diskLines(name string) []string {
	s.t.Helper()
	var lines []string
	for _, device := range s.devices(name) {
		if disk, ok := device.(*types.VirtualDisk); ok {
			backing, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
			lines = append(lines, fmt.Sprintf("%v %s %s thin=%v", float64(disk.CapacityInBytes)/(1<<30), backing.Datastore.Value, backing.DiskMode,
				backing.ThinProvisioned != nil && *backing.ThinProvisioned))
		}
	}
	slices.Sort(lines)

	return lines
}

// hasDisks checks the disks of the clone.
func (s *suite) hasDisks(want ...string) func(vcenter.VM) error {
	slices.Sort(want)

	return func(vm vcenter.VM) error {
		return acctest.Same("disks", strings.Join(s.diskLines(vm.Name), ", "), strings.Join(want, ", "))
	}
}

// gib returns the size of the golden VM's disk.
func (s *suite) gib(key string) float64 {
	return float64(s.golden.Disks[key].CapacityBytes) / (1 << 30)
}

// Disks of a clone are made and grown by the one task that makes the machine, and changed in place.
func TestAccVSphereClone_disks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	first, second := s.gib("2000"), s.gib("2001")
	with := func(size float64, more ...string) string {
		return s.clone(append(more, fmt.Sprintf(`disks_to_update = { "2000" = { capacity_gib = %v }, "2001" = { datastore_id = %q } }`, size, s.datastore1))...)
	}
	data := fmt.Sprintf(`disks_to_add = { data = { capacity_gib = 16.5, provisioning = "thin", datastore_id = %q } }`, s.datastore)
	two := fmt.Sprintf(`disks_to_add = { data = { capacity_gib = 17, datastore_id = %q }, log = { capacity_gib = 1, controller = "nvme0" } }`, s.datastore1)
	line := func(size float64, datastore string) string {
		return fmt.Sprintf("%v %s persistent thin=", size, datastore)
	}
	thin := func(key string) string { return fmt.Sprint(s.thin(key)) }
	s.run(
		and(s.applied(plancheck.ResourceActionCreate, with(first+0.5, data), "web", s.hasDisks(line(first+0.5, s.datastore)+thin("2000"),
			line(second, s.datastore1)+thin("2001"), line(16.5, s.datastore)+"true")), s.requested(map[string]int{"CloneVM_Task": 1, "ReconfigVM_Task": 0})),
		s.applied(plancheck.ResourceActionUpdate, with(first+2, two, `power_on = true`), "web", s.hasDisks(line(first+2, s.datastore)+thin("2000"),
			line(second, s.datastore1)+thin("2001"), line(17, s.datastore1)+"true", line(1, s.datastore)+"false")),
		s.applied(plancheck.ResourceActionUpdate, with(first+2, `power_on = true`), "web", s.hasDisks(line(first+2, s.datastore)+thin("2000"),
			line(second, s.datastore1)+thin("2001"))),
		s.applied(plancheck.ResourceActionUpdate, s.clone(fmt.Sprintf(`disks_to_update = { "2001" = { datastore_id = %q } }`, s.datastore)), "web",
			s.hasDisks(line(first+2, s.datastore)+thin("2000"), line(second, s.datastore)+thin("2001"))),
	)
}

// thin reports whether a disk of the golden VM is thin.
func (s *suite) thin(key string) bool {
	s.t.Helper()
	for _, device := range s.devices(s.golden.Name) {
		if disk, ok := device.(*types.VirtualDisk); ok && fmt.Sprint(disk.Key) == key {
			backing, _ := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)

			return backing.ThinProvisioned != nil && *backing.ThinProvisioned
		}
	}

	return false
}

// attachDisk attaches a disk of 1 GiB to a VM as another client does, a Kubernetes volume say.
func (s *suite) attachDisk(name string) {
	s.t.Helper()
	s.withDevices(name, func(vm *object.VirtualMachine, devices object.VirtualDeviceList) error {
		controller, err := devices.FindDiskController("")
		if err != nil {
			return err
		}
		disk := devices.CreateDisk(controller, types.ManagedObjectReference{Type: "Datastore", Value: s.datastore}, "[LocalDS_0] volume.vmdk")
		disk.CapacityInKB, disk.CapacityInBytes = 1<<20, 1<<30

		return vm.AddDevice(s.t.Context(), disk)
	})
}

// Disks that others attach are detached before the machine is destroyed.
func TestAccVSphereClone_foreignDisks(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(
		s.applied(plancheck.ResourceActionCreate, s.clone(`power_on = true`), "web", nil),
		and(after(s.applied(plancheck.ResourceActionNoop, s.clone(`power_on = true`), "web", nil), func() { s.attachDisk("web"); s.server.ResetRequests() }),
			func(state *terraform.State) error {
				attributes := state.RootModule().Resources[web].Primary.Attributes

				return errors.Join(acctest.Same("disks", attributes["disks.%"], "3"), acctest.Same("own disks", attributes["own_disks.%"], "2"))
			}),
		and(resource.TestStep{Config: acctest.ProviderConfig(s.server) + "\n", Check: func(*terraform.State) error { return nil }},
			s.requested(map[string]int{"ReconfigVM_Task": 1, "Destroy_Task": 1})),
	)
}

// Mistakes are errors of the plan, on the argument, and say what is there.
func TestAccVSphereClone_disksRefused(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	refused := func(words string, arguments ...string) resource.TestStep {
		return resource.TestStep{Config: s.clone(arguments...), ExpectError: acctest.Says(words)}
	}
	grown := fmt.Sprintf(`disks_to_update = { "2000" = { capacity_gib = %v } }`, s.gib("2000")+1)
	s.run(
		refused(`has no disk "2007"`, `disks_to_update = { "2007" = { capacity_gib = 20 } }`),
		refused(`The disk 2000 can't shrink`, `disks_to_update = { "2000" = { capacity_gib = 0.125 } }`),
		refused(`is no capacity of a disk`, `disks_to_add = { data = { capacity_gib = 0 } }`),
		refused(`is no controller`, `disks_to_add = { data = { capacity_gib = 1, controller = "usb0" } }`),
		refused(`Hard disk 1 is there`, `disks_to_add = { data = { capacity_gib = 1, controller = "scsi0", unit_number = 0 } }`),
		refused(`No machine has a place scsi0:7`, `disks_to_add = { data = { capacity_gib = 1, controller = "scsi0", unit_number = 7 } }`),
		s.applied(plancheck.ResourceActionCreate, s.clone(grown, `power_on = true`), "web", nil),
		refused(`The disk 2000 can't shrink`, `disks_to_update = { "2000" = { capacity_gib = 0.125 } }`, `power_on = true`),
		refused(`VM "web" must be off for this`, `disks_to_update = { "2000" = { mode = "independent_persistent" } }`, `power_on = true`),
	)
}
