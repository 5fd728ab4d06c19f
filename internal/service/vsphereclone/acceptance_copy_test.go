package vsphereclone_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/govc"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// stampKey is the setting in which a clone of a template carries its stamp.
const stampKey = "vmfork.request"

// govc returns the public command line for the suite's vCenter.
func (s *suite) govc() *govc.Govc {
	s.t.Helper()

	return govc.New(s.t, s.server, os.Getenv("TF_ACC_TEMP_DIR"))
}

// TestAccVSphereClone_copyInPlace has stock govc clone a stamped VM that is still pending, and put the copy in the place of the VM. The copy
// inherits the stamp, and is neither adopted nor destroyed.
func TestAccVSphereClone_copyInPlace(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	workspace := acctest.NewWorkspace(t, s.clone(fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool)))
	apply := acctest.StartUntilHeld(t, s.server, workspace, deployMethod, "RetrievePropertiesEx", "apply", "-auto-approve", "-no-color")
	s.server.IgnoreCancel(true)
	s.must(apply.Signal(syscall.SIGINT))
	acctest.WaitCLI(t, apply)
	if id, pending := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != "" || pending == "" {
		t.Fatalf("state has id %q and pending task %q, want a pending task alone", id, pending)
	}
	s.server.ReleaseTasks()
	acctest.Until(t, "the clone is there", func() bool { _, there := s.server.VM("web"); return there })
	stamp := s.vm("web").ExtraConfig[stampKey]

	cli := s.govc()
	cli.Run("vm.clone", "-vm", "web", "-on=false", "copy")
	cli.Run("vm.destroy", "web")
	cli.Run("vm.change", "-vm", "copy", "-name", "web")
	s.server.ForgetTasks() // else the task tells that what it made is gone
	before := s.vm("web")
	if stamp == "" || before.ExtraConfig[stampKey] != stamp {
		t.Fatalf("the copy has the stamp %q, want %q", before.ExtraConfig[stampKey], stamp)
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-refresh-only", "-auto-approve")
	if id, _ := acctest.InState(t, workspace, "vmfork_vsphere_clone"); id != "" {
		t.Errorf("%s was adopted, the copy is %s", id, before.ID)
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	if after := s.vm("web"); after.ID != before.ID || after.Name != before.Name {
		t.Errorf("the copy was %+v, and is %+v", before, after)
	}
}

// TestAccVSphereClone_copyTakesName has stock govc clone a stamped VM in state to the name of another clone, at the moment at which the request
// for that is lost. The stamp is another request's.
func TestAccVSphereClone_copyTakesName(t *testing.T) {
	t.Parallel()
	s := newSuite(t, vcenter.Options{VMs: 1})
	template := []string{fmt.Sprintf("source_vm_id = %q", s.vm("golden-template").ID), acctest.Placement("resource_pool_id", s.pool)}
	workspace := acctest.NewWorkspace(t, s.clone(template...))
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	app := acctest.Resource("vmfork_vsphere_clone", "app", append([]string{`name = "app"`}, template...))
	s.must(workspace.Write("app.tf", app))
	cli := s.govc()
	s.server.ResetRequests()
	s.server.Inject(vcenter.Fault{Method: deployMethod, Drop: vcenter.DropBefore, Delay: 2 * time.Second})
	made := make(chan error, 1)
	go func() {
		acctest.Until(t, "the clone was asked for", func() bool { return s.server.Requests().ByMethod[deployMethod] > 0 })
		_, err := cli.Try("vm.clone", "-vm", "web", "-on=false", "app")
		made <- err
	}()
	said := acctest.MustRunCLI(t, workspace, 1, "apply", "-auto-approve", "-no-color").Output
	s.must(<-made)
	if !strings.Contains(flat(said), `VM "app" was not created: the answer to the request was lost`) {
		t.Errorf("the apply says:\n%s", said)
	}
	if web, copied := s.vm("web"), s.vm("app"); copied.ExtraConfig[stampKey] != web.ExtraConfig[stampKey] {
		t.Fatalf("the copy has the stamp %q, want %q", copied.ExtraConfig[stampKey], web.ExtraConfig[stampKey])
	}
	// From now on it holds the name.
	if said := acctest.MustRunCLI(t, workspace, 1, "plan", "-no-color").Output; !strings.Contains(flat(said), `"app" exists already`) {
		t.Errorf("the plan says:\n%s", said)
	}
	acctest.MustRunCLI(t, workspace, 0, "destroy", "-auto-approve")
	s.vm("app")
}
