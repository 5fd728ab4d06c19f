package provider_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestAccSharedSession runs several runners at once with one session cache, which is empty at first. All sessions end while
// their clones are in flight, so that all log in anew: no runner fails, one session is left, and it serves all the next runs.
func TestAccSharedSession(t *testing.T) {
	t.Parallel()
	const runners = 3
	server := acctest.VSphere(t)
	t.Cleanup(server.ExpireSessions) // one stays by design
	cache := filepath.Join(t.TempDir(), "cache")
	var workspaces []*realcli.Workspace
	for runner := range runners {
		workspaces = append(workspaces, acctest.NewWorkspace(t, fmt.Sprintf(`%s
resource "vmfork_vsphere_clone" "own" {
  name         = "shared-%d"
  source_vm_id = %q
}
`, providerBlock(server, map[string]any{"session_cache": cache}), runner, server.ID("/DC0/vm/DC0_C0_RP0_VM0"))))
	}

	server.HoldTasks("POST /api/vcenter/vm?action=clone")
	applies := startAll(t, workspaces, "apply", "-auto-approve", "-no-color")
	acctest.Until(t, "all clones are in flight", func() bool { return server.RunningTaskCounts()[server.Username()].Running == runners })
	server.ExpireSessions()
	server.ReleaseTasks()
	finish(t, applies...)
	for runner := range runners {
		if _, made := server.VM(fmt.Sprintf("shared-%d", runner)); !made {
			t.Errorf("runner %d made nothing", runner)
		}
	}
	kinds := map[string]int{}
	for _, session := range server.Sessions() {
		kinds[session.Kind]++
	}
	if kinds["soap"] != 1 || kinds["rest"] != 1 {
		t.Errorf("sessions that were left: %v, want one of each kind", kinds)
	}

	server.ResetRequests()
	atOnce(t, workspaces, "plan", "-detailed-exitcode", "-no-color")
	atOnce(t, workspaces, "destroy", "-auto-approve", "-no-color")
	if counts := server.Requests().ByMethod; counts["Login"]+counts["POST /api/session"] != 0 {
		t.Errorf("the next runs logged in again: %v", counts)
	}
	made := slices.DeleteFunc(server.Tasks(), func(task vcenter.TaskInfo) bool { return task.Method == "CheckClone_Task" })
	if len(made) != 2*runners {
		t.Errorf("%d tasks, want a clone and a destruction for each of %d runners: %+v", len(made), runners, made)
	}
}
