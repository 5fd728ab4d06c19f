package zstacksnapshot_test

import (
	"fmt"
	"regexp"
	"syscall"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// TestAccZStackSnapshot_lostAnswer has the answer to each call get lost after the management node got to work, or the request
// before: nothing is lost, and nothing is done twice.
func TestAccZStackSnapshot_lostAnswer(t *testing.T) {
	t.Parallel()
	for method, arguments := range map[string][]string{createMethod: nil, updateMethod: {`name = "renamed"`}} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			var steps []resource.TestStep
			if method == updateMethod {
				steps = append(steps, s.applied(creates, s.config(), "before"))
			}
			action, name := creates, "before"
			if method == updateMethod {
				action, name = updates, "renamed"
			}
			step := s.applied(action, s.config(arguments...), name)
			step.PreConfig = func() {
				s.server.Inject(zstacksim.Fault{Method: method, Drop: zstacksim.DropAfter})
				s.server.ResetRequests()
			}
			s.run(append(steps, step)...)
			if n := s.server.Requests().ByMethod[method]; n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
	t.Run(deleteMethod, func(t *testing.T) {
		t.Parallel()
		s := newSuite(t)
		s.server.Inject(zstacksim.Fault{Method: deleteMethod, Drop: zstacksim.DropAfter})
		s.run(s.applied(creates, s.config(), "before"))
	})
}

// TestAccZStackSnapshot_expiredSession has the session end before each call.
func TestAccZStackSnapshot_expiredSession(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	t.Cleanup(s.server.ExpireSessions) // those that the fault only calls expired, which no client can close
	for _, method := range []string{createMethod, updateMethod, deleteMethod} {
		s.server.Inject(zstacksim.Fault{Method: method, Code: "ID.1001"})
	}
	s.run(s.applied(creates, s.config(), "before"), s.applied(updates, s.config(`name = "renamed"`), "renamed"))
}

// TestAccZStackSnapshot_partialDelete leaves a snapshot behind; the next apply deletes it.
func TestAccZStackSnapshot_partialDelete(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	var stuck string
	partial := resource.TestStep{
		PreConfig: func() {
			stuck = s.memberOf("Root")
			s.must(s.server.FailSnapshotDeletes(true, stuck))
		},
		Config: s.config(), Destroy: true, ExpectError: regexp.MustCompile(`1\s+of\s+2\s+snapshots are\s+left`),
	}
	finished := resource.TestStep{
		PreConfig: func() {
			if group := s.only(); len(group.Snapshots) != 2 {
				t.Fatalf("left: %+v", group)
			}
			s.must(s.server.FailSnapshotDeletes(false, stuck))
		},
		Config: s.config(), Destroy: true, Check: s.groupsAre(),
	}
	s.run(s.applied(creates, s.config(), "before"), partial, finished)
}

// TestAccZStackSnapshot_goneWithItsVM destroys a group whose VM is gone without trace.
func TestAccZStackSnapshot_goneWithItsVM(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	s.must(s.server.RemoveVM(s.vm.UUID))
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve", "-refresh=false")
}

// TestAccZStackSnapshot_interrupted stops an apply while the group is taken: ZStack can't cancel a job, so the group is pending,
// and the next apply adopts it, whether the job ends, is purged, or is lost by a restart with its work done.
func TestAccZStackSnapshot_interrupted(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *suite){
		"the job ends":    func(s *suite) { s.server.ReleaseJobs() },
		"it is purged":    func(s *suite) { s.server.ReleaseJobs(); s.awaitGroup(); s.server.PurgeJobs() },
		"it never ends":   func(s *suite) { s.server.LoseJobs(true) },
		"it ends at once": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t)
			workspace := acctest.NewWorkspace(t, s.config())
			apply := acctest.StartUntilJobHeld(t, s.server, workspace, createMethod, "apply", "-auto-approve")
			s.must(apply.Signal(syscall.SIGINT))
			if end == nil {
				s.server.ReleaseJobs()
			}
			if result := acctest.WaitCLI(t, apply); result.ExitCode != 1 {
				t.Fatalf("the interrupted apply ended with exit code %d:\n%s", result.ExitCode, result.Output)
			}
			id, pending := acctest.InState(t, workspace, "vmfork_zstack_snapshot")
			if id == "" || (pending == "") != (end == nil) {
				t.Fatalf("state has id %q and pending job %q", id, pending)
			}
			if end != nil {
				end(s)
				s.awaitGroup()
			}
			acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
			if after, pending := acctest.InState(t, workspace, "vmfork_zstack_snapshot"); after != id || pending != "" || s.only().UUID != id {
				t.Errorf("state has id %q, was %q, and pending job %q", after, id, pending)
			}
			acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
			acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
			s.must(s.groupsAre()(nil))
		})
	}
}

// TestAccZStackSnapshot_immortalJob has a restart lose the job without its work: the apply runs out of time, and the resource is
// kept as pending until ZStack has purged the job.
func TestAccZStackSnapshot_immortalJob(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	workspace := acctest.NewWorkspace(t, s.config())
	apply := acctest.StartUntilJobHeld(t, s.server, workspace, createMethod, "apply", "-auto-approve")
	s.server.LoseJobs(false)
	s.must(apply.Signal(syscall.SIGINT))
	acctest.WaitCLI(t, apply)
	acctest.MustRunCLI(t, workspace, 2, "plan", "-detailed-exitcode")
	s.server.ReleaseJobs()
	s.server.PurgeJobs()
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	if id, pending := acctest.InState(t, workspace, "vmfork_zstack_snapshot"); id != s.only().UUID || pending != "" {
		t.Errorf("state has id %q and pending job %q", id, pending)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}

// awaitGroup waits until a group is there.
func (s *suite) awaitGroup() {
	s.t.Helper()
	acctest.Until(s.t, fmt.Sprintf("a group of %s is there", s.vm.Name), func() bool { return len(s.server.SnapshotGroups()) > 0 })
}

// TestAccZStackSnapshot_pendingElsewhere looks for a pending group as an account that may not see its VM, and on another ZStack, both of
// which know nothing of it: it stays in state.
func TestAccZStackSnapshot_pendingElsewhere(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	other := acctest.ZStack(t, zstacksim.Options{VMs: -1})
	s.server.AddAccount("alice", "secret")
	workspace := acctest.NewWorkspace(t, s.config())
	apply := acctest.StartUntilJobHeld(t, s.server, workspace, createMethod, "apply", "-auto-approve")
	s.must(apply.Signal(syscall.SIGINT))
	acctest.WaitCLI(t, apply)
	id, _ := acctest.InState(t, workspace, "vmfork_zstack_snapshot")
	s.server.ReleaseJobs()
	s.awaitGroup()
	s.server.PurgeJobs()
	configure := func(block string) {
		s.must(workspace.Write("main.tf", acctest.RequiredProviders+block+s.snapshot("before")))
	}
	kept := func() {
		t.Helper()
		if now, pending := acctest.InState(t, workspace, "vmfork_zstack_snapshot"); now != id || pending == "" {
			t.Errorf("state has id %q, was %q, and pending job %q", now, id, pending)
		}
	}

	configure(acctest.ZStackProviderConfig(other))
	for _, command := range []string{"apply", "destroy"} {
		if result := acctest.MustRunCLI(t, workspace, 1, command, "-auto-approve"); !acctest.Says("belongs to another ZStack").MatchString(result.Output) {
			t.Errorf("%s says:\n%s", command, result.Output)
		}
		kept()
	}
	configure(acctest.ZStackProviderConfigAs(s.server, "alice", "secret"))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh-only", "-auto-approve")
	kept()
	configure(acctest.ZStackProviderConfig(s.server))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	if now, pending := acctest.InState(t, workspace, "vmfork_zstack_snapshot"); now != id || pending != "" {
		t.Errorf("state has id %q, was %q, and pending job %q", now, id, pending)
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}
