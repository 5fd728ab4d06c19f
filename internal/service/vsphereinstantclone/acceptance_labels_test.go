package vsphereinstantclone_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccVSphereInstantClone_labels gives forks tags and custom attributes, changes them in place, repairs what another client changes, and
// leaves what is not set.
func TestAccVSphereInstantClone_labels(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	labels := acctest.NewLabels(t, s.server)
	tier := labels.Category("tier", true)
	gold, iron := labels.Tag(tier, "gold"), labels.Tag(tier, "iron")
	labels.Define("owner", "VirtualMachine")
	labels.Define("rack", "HostSystem")
	are := func(tags []string, owner string) func(vm vcenter.VM) error {
		return func(vm vcenter.VM) error {
			return errors.Join(acctest.Same("tags", fmt.Sprint(vm.Tags), fmt.Sprint(tags)), acctest.Same("owner", vm.CustomAttributes["owner"], owner))
		}
	}
	with := func(tag, owner string) string {
		return s.fork(fmt.Sprintf("tags = [%q]", tag), fmt.Sprintf("custom_attributes = { owner = %q }", owner))
	}
	drifted := func(config string, action plancheck.ResourceActionType, check func(vm vcenter.VM) error, change func()) resource.TestStep {
		step := s.applied(action, config, "runner", check)
		step.PreConfig = change

		return step
	}
	refused := func(argument, says string) resource.TestStep {
		return resource.TestStep{Config: s.fork(argument), PlanOnly: true, ExpectError: acctest.Says(says)}
	}
	s.run(
		refused(fmt.Sprintf("tags = [%q, %q]", gold, iron), `A machine can have one tag of the category "tier"`),
		refused(`custom_attributes = { rack = "7" }`, `The custom attribute "rack" is not for virtual machines`),
		s.applied(plancheck.ResourceActionCreate, with(gold, "ops"), "runner", are([]string{gold}, "ops")),
		s.applied(plancheck.ResourceActionUpdate, with(iron, "dev"), "runner", are([]string{iron}, "dev")),
		drifted(with(iron, "dev"), plancheck.ResourceActionUpdate, are([]string{iron}, "dev"), func() {
			labels.Detach("runner", iron)
			labels.Set("runner", "owner", "me")
		}),
		s.applied(plancheck.ResourceActionUpdate, s.fork(), "runner", are([]string{iron}, "")),
		drifted(s.fork(), plancheck.ResourceActionNoop, are([]string{gold}, "me"), func() {
			labels.Detach("runner", iron)
			labels.Attach("runner", gold)
			labels.Set("runner", "owner", "me")
		}),
		resource.TestStep{ResourceName: runner, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"source_frozen"}},
	)
}

// TestAccVSphereInstantClone_labelsFail keeps a fork in state whose tags can't be set, and a change that fails is repeated by the next apply.
func TestAccVSphereInstantClone_labelsFail(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	labels := acctest.NewLabels(t, s.server)
	red := labels.Tag(labels.Category("team", false), "red")
	config := s.fork(fmt.Sprintf("tags = [%q]", red))
	refusal := vcenter.Fault{Method: "POST /api/cis/tagging/tag-association/{id}?action=attach", Code: "UNAUTHORIZED", Times: -1}
	tagged := func(vm vcenter.VM) error { return acctest.Same("tags", fmt.Sprint(vm.Tags), fmt.Sprint([]string{red})) }
	again := s.applied(plancheck.ResourceActionReplace, config, "runner", tagged)
	again.PreConfig = s.server.ClearFaults
	changed := s.applied(plancheck.ResourceActionUpdate, config, "runner", tagged)
	changed.PreConfig = s.server.ClearFaults
	s.run(
		resource.TestStep{
			PreConfig: func() { s.server.Inject(refusal) }, Config: config,
			ExpectError: acctest.Says(`Created VM "runner", but could not set its tags`),
		},
		again,
		s.applied(plancheck.ResourceActionUpdate, s.fork(`tags = []`), "runner", nil),
		resource.TestStep{
			PreConfig: func() { s.server.Inject(refusal) }, Config: config, ExpectError: acctest.Says(`Could not set the tags of VM "runner"`),
		},
		changed,
	)
}
