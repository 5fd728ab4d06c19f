package vspheresnapshot_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

// The calls of a snapshot's life.
const (
	createMethod = "CreateSnapshotEx_Task"
	removeMethod = "RemoveSnapshot_Task"
	waitMethod   = "WaitForUpdatesEx"
)

// TestAccVSphereSnapshot_interrupted stops an apply while the snapshot is taken, in each way that people and runners do it,
// and checks that nothing is left: no snapshot, no state, and a next apply that takes it once.
func TestAccVSphereSnapshot_interrupted(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(*realcli.Command) error{
		"SIGINT to the CLI":            func(c *realcli.Command) error { return c.Signal(syscall.SIGINT) },
		"SIGINT to the process group":  func(c *realcli.Command) error { return c.SignalGroup(syscall.SIGINT) },
		"SIGTERM to the process group": func(c *realcli.Command) error { return c.SignalGroup(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			workspace := acctest.NewWorkspace(t, s.config())

			apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, waitMethod, "apply", "-auto-approve")
			s.must(stop(apply))
			if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			s.must(s.treeIs()(nil))
			if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_snapshot"); id != "" || pending != "" {
				t.Fatalf("state has id %q and pending task %q after a snapshot that was cancelled", id, pending)
			}

			s.server.ReleaseTasks()
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			s.onlySnapshot(workspace)
			acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
		})
	}
}

// TestAccVSphereSnapshot_interruptedAdopted has the snapshot finished while it is being cancelled: it is there, so it must
// be in state.
func TestAccVSphereSnapshot_interruptedAdopted(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())

	apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, waitMethod, "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	acctest.Until(t, "the provider asks to cancel", func() bool { return s.server.Requests().ByMethod["CancelTask"] > 0 })
	s.server.ReleaseTasks()
	acctest.WaitCLI(t, apply)

	s.onlySnapshot(workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereSnapshot_interruptedPending has vCenter neither cancel nor finish in time: the snapshot stays in state by
// its task, a plan does not fail over it, and the next apply adopts the snapshot instead of taking another.
func TestAccVSphereSnapshot_interruptedPending(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())

	apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, waitMethod, "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_snapshot"); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}

	result := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
		t.Errorf("the plan over a pending snapshot says neither that it is being taken nor that it is updated:\n%s", result.Output)
	}

	s.server.ReleaseTasks()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	s.onlySnapshot(workspace)
	if n := s.server.Requests().ByMethod[createMethod]; n != 1 {
		t.Errorf("%d snapshots were requested, want 1", n)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
}

// TestAccVSphereSnapshot_killed kills the CLI in the middle of a snapshot: the next plan names what came to be, with the
// block that adopts it, and with that block it is adopted and not taken once more.
func TestAccVSphereSnapshot_killed(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	s.takes("before") // another client's by that name is named too
	config := s.config()
	workspace := acctest.NewWorkspace(t, config)

	apply := acctest.StartUntilHeld(t, s.server, workspace, createMethod, waitMethod, "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGKILL))
	s.server.ReleaseTasks()
	acctest.Until(t, "the provider ends after its CLI", func() bool { return errors.Is(apply.SignalGroup(0), syscall.ESRCH) })
	acctest.Until(t, "the snapshot is there", func() bool { return len(s.flat()) == 2 })

	// The CLI that was killed left its lock on the state.
	plan := acctest.MustRunCLI(t, workspace, 0, "plan", "-lock=false", "-no-color")
	for _, snapshot := range s.flat() {
		want := fmt.Sprintf("id = \"%s/%s\"", s.vm.ID, snapshot)
		if !strings.Contains(plan.Output, "exists already") || !strings.Contains(plan.Output, want) {
			t.Errorf("the plan after a kill does not say %q:\n%s", want, plan.Output)
		}
	}
	ours := s.flat()[1]
	block := fmt.Sprintf("import {\n  to = vmfork_vsphere_snapshot.before\n  id = \"%s/%s\"\n}\n", s.vm.ID, ours)
	s.must(workspace.Write("main.tf", acctest.RequiredProviders+config+block))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve", "-lock=false")
	if id, _ := acctest.InState(t, workspace, "vmfork_vsphere_snapshot"); id != ours || len(s.flat()) != 2 {
		t.Errorf("state has %q after the adoption, and the VM %d snapshots; want %q and 2", id, len(s.flat()), ours)
	}
	result := acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode", "-lock=false")
	if strings.Contains(result.Output, "exists already") {
		t.Errorf("a plan without a new snapshot warns of one by that name:\n%s", result.Output)
	}
}

// flat returns the ids of the VM's snapshots, parents first.
func (s *suite) flat() []string {
	for _, vm := range s.server.VMs() {
		if vm.ID == s.vm.ID {
			ids := make([]string, len(vm.Snapshots))
			for i, snapshot := range vm.Snapshots {
				ids[i] = snapshot.ID
			}

			return ids
		}
	}

	return nil
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
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")

			destroy := acctest.StartUntilHeld(t, s.server, workspace, removeMethod, waitMethod, "destroy", "-auto-approve")
			s.server.IgnoreCancel(stubborn)
			s.must(destroy.Signal(syscall.SIGINT))
			if result := acctest.WaitCLI(t, destroy); result.ExitCode != 1 {
				t.Fatalf("the interrupted destroy ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			s.onlySnapshot(workspace)

			s.server.ReleaseTasks()
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
			s.must(s.treeIs()(nil))
		})
	}
}

// onlySnapshot checks that the VM has one snapshot, the one in state.
func (s *suite) onlySnapshot(workspace *realcli.Workspace) {
	s.t.Helper()
	tree := s.tree(s.vm.ID)
	id, pending := acctest.InState(s.t, workspace, "vmfork_vsphere_snapshot")
	if len(tree) != 1 || tree[0].Snapshot.Value != id || pending != "" {
		s.t.Fatalf("the VM has %d snapshots; state has id %q and pending task %q", len(tree), id, pending)
	}
}
