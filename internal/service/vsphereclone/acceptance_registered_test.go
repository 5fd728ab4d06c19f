package vsphereclone_test

import (
	"fmt"
	"regexp"
	"syscall"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// pendingAgain interrupts an apply in the middle of a clone, which then ends well. The VM is registered again before anything has read it.
func (s *suite) pendingAgain(workspace *realcli.Workspace, method, waitMethod string) vcenter.VM {
	s.t.Helper()
	apply := acctest.StartUntilHeld(s.t, s.server, workspace, method, waitMethod, "apply", "-auto-approve")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	acctest.WaitCLI(s.t, apply)
	if id, pending := acctest.InState(s.t, workspace, "vmfork_vsphere_clone"); id != "" || pending == "" {
		s.t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}
	s.server.ReleaseTasks()
	acctest.Until(s.t, "the clone is there", func() bool {
		tasks := s.server.Tasks()

		return tasks[len(tasks)-1].State == "success"
	})
	_, err := s.server.Reregister(s.vm("web").ID)
	s.must(err)

	return s.vm("web")
}

// TestAccVSphereClone_pendingRegisteredAgain gives a VM another id while it is pending. The clone of a template is known by its stamp, and
// followed.
func TestAccVSphereClone_pendingRegisteredAgain(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	workspace := acctest.NewWorkspace(t, s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool)))
	now := s.pendingAgain(workspace, deployMethod, "RetrievePropertiesEx")
	acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh-only", "-auto-approve")
	if id, _ := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != now.ID {
		t.Errorf("state has %q, want %q", id, now.ID)
	}
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if err := acctest.CheckNoVM(s.server, "web")(nil); err != nil {
		t.Error(err)
	}
}

// TestAccVSphereClone_pendingRegisteredAgainUnproved is the same for the clone of a VM: vCenter tells of its registration alone.
// It is neither dropped nor taken, and each command names it.
func TestAccVSphereClone_pendingRegisteredAgainUnproved(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	workspace := acctest.NewWorkspace(t, s.clone())
	now := s.pendingAgain(workspace, cloneMethod, "POST /api/cis/tasks?action=list")
	for _, each := range []struct {
		exit int
		says string
		args []string
	}{
		{0, "It is not known whether VM .web. was created", []string{"apply", "-refresh-only", "-auto-approve", "-no-color"}},
		{1, "VM .web. was not adopted: nothing proves whose it is", []string{"apply", "-auto-approve", "-no-color"}},
		{1, "Did not destroy VM .web.: nothing proves whose it is", []string{"destroy", "-auto-approve", "-no-color"}},
		{1, "Did not destroy VM .web.: nothing proves whose it is", []string{"destroy", "-auto-approve", "-refresh=false", "-no-color"}},
	} {
		said := flat(acctest.MustRunCLI(t, workspace, each.exit, each.args...).Output)
		if !regexp.MustCompile(each.says + ".*" + now.ID).MatchString(said) {
			t.Errorf("%v does not say %q of %s:\n%s", each.args, each.says, now.ID, said)
		}
		if _, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone"); pending == "" {
			t.Fatalf("%v dropped it:\n%s", each.args, said)
		}
	}
	acctest.MustRunCLI(t, workspace, 0, "state", "rm", "vmfork_vsphere_clone.web")
	acctest.MustRunCLI(t, workspace, 0, "import", "vmfork_vsphere_clone.web", now.ID)
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
}
