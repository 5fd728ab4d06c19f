package vsphereinstantclone_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccVSphereInstantClone_privileges names at plan what the user lacks for an instant clone, for what is changed right after it, and for changes in
// place.
func TestAccVSphereInstantClone_privileges(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	user, folder := s.server.Username(), s.server.ID("/DC0/vm")
	lacking := func(operation, privilege, where, config string) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() { s.server.Revoke(user, "", privilege) }, Config: config, PlanOnly: true,
			ExpectError: acctest.SaysAll("Privileges are missing to "+operation, fmt.Sprintf("The user %q lacks", user),
				privilege+" on "+where),
		}
	}
	making, change, inFolder := `make the instant clone VM "runner" from `+s.golden.ID, `change VM "runner"`, fmt.Sprintf("%s %q", folder, "vm")
	created := s.applied(plancheck.ResourceActionCreate, s.fork(), "runner", nil)
	created.PreConfig = func() { s.server.Revoke(user, "") }
	unchanged := s.applied(plancheck.ResourceActionNoop, s.fork(), "runner", nil)
	unchanged.PreConfig = created.PreConfig
	s.run(
		lacking(making, "VirtualMachine.Interact.PowerOn", s.golden.ID+` "`+s.golden.Name+`" (source_vm_id)`, s.fork()),
		lacking(making, "VirtualMachine.Interact.PowerOff", inFolder, s.fork(`power_on = false`)),
		lacking(making, "VirtualMachine.Config.Annotation", inFolder, s.fork(`annotation = "a runner"`)),
		lacking(making, "Network.Assign", "", s.fork()),
		created,
		lacking(change, "VirtualMachine.Interact.PowerOff", "vm-", s.fork(`power_on = false`)),
		lacking(`change VM "runner-2"`, "VirtualMachine.Config.Rename", "vm-", s.fork(`name = "runner-2"`)),
		lacking(`destroy VM "runner"`, "VirtualMachine.Inventory.Delete", inFolder, s.fork(`bios_uuid = "4222f7c0-9d54-4c9b-9f6c-0f6bd2b8f9a1"`)),
		unchanged,
	)
}
