package zstackclone_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// The tests in this file run a real CLI and a real provider process, since only these show what signals do.

func processConfig(server *zstacksim.Server, arguments ...string) string {
	return acctest.ZStackProviderConfig(server) + fmt.Sprintf(`
resource "vmfork_zstack_clone" "web" {
  name           = "web"
  source_vm_uuid = %q
  full           = true
  %s
}
`, server.ID("vm", "golden"), strings.Join(arguments, "\n  "))
}

// brief has every operation but the creation end soon.
const brief = `timeouts = { read = "10s", update = "2s", delete = "2s" }`

// interrupted starts an apply, interrupts it in the middle of its clone, and checks that the clone is pending.
func interrupted(t *testing.T, arguments ...string) (*zstacksim.Server, *realcli.Workspace) {
	t.Helper()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	workspace := acctest.NewWorkspace(t, processConfig(server, arguments...))
	apply := acctest.StartUntilJobHeld(t, server, workspace, cloneMethod, "apply", "-auto-approve")
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 || !strings.Contains(result.Output, "may still come to be") {
		t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
	}
	if id, pending := acctest.InState(t, workspace, "vmfork_zstack_clone"); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending job %q, want a pending job alone", id, pending)
	}

	return server, workspace
}

// onlyVM fails the test unless there is one VM of the name, and it is the one in state.
func onlyVM(t *testing.T, server *zstacksim.Server, workspace *realcli.Workspace) {
	t.Helper()
	var uuids []string
	for _, vm := range server.VMs() {
		if vm.Name == "web" {
			uuids = append(uuids, vm.UUID)
		}
	}
	id, pending := acctest.InState(t, workspace, "vmfork_zstack_clone")
	if len(uuids) != 1 || id != uuids[0] || pending != "" {
		t.Fatalf("state has id %q and pending job %q, the simulator has %v", id, pending, uuids)
	}
}

// TestAccZStackClone_interrupted interrupts an apply in the middle of a clone, which ZStack can't cancel: the clone stays in
// state by its job, a plan does not fail over it, and the next apply adopts the VM instead of making another.
func TestAccZStackClone_interrupted(t *testing.T) {
	t.Parallel()
	server, workspace := interrupted(t)
	result := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	if !strings.Contains(result.Output, "still being created") || !strings.Contains(result.Output, "update in-place") {
		t.Errorf("the plan over a pending clone says neither that it runs nor that it is updated in place:\n%s", result.Output)
	}
	server.ReleaseJobs()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, server, workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if err := acctest.CheckZStackRecycled(server, "web", 1)(nil); err != nil {
		t.Error(err)
	}
}

// TestAccZStackClone_purgedJob has ZStack forget the job of a pending clone. Nothing proves whose a VM of its name is, so that nothing is
// adopted or destroyed, and every command names it; an import takes it. Where no VM has the name, the next apply makes one.
func TestAccZStackClone_purgedJob(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]bool{"made": true, "not made": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, workspace := interrupted(t)
			if made {
				server.ReleaseJobs()
				acctest.Until(t, "the clone is there", func() bool { _, found := server.VM("web"); return found })
			} else {
				server.LoseJobs(false)
				server.ReleaseJobs() // those of the next apply
			}
			server.PurgeJobs()
			if made {
				importUnproved(t, server, workspace)
			} else {
				acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			}
			onlyVM(t, server, workspace)
			acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
		})
	}
}

// importUnproved checks that no command changes the VM of a pending clone whose job tells nothing, and that all name it; then it does what
// they say.
func importUnproved(t *testing.T, server *zstacksim.Server, workspace *realcli.Workspace) {
	t.Helper()
	vm := anyVM(t, server)
	for _, test := range []struct {
		exit  int
		words string
		args  []string
	}{
		{2, "It is not known whether", []string{"plan", "-detailed-exitcode", "-no-color"}},
		{1, "nothing proves whose it is", []string{"apply", "-auto-approve", "-no-color"}},
		{1, "nothing proves whose it is", []string{"destroy", "-auto-approve", "-no-color"}},
	} {
		said := acctest.MustRunCLI(t, workspace, test.exit, test.args...).Output
		for _, words := range []string{test.words, vm.UUID, "made by admin at"} {
			if !strings.Contains(said, words) {
				t.Errorf("%v does not say %q:\n%s", test.args, words, said)
			}
		}
	}
	if now, _ := server.VM("web"); now.UUID != vm.UUID || now.State != vm.State {
		t.Errorf("the VM is %s now, and %s", now.UUID, now.State)
	}
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_zstack_clone.web")
	acctest.MustRunCLI(t, workspace, 0, "import", "vmfork_zstack_clone.web", vm.UUID)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
}

// anyVM waits for a VM of the name that looks complete.
func anyVM(t *testing.T, server *zstacksim.Server) zstacksim.VM {
	t.Helper()
	acctest.Until(t, "the VM is complete", func() bool { vm, _ := server.VM("web"); return vm.State == "Running" || vm.State == "Stopped" })
	vm, _ := server.VM("web")

	return vm
}

// TestAccZStackClone_untoldJob has ZStack give up a job without telling what becomes of it (SYS.1001). Nothing found proves
// nothing, since the work may go on: the clone stays pending, and the VM that comes later is a candidate. When ZStack has forgotten
// the job and there still is no VM, there will be none.
func TestAccZStackClone_untoldJob(t *testing.T) {
	t.Parallel()
	pending := func(t *testing.T, server *zstacksim.Server, workspace *realcli.Workspace, result realcli.Result) {
		t.Helper()
		id, job := acctest.InState(t, workspace, "vmfork_zstack_clone")
		if result.ExitCode != 1 || !strings.Contains(result.Output, "may have been created") || id != "" || job != server.Jobs()[0].ID {
			t.Fatalf("exit code %d, id %q, job %q of %+v:\n%s", result.ExitCode, id, job, server.Jobs(), result.Output)
		}
	}
	t.Run("made later", func(t *testing.T) {
		t.Parallel()
		server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
		workspace := acctest.NewWorkspace(t, processConfig(server, `power_on = false`))
		apply := acctest.StartUntilJobHeld(t, server, workspace, cloneMethod, "apply", "-auto-approve")
		server.TimeOutJobs()
		pending(t, server, workspace, acctest.WaitCLI(t, apply))
		acctest.MustRunCLI(t, workspace, 0, "untaint", "vmfork_zstack_clone.web")
		plan := acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
		if !strings.Contains(plan.Output, "Nobody knows yet") || !strings.Contains(plan.Output, "update in-place") {
			t.Errorf("the plan says:\n%s", plan.Output)
		}
		server.ReleaseJobs()
		importUnproved(t, server, workspace)
		onlyVM(t, server, workspace)
		acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
		acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	})
	t.Run("never made", func(t *testing.T) {
		t.Parallel()
		server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
		workspace := acctest.NewWorkspace(t, processConfig(server))
		server.Inject(zstacksim.Fault{Method: cloneMethod, Code: "SYS.1001", Where: zstacksim.FaultInTask})
		pending(t, server, workspace, acctest.RunCLI(t, workspace, "apply", "-auto-approve"))
		if said := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve").Output; !strings.Contains(said, "nobody knows yet whether it exists") {
			t.Errorf("the second apply says:\n%s", said)
		}
		server.PurgeJobs()
		acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
		onlyVM(t, server, workspace)
		acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	})
}

// TestAccZStackClone_sentAnew has the session end just before the clone, which is sent once more as another job: it is the
// second job's uuid that an interrupted apply keeps.
func TestAccZStackClone_sentAnew(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	server.Inject(zstacksim.Fault{Method: cloneMethod, Code: "ID.1001", Where: zstacksim.FaultAtCall})
	workspace := acctest.NewWorkspace(t, processConfig(server))
	apply := acctest.StartUntilJobHeld(t, server, workspace, cloneMethod, "apply", "-auto-approve")
	held := func() string {
		jobs := server.Jobs()
		if last := jobs[len(jobs)-1]; last.Held {
			return last.ID
		}

		return ""
	}
	acctest.Until(t, "the second job is held", func() bool { return held() != "" })
	server.ExpireSessions() // the first one is still there, but no client knows it any more
	server.ResetRequests()
	acctest.Until(t, "the second job is asked for", func() bool { return server.Requests().ByMethod[pollMethod] > 0 })
	if err := apply.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	acctest.WaitCLI(t, apply)
	if _, pending := acctest.InState(t, workspace, "vmfork_zstack_clone"); pending != held() || pending == server.Jobs()[0].ID {
		t.Fatalf("state has the pending job %q of %+v", pending, server.Jobs())
	}
	server.ReleaseJobs()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, server, workspace)
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// TestAccZStackClone_immortalJob has a restart leave the job at running for ever. Whether it made the VM that is there, or another client of the
// account did, nothing tells: nothing is adopted or destroyed, and every command names the VM. Without one the resource stays pending, and its
// destroy ends with an error that says what to do.
func TestAccZStackClone_immortalJob(t *testing.T) {
	t.Parallel()
	t.Run("made", func(t *testing.T) {
		t.Parallel()
		server, workspace := interrupted(t, brief)
		server.LoseJobs(true)
		importUnproved(t, server, workspace)
		onlyVM(t, server, workspace)
		acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
		acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	})
	t.Run("another client made one", func(t *testing.T) {
		t.Parallel()
		server, workspace := interrupted(t, brief)
		server.LoseJobs(false)
		server.ReleaseJobs()
		elsewhere := acctest.NewWorkspace(t, processConfig(server))
		acctest.MustRunCLI(t, elsewhere, 0, "apply", "-auto-approve")
		importUnproved(t, server, workspace)
		acctest.MustRunCLI(t, elsewhere, 0, "plan", "-detailed-exitcode")
	})
	t.Run("never made", func(t *testing.T) {
		t.Parallel()
		server := acctest.ZStack(t, zstacksim.Options{VMs: -1})
		workspace := acctest.NewWorkspace(t, processConfig(server, `timeouts = { create = "20s", delete = "2s" }`))
		apply := acctest.StartUntilJobHeld(t, server, workspace, cloneMethod, "apply", "-auto-approve")
		server.LoseJobs(false)
		if err := apply.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		acctest.WaitCLI(t, apply)
		result := acctest.MustRunCLI(t, workspace, 1, "destroy", "-auto-approve")
		if !strings.Contains(result.Output, "nobody knows yet whether it exists") || !strings.Contains(result.Output, acctest.CommandName()+" state rm") {
			t.Errorf("the destroy says:\n%s", result.Output)
		}
		acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_zstack_clone.web")
	})
}
