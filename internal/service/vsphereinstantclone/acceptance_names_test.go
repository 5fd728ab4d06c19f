package vsphereinstantclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// Templates and folders are seen by the plan, for a new VM and for a rename.
func TestAccVSphereInstantClone_nameOfTemplateOrFolder(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{"VMFORK_PLAN_CHECKS=error"}
	named := func(name string) string { return s.fork(fmt.Sprintf("name = %q", name)) }
	refused := func(name, text string) resource.TestStep {
		return resource.TestStep{Config: named(name), PlanOnly: true, ExpectError: acctest.Says(text)}
	}
	const template, folder = "It is the template", "It is the folder"
	s.run(
		refused("golden-template", template), refused("prod", folder),
		s.applied(plancheck.ResourceActionCreate, named("runner"), "runner", nil),
		refused("golden-template", template), refused("prod", folder),
	)
}
