package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/realcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// The tests in this file run a real CLI and a real provider process while VMs get other managed object ids behind Terraform's back, or
// can't be read.

// foreign is a VM that no resource manages.
const foreign = "DC0_C0_RP0_VM1"

// identitySuite is a vCenter with a workspace in which clones were applied.
type identitySuite struct {
	t         *testing.T
	server    *vcenter.Server
	workspace *realcli.Workspace
}

// cloneConfig makes two clones that are powered off.
func cloneConfig(server *vcenter.Server) string {
	config := acctest.ProviderConfig(server)
	for _, label := range []string{"app", "db"} {
		config += fmt.Sprintf(`
resource "vmfork_vsphere_clone" %[1]q {
  name         = %[1]q
  source_vm_id = %[2]q
  power_on     = false
}
`, label, server.ID("/DC0/vm/DC0_C0_RP0_VM0"))
	}

	return config
}

// newIdentitySuite applies the configuration of two clones and more.
func newIdentitySuite(t *testing.T, more string) *identitySuite {
	t.Helper()
	server := acctest.VSphere(t, vcenter.Options{VMs: 2})
	s := &identitySuite{t: t, server: server, workspace: acctest.NewWorkspace(t, cloneConfig(server)+more)}
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-auto-approve")

	return s
}

func (s *identitySuite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *identitySuite) vm(name string) vcenter.VM {
	s.t.Helper()

	return acctest.VM(s.t, s.server, name)
}

// runs runs the CLI and checks its exit code, and that its output holds the words.
func (s *identitySuite) runs(exit int, words string, args ...string) {
	s.t.Helper()
	result := acctest.MustRunCLI(s.t, s.workspace, exit, args...)
	if said := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "|", " ").Replace(result.Output)), " "); !strings.Contains(said, words) {
		s.t.Fatalf("%v does not say %q:\n%s", args, words, result.Output)
	}
}

// unharmed checks that the foreign VM is as it was.
func (s *identitySuite) unharmed(before vcenter.VM) {
	s.t.Helper()
	now := s.vm(foreign)
	if now.InstanceUUID != before.InstanceUUID || now.PowerState != before.PowerState || len(now.Snapshots) != len(before.Snapshots) {
		s.t.Fatalf("the foreign VM was harmed:\n%+v\nbecame\n%+v", before, now)
	}
}

// destroyed destroys everything and checks that it is gone.
func (s *identitySuite) destroyed() {
	s.t.Helper()
	acctest.MustRunCLI(s.t, s.workspace, 0, "destroy", "-auto-approve")
	s.must(acctest.CheckNoVM(s.server, "app", "db")(nil))
}

// TestAccIdentity_restored lets a clone and a foreign VM swap their ids: the foreign one is neither powered off nor destroyed, and a
// refresh finds the clone again.
func TestAccIdentity_restored(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, "")
	before, app := s.vm(foreign), s.vm("app")
	s.must(s.server.Restore(map[string]string{app.ID: before.ID, before.ID: app.ID}))
	s.runs(1, app.ID+" is another VM now", "destroy", "-auto-approve", "-refresh=false", "-target=vmfork_vsphere_clone.app")
	s.unharmed(before)
	s.runs(0, "", "plan", "-detailed-exitcode")
	s.destroyed()
	s.unharmed(before)
}

// TestAccIdentity_gone finds another VM under the id of a clone that is gone, drops the clone and harms nothing.
func TestAccIdentity_gone(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, "")
	before, app := s.vm(foreign), s.vm("app")
	s.must(s.server.DestroyVM(app.ID))
	s.must(s.server.Restore(map[string]string{before.ID: app.ID}))
	s.runs(2, "is another VM now", "plan", "-detailed-exitcode")
	s.destroyed()
	s.unharmed(before)
}

// TestAccIdentity_reregistered gives the clones new ids: no plan, and the next destroy finds them.
func TestAccIdentity_reregistered(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, "")
	for _, name := range []string{"app", "db"} {
		_, err := s.server.Reregister(s.vm(name).ID)
		s.must(err)
	}
	s.runs(0, "", "plan", "-detailed-exitcode")
	acctest.MustRunCLI(t, s.workspace, 0, "apply", "-refresh-only", "-auto-approve")
	if id, _ := acctest.InState(t, s.workspace, "vmfork_vsphere_clone"); id != s.vm("app").ID && id != s.vm("db").ID {
		t.Errorf("the state has the id %s", id)
	}
	_, err := s.server.Reregister(s.vm("app").ID)
	s.must(err)
	acctest.MustRunCLI(t, s.workspace, 0, "destroy", "-auto-approve", "-refresh=false")
	s.must(acctest.CheckNoVM(s.server, "app", "db")(nil))
}

// TestAccIdentity_unreadable keeps what can't be read, and touches nothing of it.
func TestAccIdentity_unreadable(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]vcenter.Change{
		"inaccessible": {ConnectionState: new("inaccessible")}, "orphaned": {ConnectionState: new("orphaned")},
		"early in its creation": {NoConfig: new(true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newIdentitySuite(t, "")
			before := s.vm("app")
			s.must(s.server.ChangeVM(before.ID, change))
			s.runs(0, "("+before.ID+")", "plan", "-detailed-exitcode")
			s.runs(1, "("+before.ID+")", "destroy", "-auto-approve", "-target=vmfork_vsphere_clone.app")
			if now := s.vm("app"); now.ID != before.ID || now.PowerState != before.PowerState {
				t.Errorf("%+v\nbecame %+v", before, now)
			}
			s.must(s.server.ChangeVM(before.ID, vcenter.Change{ConnectionState: new("connected"), NoConfig: new(false)}))
			s.runs(0, "", "plan", "-detailed-exitcode")
			s.destroyed()
		})
	}
}

// TestAccIdentity_unfound keeps a clone and its snapshots that have another id and no configuration, so that vCenter finds neither by id nor
// by instance UUID: they are not created a second time, and follow once they can be read.
func TestAccIdentity_unfound(t *testing.T) {
	t.Parallel()
	s := newIdentitySuite(t, dependents)
	moved, err := s.server.Reregister(s.vm("app").ID)
	s.must(err)
	s.must(s.server.ChangeVM(moved, vcenter.Change{ConnectionState: new("inaccessible")}))
	s.runs(0, "vCenter can't read the configuration of "+moved, "plan", "-detailed-exitcode")
	s.runs(1, "vCenter can't read the configuration of "+moved, "destroy", "-auto-approve", "-refresh=false", "-target=vmfork_vsphere_clone.app")
	if now := s.vm("app"); now.ID != moved || len(now.Snapshots) != 2 {
		t.Errorf("%+v", now)
	}
	s.must(s.server.ChangeVM(moved, vcenter.Change{ConnectionState: new("connected")}))
	s.runs(0, "No changes", "plan", "-detailed-exitcode")
	s.destroyed()
}
