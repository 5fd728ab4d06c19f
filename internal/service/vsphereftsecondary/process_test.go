package vsphereftsecondary_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// An apply that is stopped while the secondary is being made leaves nothing, and the next one makes it.
func TestAccVSphereFTSecondary_interrupted(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			workspace := acctest.NewWorkspace(t, s.config())
			apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, "WaitForUpdatesEx", "apply", "-auto-approve")
			s.must(apply.Signal(syscall.SIGINT))
			if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "Interrupted: ") {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			s.must(s.unprotected(nil))
			if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_ft_secondary"); id != "" || pending != "" {
				t.Fatalf("state has id %q and pending task %q after a task that was cancelled", id, pending)
			}
			s.server.ReleaseTasks()
			s.applyToTheEnd(workspace)
		})
	}
}

// vCenter neither cancels nor finishes in time: the secondary stays in state by its task, a plan does not fail over it, and
// the next apply adopts it instead of creating another.
func TestAccVSphereFTSecondary_interruptedPending(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			workspace := acctest.NewWorkspace(t, s.config())
			apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, "WaitForUpdatesEx", "apply", "-auto-approve")
			s.server.IgnoreCancel(true)
			s.must(apply.Signal(syscall.SIGINT))
			if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_ft_secondary"); id != "" || pending == "" {
				t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
			}
			result := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
			if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
				t.Errorf("the plan over a pending secondary says neither that it runs nor that it is updated in place:\n%s", result.Output)
			}
			s.server.ReleaseTasks()
			s.applyToTheEnd(workspace)
			if n := s.server.Requests().ByMethod[createMethod]; n != 1 {
				t.Errorf("%d secondaries were requested, want 1", n)
			}
		})
	}
}

// The task finishes while it is being cancelled: the secondary is there, so it must be in state.
func TestAccVSphereFTSecondary_interruptedAdopted(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	workspace := acctest.NewWorkspace(t, s.config())
	apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, "WaitForUpdatesEx", "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	acctest.Until(t, "the provider asks to cancel", func() bool { return s.server.Requests().ByMethod["CancelTask"] > 0 })
	s.server.ReleaseTasks()
	acctest.WaitCLI(t, apply)
	s.onlyPair(workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// applyToTheEnd applies, and checks that the pair is the one in state and nothing is left to do; then it destroys.
func (s *suite) applyToTheEnd(workspace *realcli.Workspace) {
	s.t.Helper()
	acctest.MustRunCLI(s.t, workspace, 0, "apply", "-auto-approve")
	s.onlyPair(workspace)
	acctest.MustRunCLI(s.t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(s.t, workspace, 0, "destroy", "-auto-approve")
	s.must(s.unprotected(nil))
}

// onlyPair checks that the primary's secondary is the one in state.
func (s *suite) onlyPair(workspace *realcli.Workspace) {
	s.t.Helper()
	_, secondary, err := s.pair(s.primary.ID)
	s.must(err)
	if id, pending := acctest.InState(s.t, workspace, "vmfork_vsphere_ft_secondary"); id != secondary.ID || pending != "" {
		s.t.Fatalf("the secondary is %s; state has id %q and pending task %q", secondary.ID, id, pending)
	}
}
