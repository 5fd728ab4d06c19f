package vspheresnapshot_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccVSphereSnapshot_privileges names at plan what the user lacks for each operation, before anything is sent.
func TestAccVSphereSnapshot_privileges(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.environment = []string{acctest.PlanErrors}
	user := s.server.Username()
	lacking := func(privilege, title, at, config string) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() { s.server.Revoke(user, "", "VirtualMachine.State."+privilege) }, Config: config, PlanOnly: true,
			ExpectError: acctest.SaysAll("Privileges are missing to "+title, fmt.Sprintf("The user %q lacks this privilege:", user),
				fmt.Sprintf("VirtualMachine.State.%s on %s %q%s", privilege, s.vm.ID, s.vm.Name, at)),
		}
	}
	granted := func(step resource.TestStep) resource.TestStep {
		step.PreConfig = func() { s.server.Revoke(user, "") }

		return step
	}
	elsewhere := s.config(fmt.Sprintf("vm_id = %q", s.other.ID))
	unchanged := s.applied(nothing, s.config(), "before")
	unchanged.Check = func(*terraform.State) error {
		made := s.server.Requests().ByMethod

		return errors.Join(acctest.Same("snapshots taken", made[createMethod], 1), acctest.Same("renamed", made["RenameSnapshot"], 0),
			acctest.Same("removed", made[removeMethod], 0))
	}
	s.run(
		lacking("CreateSnapshot", `take snapshot "before" of `+s.vm.ID, " (vm_id)", s.config()),
		granted(s.applied(creates, s.config(), "before")),
		lacking("RenameSnapshot", `rename snapshot "after" of `+s.vm.ID, " (vm_id)", s.config(`name = "after"`)),
		lacking("RemoveSnapshot", `remove snapshot "before" of `+s.vm.ID, "", elsewhere),
		granted(unchanged),
	)
}

// TestAccVSphereSnapshot_privilegesOfDestroy warns in the plan of a destroy, and lets it be made: the rest of a plan can be applied all the same.
func TestAccVSphereSnapshot_privilegesOfDestroy(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config()+s.snapshot("other", fmt.Sprintf("vm_id = %q", s.other.ID)))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-no-color")
	s.server.Revoke(s.server.Username(), s.vm.ID, "VirtualMachine.State.RemoveSnapshot")
	lacks := acctest.SaysAll("Warning: Privileges are missing to remove snapshot \"before\" of "+s.vm.ID,
		fmt.Sprintf("VirtualMachine.State.RemoveSnapshot on %s %q", s.vm.ID, s.vm.Name), "As it is now, this object's destroy will fail")
	s.server.ResetRequests()
	if said := acctest.MustRunCLI(t, workspace, 0, "plan", "-destroy", "-no-color").Output; !lacks.MatchString(said) {
		t.Errorf("the plan says:\n%s", said)
	}
	if asked := s.server.Requests().ByMethod["HasUserPrivilegeOnEntities"]; asked == 0 || asked > 2 {
		t.Errorf("%d questions for two snapshots", asked)
	}
	said := acctest.MustRunCLI(t, workspace, 1, "destroy", "-auto-approve", "-no-color").Output
	if !acctest.Says("Could not remove snapshot \"before\" of " + s.vm.ID).MatchString(said) {
		t.Errorf("the destroy says:\n%s", said)
	}
	if left := s.tree(s.other.ID); len(left) > 0 {
		t.Errorf("%v is left of the other VM", left)
	}
	s.server.Revoke(s.server.Username(), s.vm.ID)
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve", "-no-color")
}
