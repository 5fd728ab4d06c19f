package vsphereinstantclone_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// runner is the address of the instant clone under test.
const runner = "vmfork_vsphere_instant_clone.runner"

// suite is a vCenter with what the tests name in it.
type suite struct {
	t      *testing.T
	server *vspheresim.Server
	api    string // how vim25 methods are called

	golden                vspheresim.VM // runs and is frozen
	folder, prod          string        // /DC0/vm and a folder in it
	pool, child           string        // the root pool of DC0_C0 and one in it
	datastore, datastore1 string
	group, network        string // the distributed port group that the golden VM is on, and a standard network
	card                  string // the label of the golden VM's network interface
}

func newSuite(t *testing.T, options ...vspheresim.Options) *suite {
	t.Helper()
	chosen := vspheresim.Options{VMs: 2}
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
	s.change(s.golden.Name, vspheresim.Change{InstantCloneFrozen: new(true)})

	return s
}

// furnish makes what the simulator does not start with: a folder, a resource pool, and a serial port of the golden VM.
func (s *suite) furnish() {
	s.t.Helper()
	client := s.login()
	finder := find.NewFinder(client.Client)
	vms, err := finder.Folder(s.t.Context(), "/DC0/vm")
	s.must(err)
	prod, err := vms.CreateFolder(s.t.Context(), "prod")
	s.must(err)
	root, err := finder.ResourcePool(s.t.Context(), "/DC0/host/DC0_C0/Resources")
	s.must(err)
	child, err := root.Create(s.t.Context(), "child", types.DefaultResourceConfigSpec())
	s.must(err)
	devices, err := s.object(client, s.golden.ID).Device(s.t.Context())
	s.must(err)
	s.card = devices.Name(devices.Find("ethernet-0"))
	if card := devices.FindByKey(4000); card != nil {
		s.card = card.GetVirtualDevice().DeviceInfo.GetDescription().Label
	}
	s.must(client.Logout(s.t.Context()))
	s.prod, s.child = prod.Reference().Value, child.Reference().Value
	s.server.ResetRequests()
}

// login returns a client of the simulator that knows nothing of ours.
func (s *suite) login() *govmomi.Client {
	s.t.Helper()
	client, err := govmomi.NewClient(s.t.Context(), &url.URL{
		Scheme: "https", Host: s.server.Endpoint(), Path: "/sdk", User: url.UserPassword(s.server.Username(), s.server.Password()),
	}, true)
	s.must(err)

	return client
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
func (s *suite) vm(name string) vspheresim.VM {
	s.t.Helper()
	vm, found := s.server.VM(name)
	if !found {
		s.t.Fatalf("the simulator has no VM %q", name)
	}

	return vm
}

// change changes a VM behind Terraform's back.
func (s *suite) change(name string, change vspheresim.Change) {
	s.t.Helper()
	s.must(s.server.ChangeVM(s.vm(name).ID, change))
}

// ethernet returns the network interface of a VM.
func (s *suite) ethernet(name string) types.VirtualEthernetCard {
	s.t.Helper()
	client := s.login()
	devices, err := s.object(client, s.vm(name).ID).Device(s.t.Context())
	s.must(err)
	s.must(client.Logout(s.t.Context()))
	card, ok := devices.FindByKey(4000).(types.BaseVirtualEthernetCard)
	if !ok {
		s.t.Fatalf("%s has no network interface 4000", name)
	}

	return *card.GetVirtualEthernetCard()
}

// ports returns the labels of the golden VM's serial and parallel port, empty where it has none.
func (s *suite) ports() (serial, parallel string) {
	s.t.Helper()
	client := s.login()
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
	client := s.login()
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
	client := s.login()
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
	for _, otherwise := range []string{`name = "runner"`, fmt.Sprintf("source_vm_id = %q", s.golden.ID), s.elsewhere()} {
		name, _, _ := strings.Cut(otherwise, " =")
		if !slices.ContainsFunc(arguments, func(line string) bool { return strings.HasPrefix(line, name+" =") }) {
			arguments = append(arguments, otherwise)
		}
	}

	return acctest.ProviderConfig(s.server, acctest.API(s.api)) +
		fmt.Sprintf("\nresource \"vmfork_vsphere_instant_clone\" \"runner\" {\n  %s\n}\n", strings.Join(arguments, "\n  "))
}

// placement returns a placement argument: name, id, name, id and so on.
func placement(parts ...string) string {
	var body strings.Builder
	for i := 0; i+1 < len(parts); i += 2 {
		fmt.Fprintf(&body, " %s = %q,", parts[i], parts[i+1])
	}

	return fmt.Sprintf("placement = {%s }", strings.TrimSuffix(body.String(), ","))
}

// run runs the steps and checks that nothing of the instant clones is left in the end.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(s.t),
		CheckDestroy:             acctest.CheckNoVM(s.server, "runner", "runner-2", "runner/3", "drifted"),
		Steps:                    steps,
	})
}

// applied is a step that applies a configuration with the expected action, looks at the simulator's VM, and expects a
// second plan that is empty.
func (s *suite) applied(action plancheck.ResourceActionType, config, name string, check func(vm vspheresim.VM) error) resource.TestStep {
	return resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(runner, action)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: acctest.CheckVM(s.server, name, check),
	}
}

// stateIs checks attributes of the instant clone: path, value, path, value and so on.
func stateIs(pairs ...string) []statecheck.StateCheck {
	var checks []statecheck.StateCheck
	for i := 0; i+1 < len(pairs); i += 2 {
		at := tfjsonpath.New(strings.Split(pairs[i], ".")[0])
		for _, step := range strings.Split(pairs[i], ".")[1:] {
			at = at.AtMapKey(step)
		}
		checks = append(checks, statecheck.ExpectKnownValue(runner, at, knownvalue.StringExact(pairs[i+1])))
	}

	return checks
}

// unchanged compares the values that the steps of a test see: they must not change.
type unchanged struct{}

// CompareValues implements compare.ValueComparer.
func (unchanged) CompareValues(values ...any) error {
	for _, value := range values[1:] {
		if value != values[0] {
			return fmt.Errorf("%v became %v", values[0], value)
		}
	}

	return nil
}

// same returns an error unless both are equal.
func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}

	return nil
}

// says matches a text that the CLI has wrapped.
func says(words string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(words), " ", `[\s│|]+`))
}
