package vsphereftsecondary_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccVSphereFTSecondary_privileges names at plan what the user lacks for each operation on a pair, before anything is sent.
func TestAccVSphereFTSecondary_privileges(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	s.environment = []string{acctest.PlanErrors}
	user := s.server.Username()
	lacking := func(operation, privilege, at, config string) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() { s.server.Revoke(user, "", "VirtualMachine.Interact."+privilege) }, Config: config, PlanOnly: true,
			ExpectError: acctest.SaysAll("Privileges are missing to "+operation+" the FT secondary of "+s.primary.ID,
				fmt.Sprintf("The user %q lacks this privilege:", user),
				fmt.Sprintf("VirtualMachine.Interact.%s on %s %q%s", privilege, s.primary.ID, s.primary.Name, at)),
		}
	}
	granted := func() { s.server.Revoke(user, "") }
	disabled := s.config(`enabled = false`)
	s.run(
		lacking("create", "CreateSecondary", " (primary_vm_id)", s.config()),
		lacking("create", "DisableSecondary", " (primary_vm_id)", disabled),
		before(granted, s.applied(plancheck.ResourceActionCreate, s.config(), nil)),
		lacking("change", "DisableSecondary", " (enabled)", disabled),
		lacking("remove", "TurnOffFaultTolerance", "", s.config(id("host_id", s.hosts[0]))),
		before(granted, s.applied(plancheck.ResourceActionUpdate, disabled, nil)),
		lacking("change", "EnableSecondary", " (enabled)", s.config()),
		before(granted, s.applied(plancheck.ResourceActionUpdate, s.config(), nil)),
	)
}
