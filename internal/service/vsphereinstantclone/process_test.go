package vsphereinstantclone_test

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
	vspheresim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfcli"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// patience bounds every wait of these tests; it is far longer than anything takes.
const patience = time.Minute

// An apply that is stopped in the middle of an instant clone leaves nothing: no VM, no state, and a next apply that makes
// the VM once.
func TestAccVSphereInstantClone_interrupted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.fork())

	apply := applyUntilHeld(t, s.server, workspace)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := wait(t, apply); result.ExitCode != 1 {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if vm, found := s.server.VM("runner"); found {
		t.Fatalf("the interrupted apply left %s behind", vm.ID)
	}
	if id, pending := inState(t, workspace); id != "" || pending != "" {
		t.Fatalf("state has id %q and pending task %q after an instant clone that was cancelled", id, pending)
	}

	s.server.ReleaseTasks()
	mustRun(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, s.server, workspace)
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// vCenter neither cancels nor finishes in time: the instant clone stays in state by its task, a plan does not fail over it,
// and the next apply adopts the VM instead of making another.
func TestAccVSphereInstantClone_interruptedPending(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.fork())

	apply := applyUntilHeld(t, s.server, workspace)
	s.server.IgnoreCancel(true)
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := wait(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if id, pending := inState(t, workspace); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}

	result := mustRun(t, workspace, 2, "plan", "-detailed-exitcode")
	if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
		t.Errorf("the plan over a pending instant clone says neither that it runs nor that it is updated in place:\n%s", result.Output)
	}

	s.server.ReleaseTasks()
	mustRun(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, s.server, workspace)
	if n := s.server.Requests().ByMethod[instantCloneMethod]; n != 1 {
		t.Errorf("%d instant clones were requested, want 1", n)
	}
	mustRun(t, workspace, 0, "plan", "-detailed-exitcode")
}

// applyUntilHeld starts an apply and returns when its instant clone is under way and held by vCenter.
func applyUntilHeld(t *testing.T, server *vspheresim.Server, workspace *tfcli.Workspace) *tfcli.Command {
	t.Helper()
	server.HoldTasks(instantCloneMethod)
	apply, err := workspace.Start(t.Context(), nil, "apply", "-auto-approve")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the instant clone is under way", func() bool {
		select {
		case <-apply.Done():
			t.Fatalf("the apply ended by itself:\n%s", apply.Output())
		default:
		}
		// The provider waits for the task once it has been told of it.
		return server.Requests().ByMethod[instantCloneMethod] > 0 && server.Requests().ByMethod["WaitForUpdatesEx"] > 0
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

// onlyVM checks that the VM exists once and is the one in state.
func onlyVM(t *testing.T, server *vspheresim.Server, workspace *tfcli.Workspace) {
	t.Helper()
	var ids []string
	for _, vm := range server.VMs() {
		if vm.Name == "runner" {
			ids = append(ids, vm.ID)
		}
	}
	id, pending := inState(t, workspace)
	if len(ids) != 1 || ids[0] != id || pending != "" {
		t.Fatalf("the inventory has %v of that name; state has id %q and pending task %q", ids, id, pending)
	}
}

// inState returns the instant clone's id and pending task, as the state file has them.
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
