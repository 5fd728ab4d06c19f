package vsphereclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// web is the address of the clone under test.
const web = "vmfork_vsphere_clone.web"

// suite is a vCenter with what the tests name in it.
type suite struct {
	environment []string // of the provider: see [acctest.Factories]
	t           *testing.T
	server      *vcenter.Server

	golden, poweredOn     vcenter.VM
	folder, prod          string // /DC0/vm and a folder in it
	pool, otherPool       string // the root pools of DC0_C0 and DC0_C1
	child                 string // a pool in DC0_C0
	cluster, other        string // DC0_C0 and DC0_C1
	hosts, otherHosts     []string
	datastore, datastore1 string
}

func newSuite(t *testing.T, options ...vcenter.Options) *suite {
	t.Helper()
	chosen := vcenter.Options{VMs: 2}
	if len(options) > 0 {
		chosen = options[0]
	}
	server := acctest.VSphere(t, chosen)
	s := &suite{
		t: t, server: server,
		folder: server.ID("/DC0/vm"), pool: server.ID("/DC0/host/DC0_C0/Resources"), otherPool: server.ID("/DC0/host/DC0_C1/Resources"),
		cluster: server.ID("/DC0/host/DC0_C0"), other: server.ID("/DC0/host/DC0_C1"),
		datastore: server.ID("/DC0/datastore/LocalDS_0"), datastore1: server.ID("/DC0/datastore/LocalDS_1"),
	}
	for i := range 3 {
		s.hosts = append(s.hosts, server.ID(fmt.Sprintf("/DC0/host/DC0_C0/DC0_C0_H%d", i)))
		s.otherHosts = append(s.otherHosts, server.ID(fmt.Sprintf("/DC0/host/DC0_C1/DC0_C1_H%d", i)))
	}
	s.furnish()
	s.golden, s.poweredOn = s.vm("golden"), s.vm("DC0_C0_RP0_VM0")

	return s
}

// furnish makes what the simulator does not start with: a folder, a resource pool, and a golden VM with two disks that is
// no template, so that its clones need no placement.
func (s *suite) furnish() {
	s.t.Helper()
	client := acctest.LogIn(s.t, s.server)
	s.prod, s.child = acctest.Furnish(s.t, client)
	finder := find.NewFinder(client.Client)
	vms, err := finder.Folder(s.t.Context(), "/DC0/vm")
	s.must(err)
	template, err := finder.VirtualMachine(s.t.Context(), "/DC0/vm/golden-template")
	s.must(err)
	pool := types.ManagedObjectReference{Type: "ResourcePool", Value: s.pool}
	cloning, err := template.Clone(s.t.Context(), vms, "golden", types.VirtualMachineCloneSpec{
		Location: types.VirtualMachineRelocateSpec{Pool: &pool},
	})
	s.must(err)
	s.must(cloning.Wait(s.t.Context()))
	s.must(client.Logout(s.t.Context()))
	s.server.ResetRequests()
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

// clone returns a configuration of one clone with the arguments, each a line. Name and source are given unless the
// arguments do.
func (s *suite) clone(arguments ...string) string {
	return acctest.ProviderConfig(s.server) +
		acctest.Resource("vmfork_vsphere_clone", "web", arguments, `name = "web"`, fmt.Sprintf("source_vm_id = %q", s.golden.ID))
}

// run runs the steps and checks that nothing of the clones is left in the end.
func (s *suite) run(steps ...resource.TestStep) {
	s.t.Helper()
	resource.Test(s.t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(s.t, s.environment...),
		CheckDestroy:             acctest.CheckNoVM(s.server, "web", "web-2", "web/3", "drifted"),
		Steps:                    steps,
	})
}

// applied is a step that applies a configuration with the expected action, looks at the simulator's VM, and expects a
// second plan that is empty.
func (s *suite) applied(action plancheck.ResourceActionType, config, name string, check func(vm vcenter.VM) error) resource.TestStep {
	return acctest.Applied(web, action, config, acctest.CheckVM(s.server, name, check))
}

// stateIs checks attributes of the clone: path, value, path, value and so on.
func stateIs(pairs ...any) []statecheck.StateCheck { return acctest.StateIs(web, pairs...) }
