package vsphereftsecondary_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// patience bounds every wait of these tests; it is far longer than anything takes.
const patience = time.Minute

// An apply that is stopped while the secondary is being made leaves nothing, and the next one makes it.
func TestAccVSphereFTSecondary_interrupted(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			workspace := acctest.NewWorkspace(t, s.config())
			apply := s.applyUntilHeld(workspace)
			s.must(apply.Signal(syscall.SIGINT))
			if result := wait(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "Interrupted: ") {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			s.must(s.unprotected(nil))
			if id, pending := inState(t, workspace); id != "" || pending != "" {
				t.Fatalf("state has id %q and pending task %q after a task that was cancelled", id, pending)
			}
			s.server.ReleaseTasks()
			s.applyToTheEnd(workspace)
		})
	}
}

// vCenter neither cancels nor finishes in time: the secondary stays in state by its task, a plan does not fail over it, and
// the next apply adopts it instead of making another.
func TestAccVSphereFTSecondary_interruptedPending(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			workspace := acctest.NewWorkspace(t, s.config())
			apply := s.applyUntilHeld(workspace)
			s.server.IgnoreCancel(true)
			s.must(apply.Signal(syscall.SIGINT))
			if result := wait(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			if id, pending := inState(t, workspace); id != "" || pending == "" {
				t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
			}
			result := mustRun(t, workspace, 2, "plan", "-detailed-exitcode")
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
	apply := s.applyUntilHeld(workspace)
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	until(t, "the provider asks to cancel", func() bool { return s.server.Requests().ByMethod["CancelTask"] > 0 })
	s.server.ReleaseTasks()
	wait(t, apply)
	s.onlyPair(workspace)
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// applyToTheEnd applies, and checks that the pair is the one in state and nothing is left to do; then it destroys.
func (s *suite) applyToTheEnd(workspace *tfcli.Workspace) {
	s.t.Helper()
	mustRun(s.t, workspace, 0, "apply", "-auto-approve")
	s.onlyPair(workspace)
	mustRun(s.t, workspace, 0, "plan", "-detailed-exitcode")
	mustRun(s.t, workspace, 0, "destroy", "-auto-approve")
	s.must(s.unprotected(nil))
}

// onlyPair checks that the primary's secondary is the one in state.
func (s *suite) onlyPair(workspace *tfcli.Workspace) {
	s.t.Helper()
	_, secondary, err := s.pair(s.primary.ID)
	s.must(err)
	if id, pending := inState(s.t, workspace); id != secondary.ID || pending != "" {
		s.t.Fatalf("the secondary is %s; state has id %q and pending task %q", secondary.ID, id, pending)
	}
}

// applyUntilHeld starts an apply and returns when its secondary is under way and held by vCenter.
func (s *suite) applyUntilHeld(workspace *tfcli.Workspace) *tfcli.Command {
	s.t.Helper()
	s.server.HoldTasks(createMethod)
	apply, err := workspace.Start(s.t.Context(), nil, "apply", "-auto-approve")
	s.must(err)
	until(s.t, "the secondary is under way", func() bool {
		select {
		case <-apply.Done():
			s.t.Fatalf("the apply ended by itself:\n%s", apply.Output())
		default:
		}
		// The provider waits for the task once it has been told of it.
		requests := s.server.Requests().ByMethod

		return requests[createMethod] > 0 && requests["WaitForUpdatesEx"] > 0
	})

	return apply
}

// wait returns how a command ended.
func wait(t *testing.T, command *tfcli.Command) tfcli.Result {
	t.Helper()
	select {
	case <-command.Done():
	case <-time.After(patience):
		t.Fatalf("the CLI does not end:\n%s", command.Output())
	}
	result, err := command.Wait()
	if err != nil {
		t.Fatal(err)
	}

	return result
}

// mustRun runs a command that has to end with the exit code.
func mustRun(t *testing.T, workspace *tfcli.Workspace, exitCode int, args ...string) tfcli.Result {
	t.Helper()
	result := acctest.RunCLI(t, workspace, args...)
	if result.ExitCode != exitCode {
		t.Fatalf("%v ended with exit code %d, want %d:\n%s", args, result.ExitCode, exitCode, result.Output)
	}

	return result
}

// inState returns the secondary's id and pending task, as the state file has them.
func inState(t *testing.T, workspace *tfcli.Workspace) (id, pending string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(workspace.Dir, "terraform.tfstate"))
	if errors.Is(err, os.ErrNotExist) {
		return "", ""
	}
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					ID            string `json:"id"`
					PendingTaskID string `json:"pending_task_id"`
				}
			}
		}
	}
	if err := json.Unmarshal(content, &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			id, pending = instance.Attributes.ID, instance.Attributes.PendingTaskID
		}
	}

	return id, pending
}

// until waits for a condition.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("timed out waiting until %s", what)
		}
	}
}
