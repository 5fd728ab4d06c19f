package vspheresnapshot_test

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

// The calls of a snapshot's life.
const (
	createMethod = "CreateSnapshotEx_Task"
	removeMethod = "RemoveSnapshot_Task"
	waitMethod   = "WaitForUpdatesEx"
)

// patience bounds every wait of these tests; it is far longer than anything takes.
const patience = time.Minute

// TestAccVSphereSnapshot_interrupted stops an apply while the snapshot is taken, in each way that people and runners do it,
// and checks that nothing is left: no snapshot, no state, and a next apply that takes it once.
func TestAccVSphereSnapshot_interrupted(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(*tfcli.Command) error{
		"SIGINT to the CLI":            func(c *tfcli.Command) error { return c.Signal(syscall.SIGINT) },
		"SIGINT to the process group":  func(c *tfcli.Command) error { return c.SignalGroup(syscall.SIGINT) },
		"SIGTERM to the process group": func(c *tfcli.Command) error { return c.SignalGroup(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			workspace := acctest.NewWorkspace(t, s.config())

			apply := s.startHeld(workspace, createMethod, "apply", "-auto-approve")
			s.must(stop(apply))
			if result := wait(t, apply); result.ExitCode != 1 {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			s.must(s.treeIs()(nil))
			if id, pending := inState(t, workspace); id != "" || pending != "" {
				t.Fatalf("state has id %q and pending task %q after a snapshot that was cancelled", id, pending)
			}

			s.server.ReleaseTasks()
			mustRun(t, workspace, 0, "apply", "-auto-approve")
			s.onlySnapshot(workspace)
			mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
		})
	}
}

// TestAccVSphereSnapshot_interruptedAdopted has the snapshot finished while it is being cancelled: it is there, so it must
// be in state.
func TestAccVSphereSnapshot_interruptedAdopted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())

	apply := s.startHeld(workspace, createMethod, "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	until(t, "the provider asks to cancel", func() bool { return s.server.Requests().ByMethod["CancelTask"] > 0 })
	s.server.ReleaseTasks()
	wait(t, apply)

	s.onlySnapshot(workspace)
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereSnapshot_interruptedPending has vCenter neither cancel nor finish in time: the snapshot stays in state by
// its task, a plan does not fail over it, and the next apply adopts the snapshot instead of taking another.
func TestAccVSphereSnapshot_interruptedPending(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())

	apply := s.startHeld(workspace, createMethod, "apply", "-auto-approve")
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
		t.Errorf("the plan over a pending snapshot says neither that it is being taken nor that it is updated:\n%s", result.Output)
	}

	s.server.ReleaseTasks()
	mustRun(t, workspace, 0, "apply", "-auto-approve")
	s.onlySnapshot(workspace)
	if n := s.server.Requests().ByMethod[createMethod]; n != 1 {
		t.Errorf("%d snapshots were requested, want 1", n)
	}
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereSnapshot_interruptedDestroy stops a destroy while the snapshot is being removed: it is still there and in
// state, or the next destroy finds it gone.
func TestAccVSphereSnapshot_interruptedDestroy(t *testing.T) {
	t.Parallel()
	for name, stubborn := range map[string]bool{"cancelled": false, "goes on": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			workspace := acctest.NewWorkspace(t, s.config())
			mustRun(t, workspace, 0, "apply", "-auto-approve")

			destroy := s.startHeld(workspace, removeMethod, "destroy", "-auto-approve")
			s.server.IgnoreCancel(stubborn)
			s.must(destroy.Signal(syscall.SIGINT))
			if result := wait(t, destroy); result.ExitCode != 1 {
				t.Fatalf("the interrupted destroy ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			s.onlySnapshot(workspace)

			s.server.ReleaseTasks()
			mustRun(t, workspace, 0, "destroy", "-auto-approve")
			s.must(s.treeIs()(nil))
		})
	}
}

// startHeld starts a command of the CLI and returns when the task of the method is under way, held by vCenter, and awaited.
func (s *suite) startHeld(workspace *tfcli.Workspace, method string, args ...string) *tfcli.Command {
	s.t.Helper()
	s.server.HoldTasks(method)
	s.server.ResetRequests()
	command, err := workspace.Start(s.t.Context(), nil, args...)
	s.must(err)
	until(s.t, method+" is under way", func() bool {
		select {
		case <-command.Done():
			s.t.Fatalf("the CLI ended by itself:\n%s", command.Output())
		default:
		}
		counts := s.server.Requests().ByMethod

		return counts[method] > 0 && counts[waitMethod] > 0
	})

	return command
}

// onlySnapshot checks that the VM has one snapshot, the one in state.
func (s *suite) onlySnapshot(workspace *tfcli.Workspace) {
	s.t.Helper()
	tree := s.tree(s.vm.ID)
	id, pending := inState(s.t, workspace)
	if len(tree) != 1 || tree[0].Snapshot.Value != id || pending != "" {
		s.t.Fatalf("the VM has %d snapshots; state has id %q and pending task %q", len(tree), id, pending)
	}
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

// inState returns the snapshot's id and pending task, as the state file has them.
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
