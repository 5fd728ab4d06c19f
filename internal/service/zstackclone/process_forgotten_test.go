package zstackclone_test

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// oneLine returns an output without the line breaks that the CLI puts into diagnostics.
func oneLine(output string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(output, "│", " ")), " ")
}

// TestAccZStackClone_forgottenAndRenamed renames the VM of a pending clone whose job ZStack has forgotten. Nothing can tell
// that it is the one: it stays in state until an apply or a destroy says that nothing was found; named back, it is a candidate.
func TestAccZStackClone_forgottenAndRenamed(t *testing.T) {
	t.Parallel()
	rename := func(t *testing.T, server *zstacksim.Server, from, to string) {
		t.Helper()
		vm, _ := server.VM(from)
		if err := server.ChangeVM(vm.UUID, zstacksim.Change{Name: &to}); err != nil {
			t.Fatal(err)
		}
	}
	forgotten := func(t *testing.T) (*zstacksim.Server, *realcli.Workspace) {
		t.Helper()
		server, workspace := interrupted(t)
		server.ReleaseJobs()
		acctest.Until(t, "the clone is there", func() bool { vm, _ := server.VM("web"); return vm.State == "Running" })
		server.PurgeJobs()
		rename(t, server, "web", "by hand")
		acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh-only", "-auto-approve")
		if _, pending := acctest.InState(t, workspace, "vmfork_zstack_clone"); pending == "" {
			t.Error("a refresh forgets what it does not find")
		}

		return server, workspace
	}
	t.Run("named back", func(t *testing.T) {
		t.Parallel()
		server, workspace := forgotten(t)
		plan := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode", "-no-color")
		for _, words := range []string{"must be replaced", "as far as ZStack can tell", "forget the resource and import it"} {
			if !strings.Contains(oneLine(plan.Output), words) {
				t.Errorf("the plan does not say %q:\n%s", words, plan.Output)
			}
		}
		rename(t, server, "by hand", "web")
		importUnproved(t, server, workspace)
		onlyVM(t, server, workspace)
		acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
		acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	})
	t.Run("destroyed", func(t *testing.T) {
		t.Parallel()
		server, workspace := forgotten(t)
		if result := acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve", "-no-color"); !strings.Contains(result.Output, "was not there to destroy") {
			t.Errorf("the destroy says:\n%s", result.Output)
		}
		if _, there := server.VM("by hand"); !there {
			t.Error("a VM that can't be told to be ours was destroyed")
		}
	})
}
