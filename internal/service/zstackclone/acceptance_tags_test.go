package zstackclone_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// Tags come and go in place. User tags are all that the VM has, of system tags those that are named; what another client did
// to them is drift where they count.
func TestAccZStackClone_tags(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	has := func(system, user []string) func(vm zstacksim.VM) error {
		return func(vm zstacksim.VM) error {
			return errors.Join(sameSet("system tags", vm.SystemTags, system...), sameSet("user tags", vm.UserTags, user...))
		}
	}
	behind := func(step resource.TestStep, system, user []string) resource.TestStep {
		step.PreConfig = func() {
			s.must(s.server.ChangeVM(s.vm("web").UUID, zstacksim.Change{SystemTags: &system, UserTags: &user}))
		}

		return step
	}
	both := s.clone(`system_tags = ["numa", "ha::NeverStop"]`, `user_tags = ["a=b, c", "ünï \"q\" 100%"]`)
	tags := []string{"ha::NeverStop", "numa"}
	users := []string{"a=b, c", `ünï "q" 100%`}
	changed := s.clone(`system_tags = ["vmPriority::High", "numa"]`, `user_tags = ["new"]`)
	none := s.clone()
	unmanaged := resource.TestStep{
		Config: none, ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(web, tfjsonpath.New("system_tags"), knownvalue.Null()),
			statecheck.ExpectKnownValue(web, tfjsonpath.New("user_tags"), knownvalue.Null()),
		},
	}
	s.run(
		s.applied(creates, both, "web", has(tags, users)),
		behind(s.applied(updates, both, "web", has(append([]string{"bootMode::UEFI"}, tags...), users)),
			[]string{"numa", "bootMode::UEFI"}, []string{"stray", users[0]}),
		s.applied(updates, changed, "web", has([]string{"bootMode::UEFI", "numa", "vmPriority::High"}, []string{"new"})),
		unmanaged,
		behind(resource.TestStep{Config: none, PlanOnly: true}, []string{"usbRedirect::true"}, []string{"another's"}),
	)
}

// ZStack knows the system tags that there are: any other is refused when it arrives, and nothing is made.
func TestAccZStackClone_unknownTag(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.run(
		expected(s.clone(`system_tags = ["nonsense"]`), "ZStack answered SYS.1007", nil),
		s.applied(creates, s.clone(), "web", nil),
		expected(s.clone(`system_tags = ["numa", "nonsense"]`), "ZStack answered SYS.1007", nil),
		s.applied(updates, s.clone(`system_tags = []`, `user_tags = []`), "web", func(vm zstacksim.VM) error {
			return sameSet("system tags", vm.SystemTags)
		}),
	)
}

// An affinity group is a tag like any other: another client that takes the VM out of it, or into another one, makes the plan replace
// the VM.
func TestAccZStackClone_affinityGroup(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	group := s.server.ID("affinity_group", "spread")
	config := s.clone(fmt.Sprintf("affinity_group_uuid = %q", group))
	inGroup := func(vm zstacksim.VM) error { return acctest.Same("affinity group", vm.AffinityGroupUUID, group) }
	again := s.applied(plancheck.ResourceActionDestroyBeforeCreate, config, "web", inGroup)
	again.PreConfig = func() { s.must(s.server.ChangeVM(s.vm("web").UUID, zstacksim.Change{SystemTags: &[]string{}})) }
	s.run(s.applied(creates, config, "web", inGroup), again)
}
