package vsphereinstantclone_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// An apply that is stopped in the middle of an instant clone leaves nothing: no VM, no state, and a next apply that makes
// the VM once.
func TestAccVSphereInstantClone_interrupted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.fork())

	apply := acctest.StartUntilHeld(t, s.server, workspace, instantCloneMethod, "WaitForUpdatesEx", "apply", "-auto-approve")
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if vm, found := s.server.VM("runner"); found {
		t.Fatalf("the interrupted apply left %s behind", vm.ID)
	}
	if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_instant_clone"); id != "" || pending != "" {
		t.Fatalf("state has id %q and pending task %q after an instant clone that was cancelled", id, pending)
	}

	s.server.ReleaseTasks()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, s.server, workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// vCenter neither cancels nor finishes in time: the instant clone stays in state by its task, a plan does not fail over it,
// and the next apply adopts the VM instead of making another.
func TestAccVSphereInstantClone_interruptedPending(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.fork())

	apply := acctest.StartUntilHeld(t, s.server, workspace, instantCloneMethod, "WaitForUpdatesEx", "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_instant_clone"); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}

	result := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
		t.Errorf("the plan over a pending instant clone says neither that it runs nor that it is updated in place:\n%s", result.Output)
	}

	s.server.ReleaseTasks()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, s.server, workspace)
	if n := s.server.Requests().ByMethod[instantCloneMethod]; n != 1 {
		t.Errorf("%d instant clones were requested, want 1", n)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// onlyVM checks that the VM exists once and is the one in state.
func onlyVM(t *testing.T, server *vcenter.Server, workspace *realcli.Workspace) {
	t.Helper()
	var ids []string
	for _, vm := range server.VMs() {
		if vm.Name == "runner" {
			ids = append(ids, vm.ID)
		}
	}
	id, pending := acctest.InState(t, workspace, "vmfork_vsphere_instant_clone")
	if len(ids) != 1 || ids[0] != id || pending != "" {
		t.Fatalf("the inventory has %v of that name; state has id %q and pending task %q", ids, id, pending)
	}
}
