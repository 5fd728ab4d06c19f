package vsphereclone_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

// TestAccVSphereClone_taintedWithoutRefresh plans and applies the replacement of a tainted clone without a refresh, which shows the
// provider nothing of it in the plan: its own VM is not taken for another one that has the name.
func TestAccVSphereClone_taintedWithoutRefresh(t *testing.T) {
	t.Parallel()
	for name, pending := range map[string]bool{"pending": true, "there": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.VSphere(t)
			workspace := acctest.NewWorkspace(t, acctest.ProviderConfig(server)+processConfig)
			if pending {
				apply := acctest.StartUntilHeld(t, server, workspace, cloneMethod, "POST /api/cis/tasks?action=list", "apply", "-auto-approve")
				server.IgnoreCancel(true)
				if err := apply.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				acctest.WaitCLI(t, apply)
				server.ReleaseTasks()
				server.IgnoreCancel(false)
				acctest.Until(t, "the clone is there", func() bool { _, found := server.VM("web-1"); return found })
			} else {
				acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			}
			first, _ := server.VM("web-1")
			acctest.MustRunCLI(t, workspace, 0, "taint", "vmfork_vsphere_clone.web")
			plan := acctest.MustRunCLI(t, workspace, 2, "plan", "-refresh=false", "-detailed-exitcode", "-no-color")
			if !strings.Contains(plan.Output, "must be replaced") {
				t.Errorf("the plan says:\n%s", plan.Output)
			}
			acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh=false", "-auto-approve")
			if second, there := server.VM("web-1"); !there || second.ID == first.ID {
				t.Errorf("there is %+v, before it was %s", second, first.ID)
			}
			onlyVM(t, server, workspace)
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
		})
	}
}
