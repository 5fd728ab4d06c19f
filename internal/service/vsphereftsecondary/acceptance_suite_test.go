package vsphereftsecondary_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	// db is the address of the secondary under test.
	db = "vmfork_vsphere_ft_secondary.db"
	// createMethod is the call that starts a secondary.
	createMethod = "CreateSecondaryVMEx_Task"
)

// suite is a vCenter with what the tests name in it.
type suite struct {
	environment []string // of the provider: see [acctest.Factories]
	t           *testing.T
	api         string
	server      *vcenter.Server

	primary, other        vcenter.VM // of DC0_C0
	cluster, otherCluster string     // DC0_C0 and DC0_C1
	hosts                 []string   // of DC0_C0 but for the primary's
	datastore, datastore1 string
}

func newSuite(t *testing.T, api string, options ...vcenter.Options) *suite {
	t.Helper()
	chosen := vcenter.Options{VMs: 2}
	if len(options) > 0 {
		chosen = options[0]
	}
	server := acctest.VSphere(t, chosen)
	s := &suite{
		t: t, api: api, server: server,
		cluster: server.ID("/DC0/host/DC0_C0"), otherCluster: server.ID("/DC0/host/DC0_C1"),
		datastore: server.ID("/DC0/datastore/LocalDS_0"), datastore1: server.ID("/DC0/datastore/LocalDS_1"),
	}
	s.primary, s.other = s.named("DC0_C0_RP0_VM0"), s.named("DC0_C0_RP0_VM1")
	for i := range 3 {
		if host := server.ID(fmt.Sprintf("/DC0/host/DC0_C0/DC0_C0_H%d", i)); host != s.primary.HostID {
			s.hosts = append(s.hosts, host)
		}
	}

	return s
}

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *suite) named(name string) vcenter.VM {
	s.t.Helper()

	return acctest.VM(s.t, s.server, name)
}

// vm returns a VM by its id; false where there is none.
func (s *suite) vm(id string) (vcenter.VM, bool) {
	all := s.server.VMs()
	i := slices.IndexFunc(all, func(vm vcenter.VM) bool { return vm.ID == id })
	if i < 0 {
		return vcenter.VM{}, false
	}

	return all[i], true
}

// pair returns the primary of a pair and its secondary, as the inventory has them now.
func (s *suite) pair(primaryID string) (primary, secondary vcenter.VM, err error) {
	primary, found := s.vm(primaryID)
	if !found || primary.FaultTolerance == nil || primary.FaultTolerance.Role != "primary" {
		return primary, secondary, fmt.Errorf("%s is no primary: %+v", primaryID, primary.FaultTolerance)
	}
	secondary, found = s.vm(primary.FaultTolerance.PartnerID)
	if !found || secondary.FaultTolerance == nil || secondary.FaultTolerance.PartnerID != primaryID {
		return primary, secondary, fmt.Errorf("%s has no secondary %s", primaryID, primary.FaultTolerance.PartnerID)
	}

	return primary, secondary, nil
}

// config returns a configuration of one secondary with the arguments, each a line. The primary is given unless the arguments
// do.
func (s *suite) config(arguments ...string) string {
	return acctest.ProviderConfig(s.server, acctest.API(s.api)) + acctest.Resource("vmfork_vsphere_ft_secondary", "db", arguments,
		fmt.Sprintf("primary_vm_id = %q", s.primary.ID))
}

// id is an argument that names an object.
func id(name, value string) string { return fmt.Sprintf("%s = %q", name, value) }

// run runs the steps and checks that no pair is left in the end.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(s.t, s.environment...),
		CheckDestroy:             s.unprotected,
		Steps:                    steps,
	})
}

func (s *suite) unprotected(*terraform.State) error {
	for _, vm := range s.server.VMs() {
		if vm.FaultTolerance != nil {
			return fmt.Errorf("%s is still fault tolerant: %+v", vm.ID, vm.FaultTolerance)
		}
	}

	return nil
}

// applied is a step that applies a configuration with the expected action, looks at the pair in the inventory, and expects a
// second plan that is empty.
func (s *suite) applied(
	action plancheck.ResourceActionType, config string, check func(primary, secondary vcenter.VM) error,
) resource.TestStep {
	return acctest.Applied(db, action, config, func(state *terraform.State) error {
		found, ok := state.RootModule().Resources[db]
		if !ok {
			return fmt.Errorf("%s is not in state", db)
		}
		primary, secondary, err := s.pair(found.Primary.Attributes["primary_vm_id"])
		if err != nil {
			return err
		}
		if err := acctest.Same("id", found.Primary.ID, secondary.ID); err != nil || check == nil {
			return err
		}

		return check(primary, secondary)
	})
}

// before sets what happens before a step.
func before(do func(), step resource.TestStep) resource.TestStep {
	step.PreConfig = do

	return step
}

// is checks an attribute of the secondary in state.
func is(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(db, tfjsonpath.New(name), value)
}

// vim logs into the simulator as another client does that changes things behind Terraform's back.
func (s *suite) vim(do func(client *govmomi.Client)) {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	do(client)
	s.must(client.Logout(s.t.Context()))
}

// ref is the reference of a VM.
func ref(vmID string) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "VirtualMachine", Value: vmID}
}
