package vsphereinstantclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// interfaces checks the number of a VM's network interfaces.
func interfaces(want int) func(vm vcenter.VM) error {
	return func(vm vcenter.VM) error { return acctest.Same("interfaces", len(vm.NetworkIDs), want) }
}

// An interface of the source is removed right after the fork, later in place, and once more where it comes back under its key. One that is to
// be there again replaces the machine. What can't be is an error.
func TestAccVSphereInstantClone_interfacesToRemove(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	key := s.addedCard(s.golden.Name)
	none := `network_interfaces = null`
	removes := func(names string) []string { return []string{none, "network_interfaces_to_remove = [" + names + "]"} }
	both := s.fork(removes(fmt.Sprintf("%q", key))...)
	comesBack := s.applied(plancheck.ResourceActionUpdate, both, "runner", interfaces(1))
	comesBack.PreConfig = func() { s.addedCard("runner") }
	s.run(
		resource.TestStep{Config: s.fork(removes(`"4009"`)...), ExpectError: acctest.Says(`network interface "4009"`)},
		resource.TestStep{
			Config:      s.fork(`network_interfaces = { "4000" = { connected = false } }`, `network_interfaces_to_remove = ["4000"]`),
			ExpectError: acctest.Says("is both kept and removed"),
		},
		s.applied(plancheck.ResourceActionCreate, both, "runner", interfaces(1)),
		comesBack,
		resource.TestStep{Config: s.fork(removes(fmt.Sprintf("%q, %q", key, "4009"))...), PlanOnly: true, ExpectError: acctest.Says(`network interface "4009"`)},
		resource.TestStep{
			Config: both, ResourceName: "vmfork_vsphere_instant_clone.runner", ImportState: true,
		},
		s.applied(plancheck.ResourceActionReplace, s.fork(none), "runner", interfaces(2)),
		s.applied(plancheck.ResourceActionUpdate, both, "runner", interfaces(1)),
	)
}
