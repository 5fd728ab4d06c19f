package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccImport_over takes machines over and sets an argument that applies at creation only: before the first apply it is written down,
// after an apply that found nothing to write down it replaces the machine, with a warning that says why.
func TestAccImport_over(t *testing.T) {
	t.Parallel()
	sim := acctest.VSphere(t, vcenter.Options{VMs: 1})
	node := acctest.ZStack(t, zstacksim.Options{VMs: 1})
	source, _ := sim.VM("DC0_C0_RP0_VM0")
	workspace := acctest.NewWorkspace(t, bothPlatforms(sim, node)+fmt.Sprintf(`
variable "remove" {
  type    = set(string)
  default = null
}
variable "root" {
  type    = object({ system_tags = optional(set(string)) })
  default = null
}
resource "vmfork_vsphere_clone" "a" {
  name            = "web"
  source_vm_id    = %q
  disks_to_remove = var.remove
}
resource "vmfork_zstack_clone" "b" {
  name           = "vm-0"
  source_vm_uuid = %q
  root_volume    = var.root
}
`, source.ID, node.ID("vm", "golden")))
	set := []string{"plan", "-no-color", "-detailed-exitcode", `-var=remove=["2000"]`, `-var=root={system_tags=["x"]}`}
	replaced := func(machines, warnings int) {
		t.Helper()
		said := acctest.MustRunCLI(t, workspace, 2, set...).Output
		if got := strings.Count(said, "must be replaced"); got != machines {
			t.Errorf("%d machines are replaced, want %d:\n%s", got, machines, said)
		}
		if got := strings.Count(said, "which was imported"); got != warnings {
			t.Errorf("%d replacements are warned of, want %d:\n%s", got, warnings, said)
		}
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-target=vmfork_vsphere_clone.a")
	machine, _ := acctest.InState(t, workspace, "vmfork_vsphere_clone")
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_vsphere_clone.a")
	acctest.MustRunCLI(t, workspace, 0, "import", "vmfork_vsphere_clone.a", machine)
	acctest.MustRunCLI(t, workspace, 0, "import", "vmfork_zstack_clone.b", node.ID("vm", "vm-0"))
	replaced(0, 0)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-refresh-only")
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-refresh-only")
	replaced(0, 0)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	replaced(2, 1) // the apply has written down which VM the other one is a clone of
	for _, nothing := range []string{"{}", "{system_tags=[]}", "{system_tags=null}"} {
		said := acctest.MustRunCLI(t, workspace, 2, "plan", "-no-color", "-detailed-exitcode", "-var=root="+nothing).Output
		if strings.Contains(said, "replaced") {
			t.Errorf("root_volume = %s replaces:\n%s", nothing, said)
		}
	}
}
