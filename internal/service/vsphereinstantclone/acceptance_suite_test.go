package vsphereinstantclone_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// runner is the address of the instant clone under test.
const runner = "vmfork_vsphere_instant_clone.runner"

// suite is a vCenter with what the tests name in it.
type suite struct {
	environment []string // of the provider: see [acctest.Factories]
	t           *testing.T
	server      *vcenter.Server
	api         string // how vim25 methods are called

	golden                vcenter.VM // runs and is frozen
	folder, prod          string     // /DC0/vm and a folder in it
	pool, child           string     // the root pool of DC0_C0 and one in it
	datastore, datastore1 string
	group, network        string // the distributed port group that the golden VM is on, and a standard network
	nicLabel              string // the label of the golden VM's network interface
}

func newSuite(t *testing.T, options ...vcenter.Options) *suite {
	t.Helper()
	chosen := vcenter.Options{VMs: 2}
	if len(options) > 0 {
		chosen = options[0]
	}
	server := acctest.VSphere(t, chosen)
	s := &suite{
		t: t, server: server, api: "soap",
		folder: server.ID("/DC0/vm"), pool: server.ID("/DC0/host/DC0_C0/Resources"),
		datastore: server.ID("/DC0/datastore/LocalDS_0"), datastore1: server.ID("/DC0/datastore/LocalDS_1"),
		group: server.ID("/DC0/network/DC0_DVPG0"), network: server.ID("/DC0/network/VM Network"),
	}
	s.golden = s.vm("DC0_C0_RP0_VM0")
	s.furnish()
	s.change(s.golden.Name, vcenter.Change{InstantCloneFrozen: new(true)})

	return s
}

// furnish makes what the simulator does not start with: a folder, a resource pool, and a serial port of the golden VM.
func (s *suite) furnish() {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	s.prod, s.child = acctest.Furnish(s.t, client)
	devices, err := s.object(client, s.golden.ID).Device(s.t.Context())
	s.must(err)
	s.nicLabel = devices.Name(devices.Find("ethernet-0"))
	if nic := devices.FindByKey(4000); nic != nil {
		s.nicLabel = nic.GetVirtualDevice().DeviceInfo.GetDescription().Label
	}
	s.must(client.Logout(s.t.Context()))
	s.server.ResetRequests()
}

func (s *suite) object(client *govmomi.Client, id string) *object.VirtualMachine {
	return object.NewVirtualMachine(client.Client, types.ManagedObjectReference{Type: "VirtualMachine", Value: id})
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// vm returns a VM of the simulator's inventory, which must be there.
func (s *suite) vm(name string) vcenter.VM {
	s.t.Helper()

	return acctest.VM(s.t, s.server, name)
}

// change changes a VM behind Terraform's back.
func (s *suite) change(name string, change vcenter.Change) {
	s.t.Helper()
	s.must(s.server.ChangeVM(s.vm(name).ID, change))
}

// ethernet returns the network interface of a VM.
func (s *suite) ethernet(name string) types.VirtualEthernetCard {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	devices, err := s.object(client, s.vm(name).ID).Device(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	nic, ok := devices.FindByKey(4000).(types.BaseVirtualEthernetCard)
	if !ok {
		s.t.Fatalf("%s has no network interface 4000", name)
	}

	return *nic.GetVirtualEthernetCard()
}

// ports returns the labels of the golden VM's serial and parallel port, empty where it has none.
func (s *suite) ports() (serial, parallel string) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	devices, err := s.object(client, s.golden.ID).Device(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	for _, device := range devices {
		base := device.GetVirtualDevice()
		name := fmt.Sprint(base.Key)
		if base.DeviceInfo != nil {
			name = base.DeviceInfo.GetDescription().Label
		}
		switch device.(type) {
		case *types.VirtualSerialPort:
			serial = name
		case *types.VirtualParallelPort:
			parallel = name
		}
	}

	return serial, parallel
}

// portFiles returns the files that a VM's ports write to, sorted.
func (s *suite) portFiles(name string) []string {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	devices, err := s.object(client, s.vm(name).ID).Device(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	var files []string
	for _, device := range devices {
		switch device.(type) {
		case *types.VirtualSerialPort, *types.VirtualParallelPort:
			if backing, ok := device.GetVirtualDevice().Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
				files = append(files, backing.GetVirtualDeviceFileBackingInfo().FileName)
			}
		}
	}
	slices.Sort(files)

	return files
}

// reconfigure changes a VM behind Terraform's back.
func (s *suite) reconfigure(name string, spec types.VirtualMachineConfigSpec) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	task, err := s.object(client, s.vm(name).ID).Reconfigure(s.t.Context(), spec)
	s.must(err)
	s.must(task.Wait(s.t.Context()))
	s.must(client.Logout(s.t.Context()))
}

// elsewhere is the argument that takes the network interface off the source's network.
func (s *suite) elsewhere() string {
	return fmt.Sprintf(`network_interfaces = { "4000" = { network_id = %q } }`, s.network)
}

// fork returns a configuration of one instant clone with the arguments, each a line. Name, source and another network are
// given unless the arguments do.
func (s *suite) fork(arguments ...string) string {
	return acctest.ProviderConfig(s.server, acctest.API(s.api)) + acctest.Resource("vmfork_vsphere_instant_clone", "runner", arguments,
		`name = "runner"`, fmt.Sprintf("source_vm_id = %q", s.golden.ID), s.elsewhere())
}

// run runs the steps and checks that nothing of the instant clones is left in the end.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(s.t, s.environment...),
		CheckDestroy:             acctest.CheckNoVM(s.server, "runner", "runner-2", "runner/3", "drifted"),
		Steps:                    steps,
	})
}

// applied is a step that applies a configuration with the expected action, looks at the simulator's VM, and expects a
// second plan that is empty.
func (s *suite) applied(action plancheck.ResourceActionType, config, name string, check func(vm vcenter.VM) error) resource.TestStep {
	return acctest.Applied(runner, action, config, acctest.CheckVM(s.server, name, check))
}

// stateIs checks attributes of the instant clone: path, value, path, value and so on.
func stateIs(pairs ...any) []statecheck.StateCheck { return acctest.StateIs(runner, pairs...) }
