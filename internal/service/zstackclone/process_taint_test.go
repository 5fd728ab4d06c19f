package zstackclone_test

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccZStackClone_taintedWithoutRefresh plans and applies the replacement of a tainted clone without a refresh, which shows the
// provider nothing of it in the plan: its own VM is not taken for another one that has the name.
func TestAccZStackClone_taintedWithoutRefresh(t *testing.T) {
	t.Parallel()
	t.Run("pending", func(t *testing.T) {
		t.Parallel()
		server, workspace := interrupted(t)
		acctest.MustRunCLI(t, workspace, 0, "taint", web)
		server.ReleaseJobs()
		acctest.Until(t, "the clone is there", func() bool { vm, _ := server.VM("web"); return vm.State == "Running" })
		plan := acctest.MustRunCLI(t, workspace, 2, "plan", "-refresh=false", "-detailed-exitcode", "-no-color")
		if !strings.Contains(plan.Output, "must be replaced") {
			t.Errorf("the plan says:\n%s", plan.Output)
		}
		first, _ := server.VM("web")
		acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh=false", "-auto-approve")
		onlyVMBut(t, server, first.UUID)
		acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	})
	t.Run("there", func(t *testing.T) {
		t.Parallel()
		server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
		workspace := acctest.NewWorkspace(t, processConfig(server))
		acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
		acctest.MustRunCLI(t, workspace, 0, "taint", web)
		first, _ := server.VM("web")
		acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh=false", "-auto-approve")
		onlyVMBut(t, server, first.UUID)
		acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	})
}

// onlyVMBut fails the test unless there is one VM of the name, and another one than before.
func onlyVMBut(t *testing.T, server *zstacksim.Server, before string) {
	t.Helper()
	if vm, there := server.VM("web"); !there || vm.UUID == before {
		t.Errorf("there is %+v, before it was %s", vm, before)
	}
}
